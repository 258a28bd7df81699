import { createHash } from 'node:crypto';
import type {
  ServerAddressWire,
  ServerBriefListWire,
  ServerFaultWire,
  ServerFlavorWire,
  ServerWire,
  UnknownServerWire,
} from '@ultron/openstack/compute/servers.wire';
import type { Call } from '../http/call.js';
import { secondTime, zonelessTime } from '../http/times.js';
import type { FlavorRow, ServerRow } from './compute.store.js';
import { links } from './links.js';
import { isAdmin } from './nova.errors.js';
import { statusOf } from './server.state.js';

/** A server in detail, with what the microversion and the caller's role show of it. */
export function serverView(call: Call, row: ServerRow): ServerWire {
  const status = statusOf(row.vmState, row.taskState);
  const fault = row.fault && (status === 'ERROR' || status === 'DELETED') ? faultView(call, row) : undefined;
  return {
    id: row.id,
    name: row.name,
    status,
    tenant_id: row.projectId,
    user_id: row.userId,
    metadata: row.metadata,
    hostId: hostId(row),
    image: imageOf(call, row),
    flavor: flavorOf(call, row.flavor),
    created: secondTime(row.createdAt),
    updated: secondTime(row.updatedAt),
    addresses: addresses(call, row),
    accessIPv4: row.accessIPv4,
    accessIPv6: row.accessIPv6,
    links: links(call, 'servers', row.id),
    'OS-DCF:diskConfig': row.diskConfig,
    ...(fault ? { fault } : {}),
    ...(status === 'ACTIVE' || status === 'BUILD' || status.endsWith('REBOOT') ? { progress: 0 } : {}),
    'OS-EXT-AZ:availability_zone': row.zone,
    config_drive: row.configDrive ? 'True' : '',
    key_name: row.keyName,
    'OS-SRV-USG:launched_at': row.launchedAt === null ? null : zonelessTime(row.launchedAt),
    'OS-SRV-USG:terminated_at': row.terminatedAt === null ? null : zonelessTime(row.terminatedAt),
    ...groups(call, row),
    ...(isAdmin(call) ? forAdmins(call, row) : {}),
    'OS-EXT-STS:task_state': row.taskState,
    'OS-EXT-STS:vm_state': row.vmState,
    'OS-EXT-STS:power_state': row.powerState,
    'os-extended-volumes:volumes_attached': [],
    ...byVersion(call, row),
  };
}

function byVersion(call: Call, row: ServerRow): Partial<ServerWire> {
  const from = (minor: number): boolean => call.microversion >= minor;
  return {
    ...(from(9) ? { locked: row.locked } : {}),
    ...(from(16) && isAdmin(call) ? { host_status: hostStatus(call, row) } : {}),
    ...(from(19) ? { description: row.description } : {}),
    ...(from(26) ? { tags: row.tags } : {}),
    ...(from(63) ? { trusted_image_certificates: null } : {}),
    ...(from(96) ? { pinned_availability_zone: row.requestedZone } : {}),
    ...(from(100) ? { scheduler_hints: {} } : {}),
    ...(from(73) ? { locked_reason: row.lockedReason } : {}),
    ...(from(90) && !isAdmin(call) ? { 'OS-EXT-SRV-ATTR:hostname': row.hostname } : {}),
  };
}

function forAdmins(call: Call, row: ServerRow): Partial<ServerWire> {
  return {
    'OS-EXT-SRV-ATTR:host': row.host,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': row.host,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${row.number.toString(16).padStart(8, '0')}`,
    ...(call.microversion >= 3
      ? {
          'OS-EXT-SRV-ATTR:reservation_id': row.reservationId,
          'OS-EXT-SRV-ATTR:launch_index': row.launchIndex,
          'OS-EXT-SRV-ATTR:hostname': row.hostname,
          'OS-EXT-SRV-ATTR:kernel_id': '',
          'OS-EXT-SRV-ATTR:ramdisk_id': '',
          'OS-EXT-SRV-ATTR:root_device_name': row.host ? '/dev/vda' : null,
          'OS-EXT-SRV-ATTR:user_data': row.userData,
        }
      : {}),
  };
}

/** What can be said of a server in a cell that does not answer, from 2.69 on; the single form says more. */
export function unknownView(call: Call, row: ServerRow, single: boolean): UnknownServerWire {
  return {
    id: row.id,
    status: 'UNKNOWN',
    tenant_id: row.projectId,
    created: secondTime(row.createdAt),
    links: links(call, 'servers', row.id),
    ...(single
      ? {
          user_id: row.userId,
          image: { id: row.imageId, links: [bookmark(call, 'images', row.imageId)] },
          flavor: flavorOf(call, row.flavor),
          'OS-EXT-STS:power_state': 0,
          'OS-EXT-AZ:availability_zone': row.requestedZone ?? 'UNKNOWN',
        }
      : {}),
  };
}

