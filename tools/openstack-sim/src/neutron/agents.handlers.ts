import { createHash } from 'node:crypto';
import type { AgentListWire, AgentWire } from '@ultron/openstack/network/agents.wire';
import type { NetworkAvailabilityZoneListWire } from '@ultron/openstack/network/availability-zones.wire';
import { type Call, type Reply, reply } from '../http/call.js';
import { isAdmin } from './neutron.access.js';
import { type AgentKind, backendFacts, networkNodes } from './network-backend.js';

/** `GET /v2.0/agents`: those that are no administrators are shown none. */
export function listAgents(call: Call): Reply {
  const agents = isAdmin(call)
    ? backendFacts(call.cluster).agents.flatMap((kind) => agentsOf(call, kind))
    : [];
  return reply<AgentListWire>(200, { agents: agents.filter((agent) => isAsked(call, agent)) });
}

function isAsked({ query }: Call, agent: AgentWire): boolean {
  const wanted = { agent_type: agent.agent_type, host: agent.host, binary: agent.binary, alive: agent.alive };
  return Object.entries(wanted).every(([name, value]) => {
    const asked = query.getAll(name).map((text) => text.toLowerCase());
    return asked.length === 0 || asked.includes(String(value).toLowerCase());
  });
}

function agentsOf(call: Call, kind: AgentKind): AgentWire[] {
  const { cluster } = call;
  if (kind.on === 'network nodes') return networkNodes(cluster).map((host) => agent(call, kind, host, true));
  return [...cluster.compute.hosts.values()].map((host) => agent(call, kind, host.id, host.up));
}

function agent(call: Call, kind: AgentKind, host: string, alive: boolean): AgentWire {
  const now = call.cluster.clock.now();
  return {
    id: idOf(`${host}/${kind.binary}`),
    agent_type: kind.type,
    binary: kind.binary,
    topic: kind.topic,
    host,
    admin_state_up: true,
    alive,
    availability_zone: kind.zone,
    created_at: '2026-01-01 00:00:00',
    started_at: '2026-01-01 00:00:00',
    heartbeat_timestamp: spacedTime(alive ? now : now - 3_600_000),
    description: null,
    configurations: kind.configurations,
    resources_synced: null,
  };
}

function idOf(text: string): string {
  const hex = createHash('sha1').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const spacedTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** `GET /v2.0/availability_zones`. */
export function listZones(): Reply {
  const zones = (['network', 'router'] as const).map((resource) => ({
    name: 'nova',
    resource,
    state: 'available' as const,
  }));
  return reply<NetworkAvailabilityZoneListWire>(200, { availability_zones: zones });
}
