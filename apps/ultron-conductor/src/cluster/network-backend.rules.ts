import type { NetworkBackend, NetworkCapability } from '@ultron/cluster/inventory/network-capability';

/** A process of Neutron's, as far as it says what does the networking. */
export interface NetworkAgent {
  type: string;
  alive: boolean;
  /** What an L3 agent does on its host: `legacy`, `dvr`, `dvr_snat`, `dvr_no_external`; undefined for others. */
  mode: string | undefined;
}

/** What shows of the networking of a cluster. */
export interface NetworkSigns {
  /** Aliases of Neutron's extensions. */
  extensions: readonly string[];
  /** None where they are hidden from the account, as they are from all but administrators. */
  agents: readonly NetworkAgent[];
  /** Whether the account sees a network outside of which there is the world. */
  hasExternalNetwork: boolean;
  /** Whether the account has the role that Neutron's policy asks for where it asks for one. */
  isAdministrator: boolean;
}

/** Two, as `max_l3_agents_per_router` asks for at least by default. */
const AGENTS_FOR_HA = 2;

/**
 * What does the networking. Neutron has no call that tells, and ML2's router plugin lists `dvr` and `l3-ha` whether or not an
 * agent does either: so agents decide where they are shown. Without them the least is assumed.
 */
export function networkBackendOf(signs: NetworkSigns): NetworkBackend {
  const has = hasOf(signs);
  // Only ML2 has segments in networks, and only its router plugin schedules routers to agents.
  if (!has('multi-provider')) return 'legacy';
  if (isOvn(signs)) return 'ovn';
  if (has('dvr') && distributedAgents(signs) > 0) return 'ml2_ovs_dvr';
  if (has('l3-ha') && centralAgents(signs) >= AGENTS_FOR_HA) return 'ml2_ovs_l3ha';
  return 'ml2_ovs';
}

/** What may be asked of the networking. */
export function networkCapabilitiesOf(signs: NetworkSigns): NetworkCapability[] {
  const has = hasOf(signs);
  const backend = networkBackendOf(signs);
  const isMl2 = backend !== 'legacy';
  const limits = has('qos') && signs.isAdministrator;
  const holds: Record<NetworkCapability, boolean> = {
    routers: has('router'),
    router_gateways: has('router') && signs.hasExternalNetwork,
    dvr: has('router') && (backend === 'ovn' || backend === 'ml2_ovs_dvr'),
    l3_ha: has('router') && outlivesItsNode(signs, backend),
    floating_ips: has('router') && signs.hasExternalNetwork,
    qos_bandwidth_limit: limits,
    qos_floating_ip: limits && has('qos-fip'),
    qos_router_gateway: limits && has('qos-gateway-ip'),
    port_security: has('port-security'),
    allowed_address_pairs: has('allowed-address-pairs'),
    security_groups: has('security-group'),
    neutron_tags: has('standard-attr-tag') || has('tag-ext'),
    revision_if_match: has('revision-if-match'),
    bulk_ports: isMl2,
    tags_at_create: has('tag-creation') || has('tag-ports-during-bulk-creation'),
    network_availability_zones: has('network_availability_zone'),
    network_agents: signs.agents.length > 0,
    network_quota_details: has('quota_details'),
  };
  return (Object.keys(holds) as NetworkCapability[]).filter((name) => holds[name]);
}

const hasOf =
  ({ extensions }: NetworkSigns) =>
  (alias: string): boolean =>
    extensions.includes(alias);

function isOvn({ agents, extensions }: NetworkSigns): boolean {
  if (agents.length > 0) return agents.some((agent) => agent.type.startsWith('OVN '));
  return extensions.includes('router') && !extensions.includes('l3_agent_scheduler');
}

function outlivesItsNode(signs: NetworkSigns, backend: NetworkBackend): boolean {
  if (backend === 'ovn') return aliveOf(signs, 'OVN Controller Gateway agent').length >= AGENTS_FOR_HA;
  return hasOf(signs)('l3-ha') && centralAgents(signs) >= AGENTS_FOR_HA;
}

const aliveOf = ({ agents }: NetworkSigns, type: string): NetworkAgent[] =>
  agents.filter((agent) => agent.alive && agent.type === type);

const distributedAgents = (signs: NetworkSigns): number =>
  aliveOf(signs, 'L3 agent').filter((agent) => agent.mode?.startsWith('dvr')).length;

/** Agents that routers of the whole network can be on: not those that only route for their own host. */
const centralAgents = (signs: NetworkSigns): number =>
  aliveOf(signs, 'L3 agent').filter((agent) => agent.mode === 'legacy' || agent.mode === 'dvr_snat').length;
