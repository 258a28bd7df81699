import type { AvailabilityZoneListWire } from '@ultron/openstack/compute/availability-zones.wire';
import type { AbsoluteLimitsWire, LimitsResponseWire } from '@ultron/openstack/compute/limits.wire';
import type { ComputeServiceListWire } from '@ultron/openstack/compute/services.wire';
import { type Call, type Reply, reply } from '../http/call.js';
import { zonelessTime } from '../http/times.js';
import type { HostRow } from './compute.store.js';
import { usageOf } from './hosts.rules.js';
import { projectOf, requireAdmin } from './nova.errors.js';

/** Nova's own services, which run beside no hypervisor. */
const CONTROL = ['nova-scheduler', 'nova-conductor'];

/** `GET /os-availability-zone`: the zones of the compute hosts. */
export function listZones(call: Call): Reply {
  return reply<AvailabilityZoneListWire>(200, {
    availabilityZoneInfo: [...zones(call)].map(([zoneName, rows]) => ({
      zoneName,
      zoneState: { available: rows.some(isUp) },
      hosts: null,
    })),
  });
}

/** `GET /os-availability-zone/detail`: with the hosts, and the zone of Nova's own services. */
export function listZonesDetail(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-availability-zone:detail');
  const now = zonelessTime(call.cluster.clock.now());
  const state = (row: HostRow) => ({
    'nova-compute': { available: isUp(row), active: !row.disabled, updated_at: now },
  });
  return reply<AvailabilityZoneListWire>(200, {
    availabilityZoneInfo: [
      {
        zoneName: 'internal',
        zoneState: { available: true },
        hosts: {
          controller: Object.fromEntries(
            CONTROL.map((binary) => [binary, { available: true, active: true, updated_at: now }]),
          ),
        },
      },
      ...[...zones(call)].map(([zoneName, rows]) => ({
        zoneName,
        zoneState: { available: rows.some(isUp) },
        hosts: Object.fromEntries(rows.map((row) => [row.id, state(row)])),
      })),
    ],
  });
}

const isUp = (row: HostRow): boolean => row.up && !row.disabled;

function zones(call: Call): Map<string, HostRow[]> {
  return Map.groupBy(call.cluster.compute.hosts.values(), (row) => row.zone);
}

/** `GET /os-services` (administrators). */
export function listServices(call: Call): Reply {
  requireAdmin(call, 'os_compute_api:os-services:list');
  const { query, microversion, cluster } = call;
  const now = zonelessTime(cluster.clock.now());
  const control = CONTROL.map((binary, i) =>
    service(
      call,
      {
        binary,
        host: 'controller',
        zone: 'internal',
        number: i + 1,
        uuid: stable(cluster.name, binary),
        up: true,
      },
      now,
    ),
  );
  const computes = [...cluster.compute.hosts.values()].map((row) => ({
    ...service(
      call,
      {
        binary: 'nova-compute',
        host: row.id,
        zone: row.zone,
        number: row.number + 10,
        uuid: row.serviceUuid,
        up: row.up,
      },
      now,
    ),
    status: row.disabled ? ('disabled' as const) : ('enabled' as const),
    disabled_reason: row.disabledReason,
    ...(microversion >= 11 ? { forced_down: false } : {}),
  }));
  const fits = (one: { binary: string; host: string }) =>
    (query.get('binary') ?? one.binary) === one.binary && (query.get('host') ?? one.host) === one.host;
  return reply<ComputeServiceListWire>(200, { services: [...control, ...computes].filter(fits) });
}

interface ServiceFacts {
  binary: string;
  host: string;
  zone: string;
  number: number;
  uuid: string;
  up: boolean;
}

function service(call: Call, facts: ServiceFacts, now: string): ComputeServiceListWire['services'][number] {
  return {
    id: call.microversion >= 53 ? facts.uuid : facts.number,
    binary: facts.binary,
    host: facts.host,
    zone: facts.zone,
    status: 'enabled',
    state: facts.up ? 'up' : 'down',
    updated_at: now,
    disabled_reason: null,
    ...(call.microversion >= 11 ? { forced_down: false } : {}),
  };
}

function stable(...parts: string[]): string {
  const hex = Buffer.from(parts.join('/')).toString('hex').padEnd(32, '0').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** `GET /limits`. */
export function showLimits(call: Call): Reply {
  const { instances, cores, ram } = call.cluster.quotas.of(projectOf(call));
  const used = usageOf(call.cluster.compute.liveOf(projectOf(call)).after());
  const absolute: AbsoluteLimitsWire = {
    maxTotalInstances: instances,
    maxTotalCores: cores,
    maxTotalRAMSize: ram,
    maxServerMeta: 128,
    maxTotalKeypairs: 100,
    maxServerGroups: 10,
    maxServerGroupMembers: 10,
    totalInstancesUsed: used.servers,
    totalCoresUsed: used.vcpus,
    totalRAMUsed: used.memoryMb,
    totalServerGroupsUsed: 0,
    ...(call.microversion < 57 ? { maxPersonality: 5, maxPersonalitySize: 10240 } : {}),
    ...(call.microversion < 39 ? { maxImageMeta: 128 } : {}),
    ...(call.microversion < 36
      ? {
          maxSecurityGroups: -1,
          maxSecurityGroupRules: -1,
          maxTotalFloatingIps: -1,
          totalFloatingIpsUsed: 0,
          totalSecurityGroupsUsed: 0,
        }
      : {}),
  };
  return reply<LimitsResponseWire>(200, { limits: { rate: [], absolute } });
}
