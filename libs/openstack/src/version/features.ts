/** What a feature rests on: one of the styles in which OpenStack services say what they can do. */
export type Requirement =
  | { service: 'compute' | 'placement'; microversion: string }
  | { service: 'network'; anyExtension: readonly string[]; unless?: string }
  | { service: 'image'; version: string }
  | { service: string };

/** Features by name, so that nobody outside has to know in which style a service announces them. */
export const FEATURES = {
  /** Tags on a server that exists. */
  server_tags: { service: 'compute', microversion: '2.26' },
  /** Tags given when a server is created. */
  server_tags_at_create: { service: 'compute', microversion: '2.52' },
  server_description: { service: 'compute', microversion: '2.19' },
  /** The events of an instance action shown to the owner of the server. */
  instance_action_events: { service: 'compute', microversion: '2.51' },
  /** The reason of a failed event in words. */
  instance_action_details: { service: 'compute', microversion: '2.84' },
  /** Servers of a cell that is down are listed as UNKNOWN instead of being left out. */
  down_cell_servers: { service: 'compute', microversion: '2.69' },
  hypervisor_paging: { service: 'compute', microversion: '2.33' },
  soft_affinity: { service: 'compute', microversion: '2.15' },
  /** A server put on a named host by an administrator. */
  target_host: { service: 'compute', microversion: '2.74' },
  port_tags: { service: 'network', anyExtension: ['standard-attr-tag', 'tag-ext'] },
  /** Tags given when a port is created. */
  port_tags_at_create: {
    service: 'network',
    anyExtension: ['tag-creation', 'tag-ports-during-bulk-creation'],
  },
  /** `If-Match: revision_number=…` on updates. */
  revision_if_match: { service: 'network', anyExtension: ['revision-if-match'] },
  address_pairs: { service: 'network', anyExtension: ['allowed-address-pairs'] },
  security_groups: { service: 'network', anyExtension: ['security-group'] },
  port_security: { service: 'network', anyExtension: ['port-security'] },
  /** Filter validation refuses the filter, since it is no attribute: seen in Zed and 2025.1. */
  network_changed_since: {
    service: 'network',
    anyExtension: ['standard-attr-timestamp'],
    unless: 'filter-validation',
  },
  /** A number in every resource that grows with its changes; not with all of them, see the kinds that are synced by it. */
  network_revisions: { service: 'network', anyExtension: ['standard-attr-revisions'] },
  network_quota_details: { service: 'network', anyExtension: ['quota_details'] },
  network_qos: { service: 'network', anyExtension: ['qos'] },
  placement: { service: 'placement', microversion: '1.0' },
  image_hidden: { service: 'image', version: '2.7' },
  block_storage: { service: 'block-storage' },
  load_balancer: { service: 'load-balancer' },
  bare_metal: { service: 'baremetal' },
} as const satisfies Record<string, Requirement>;

export type Feature = keyof typeof FEATURES;
