import type { ExtensionWire } from '@ultron/openstack/network/extensions.wire';
import { type ReleaseProfile, isAtLeast } from '../release/release.profiles.js';

/** The extensions whose attributes and calls the simulator serves, with the release that brought them. */
const EXTENSIONS: [alias: string, name: string, since: string][] = [
  ['allowed-address-pairs', 'Allowed Address Pairs', 'queens'],
  ['binding', 'Port Binding', 'queens'],
  ['external-net', 'Neutron external network', 'queens'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options', 'queens'],
  ['net-mtu', 'Network MTU', 'queens'],
  ['pagination', 'Pagination support', 'queens'],
  ['port-security', 'Port Security', 'queens'],
  ['project-id', 'project_id field enabled', 'queens'],
  ['provider', 'Provider Network', 'queens'],
  ['quotas', 'Quota management support', 'queens'],
  ['quota_details', 'Quota details management support', 'queens'],
  ['revision-if-match', 'If-Match constraints based on revision_number', 'queens'],
  ['security-group', 'security-group', 'queens'],
  ['sorting', 'Sorting support', 'queens'],
  ['standard-attr-description', 'standard-attr-description', 'queens'],
  ['standard-attr-revisions', 'Resource revision numbers', 'queens'],
  [
    'standard-attr-tag',
    'Tag support for resources with standard attribute: port, subnet, network, security_group',
    'queens',
  ],
  ['standard-attr-timestamp', 'Resource timestamps', 'queens'],
  ['empty-string-filtering', 'Empty String Filtering Extension', 'rocky'],
  ['filter-validation', 'Filter parameters validation', 'rocky'],
  ['ip-substring-filtering', 'IP address substring filtering', 'rocky'],
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

export function hasExtension(profile: ReleaseProfile, alias: string): boolean {
  const row = EXTENSIONS.find(([name]) => name === alias);
  return row !== undefined && isAtLeast(profile, row[2]);
}

export function extensionsOf(profile: ReleaseProfile): ExtensionWire[] {
  return EXTENSIONS.filter(([, , since]) => isAtLeast(profile, since)).map(([alias, name]) => ({
    alias,
    name,
    description: name,
    updated: '2018-02-28T10:00:00-00:00',
    links: [],
  }));
}
