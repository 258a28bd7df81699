import type { ExtensionWire } from '@ultron/openstack/network/extensions.wire';
import type { Cluster } from '../cluster/cluster.js';
import { isAtLeast } from '../release/release.profiles.js';

/** The extensions whose attributes and calls the simulator serves, with the release that brought them. */
const EXTENSIONS: [alias: string, name: string, since: string][] = [
  ['agent', 'agent', 'queens'],
  ['allowed-address-pairs', 'Allowed Address Pairs', 'queens'],
  ['availability_zone', 'Availability Zone', 'queens'],
  ['binding', 'Port Binding', 'queens'],
  ['dhcp_agent_scheduler', 'DHCP Agent Scheduler', 'queens'],
  ['dvr', 'Distributed Virtual Router', 'queens'],
  ['ext-gw-mode', 'Neutron L3 Configurable external gateway mode', 'queens'],
  ['external-net', 'Neutron external network', 'queens'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options', 'queens'],
  ['extraroute', 'Neutron Extra Route', 'queens'],
  ['l3-flavors', 'Router Flavor Extension', 'queens'],
  ['l3-ha', 'HA Router extension', 'queens'],
  ['l3_agent_scheduler', 'L3 Agent Scheduler', 'queens'],
  ['multi-provider', 'Multi Provider Network', 'queens'],
  ['net-mtu', 'Network MTU', 'queens'],
  ['net-mtu-writable', 'Network MTU (writable)', 'queens'],
  ['network_availability_zone', 'Network Availability Zone', 'queens'],
  ['pagination', 'Pagination support', 'queens'],
  ['port-security', 'Port Security', 'queens'],
  ['project-id', 'project_id field enabled', 'queens'],
  ['provider', 'Provider Network', 'queens'],
  ['qos', 'Quality of Service', 'queens'],
  ['qos-bw-limit-direction', 'Direction for QoS bandwidth limit rule', 'queens'],
  ['qos-default', 'QoS default policy', 'queens'],
  ['qos-fip', 'Floating IP QoS', 'queens'],
  ['quotas', 'Quota management support', 'queens'],
  ['quota_details', 'Quota details management support', 'queens'],
  ['revision-if-match', 'If-Match constraints based on revision_number', 'queens'],
  ['router', 'Neutron L3 Router', 'queens'],
  ['router_availability_zone', 'Router Availability Zone', 'queens'],
  ['security-group', 'security-group', 'queens'],
  ['sorting', 'Sorting support', 'queens'],
  ['standard-attr-description', 'standard-attr-description', 'queens'],
  ['standard-attr-revisions', 'Resource revision numbers', 'queens'],
  [
    'standard-attr-tag',
    'Tag support for resources with standard attribute: port, subnet, network, security_group, router, policy, floatingip',
    'queens',
  ],
  ['standard-attr-timestamp', 'Resource timestamps', 'queens'],
  ['empty-string-filtering', 'Empty String Filtering Extension', 'rocky'],
  ['filter-validation', 'Filter parameters validation', 'rocky'],
  ['fip-port-details', 'Floating IP Port Details Extension', 'rocky'],
  ['ip-substring-filtering', 'IP address substring filtering', 'rocky'],
  ['qos-gateway-ip', 'Gateway IP QoS', 'stein'],
  ['l3-port-ip-change-not-allowed', 'Prevent L3 router ports IP address change extension', 'train'],
  [
    'router-admin-state-down-before-update',
    'Enforce Router Admin State Down Before Update Extension',
    'train',
  ],
  ['qos-port-network-policy', 'QoS port network policy', 'ussuri'],
  ['tag-ports-during-bulk-creation', 'Tag Ports During Bulk Creation', 'ussuri'],
  ['stateful-security-group', 'Stateful security group', 'ussuri'],
  ['security-groups-normalized-cidr', 'Normalized CIDR field for security group rules', 'ussuri'],
  [
    'security-groups-remote-address-group',
    'Remote address group id field for security group rules',
    'wallaby',
  ],
  ['security-groups-shared-filtering', 'Security group filtering on the shared field', 'xena'],
  [
    'security-groups-rules-belongs-to-default-sg',
    'Security group rules belongs to the default security group',
    '2023.2',
  ],
  ['subnet-external-network', 'Subnet belongs to an external network', '2024.2'],
  ['tag-creation', 'Allow to create tags during resource creation', '2025.1'],
];

/** Routers of OVN are distributed by nature, and no agents are scheduled (`neutron/common/ovn/extensions.py`). */
const NOT_OF_OVN = new Set([
  'dvr',
  'l3_agent_scheduler',
  'l3-port-ip-change-not-allowed',
  'router-admin-state-down-before-update',
  'qos-port-network-policy',
  'tag-ports-during-bulk-creation',
]);

/** What an old foreign plugin has beside the core. */
const OF_LEGACY = new Set([
  'binding',
  'external-net',
  'extra_dhcp_opt',
  'project-id',
  'provider',
  'quotas',
  'router',
  'security-group',
]);

const lacks = (cluster: Cluster, alias: string): boolean => {
  if (cluster.networkBackend === 'legacy') return !OF_LEGACY.has(alias);
  if (cluster.networkBackend !== 'ovn') return false;
  return NOT_OF_OVN.has(alias) || (alias === 'l3-ha' && !isAtLeast(cluster.profile, '2025.1'));
};

const known = new WeakMap<Cluster, Map<string, string>>();

/** Aliases and names of the extensions of a cluster. */
function namesOf(cluster: Cluster): Map<string, string> {
  let names = known.get(cluster);
  if (!names) {
    names = new Map(
      EXTENSIONS.filter(
        ([alias, , since]) => isAtLeast(cluster.profile, since) && !lacks(cluster, alias),
      ).map(([alias, name]) => [alias, name]),
    );
    known.set(cluster, names);
  }
  return names;
}

export function hasExtension(cluster: Cluster, alias: string): boolean {
  return namesOf(cluster).has(alias);
}

export function extensionsOf(cluster: Cluster): ExtensionWire[] {
  return [...namesOf(cluster)].map(([alias, name]) => ({
    alias,
    name,
    description: name,
    updated: '2018-02-28T10:00:00-00:00',
    links: [],
  }));
}