export function briefView(call: Call, row: ServerRow, down: boolean): ServerBriefListWire['servers'][number] {
  const head = down ? { id: row.id, status: 'UNKNOWN' as const } : { id: row.id, name: row.name };
  return { ...head, links: links(call, 'servers', row.id) };
}

function bookmark(call: Call, collection: string, id: string) {
  return { rel: 'bookmark', href: `${call.base}/compute/${collection}/${id}` };
}

function imageOf(call: Call, row: ServerRow): ServerWire['image'] {
  if (row.imageId === '') return '';
  const image = call.cluster.image.images.get(row.imageId);
  return {
    id: row.imageId,
    links: [bookmark(call, 'images', row.imageId)],
    ...(call.microversion >= 98
      ? {
          properties: {
            base_image_ref: row.imageId,
            container_format: String(image?.container_format ?? ''),
            disk_format: String(image?.disk_format ?? ''),
            min_disk: String(image?.min_disk ?? 0),
            min_ram: String(image?.min_ram ?? 0),
          },
        }
      : {}),
  };
}

/** The answer to an update: below 2.75 only what the API had from its beginning. */
export function updatedView(call: Call, row: ServerRow): ServerWire {
  const wire = { ...serverView(call, row), ...(call.microversion >= 71 ? { server_groups: [] } : {}) };
  if (call.microversion >= 75) return wire;
  const addresses = Object.entries(wire.addresses).map(([network, list]) => [
    network,
    list.map(({ addr, version }) => ({ addr, version })),
  ]);
  const kept = Object.entries(wire).filter(([name]) => !LATER.some((prefix) => name.startsWith(prefix)));
  return { ...Object.fromEntries(kept), addresses: Object.fromEntries(addresses) } as ServerWire;
}

/** Members that were extensions once, which the answer to an update did not show. */
const LATER = ['OS-EXT', 'OS-SRV-USG', 'os-extended-volumes', 'config_drive', 'key_name', 'security_groups'];

function flavorOf(call: Call, flavor: FlavorRow): ServerFlavorWire {
  if (call.microversion < 47) return { id: flavor.id, links: [bookmark(call, 'flavors', flavor.id)] };
  return {
    vcpus: flavor.vcpus,
    ram: flavor.ram,
    disk: flavor.disk,
    ephemeral: flavor.ephemeral,
    swap: flavor.swap,
    original_name: flavor.name,
    extra_specs: flavor.extraSpecs,
  };
}

function faultView(call: Call, row: ServerRow): ServerFaultWire | undefined {
  const { fault } = row;
  if (!fault) return undefined;
  const shown = isAdmin(call) || fault.code !== 500;
  return {
    code: fault.code,
    created: secondTime(fault.created),
    message: fault.message,
    ...(shown ? { details: fault.details } : {}),
  };
}

/** From the ports themselves: the simulator has no network info cache that could lag behind. */
function addresses(call: Call, row: ServerRow): Record<string, ServerAddressWire[]> {
  const { network } = call.cluster;
  const found: Record<string, ServerAddressWire[]> = {};
  for (const port of network.portsByDevice.get(row.id)) {
    const name = network.networks.get(port.network_id)?.name ?? port.network_id;
    const list = (found[name] ??= []);
    for (const ip of port.fixed_ips) {
      list.push({
        version: ip.ip_address.includes(':') ? 6 : 4,
        addr: ip.ip_address,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': port.mac_address,
      });
    }
  }
  return found;
}

/** Those of the ports; a server without ports shows none at all. */
function groups(call: Call, row: ServerRow): Pick<ServerWire, 'security_groups'> {
  const { network } = call.cluster;
  const ids = new Set([...network.portsByDevice.get(row.id)].flatMap((port) => port.security_groups));
  return ids.size > 0
    ? { security_groups: [...ids].map((id) => ({ name: network.groups.get(id)?.name ?? id })) }
    : {};
}

/** The same for all servers of a project on a host, and tells no more than that. */
function hostId(row: ServerRow): string {
  return row.host
    ? createHash('sha224')
        .update(row.projectId + row.host)
        .digest('hex')
    : '';
}

function hostStatus(call: Call, row: ServerRow): string {
  const host = row.host ? call.cluster.compute.hosts.get(row.host) : undefined;
  if (!host) return '';
  if (host.disabled) return 'MAINTENANCE';
  return host.up ? 'UP' : 'DOWN';
}
