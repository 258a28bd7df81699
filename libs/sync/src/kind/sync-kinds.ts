/** Every kind of thing that is kept in sync: what conductors have in their catalog, for those who only show it. */
export const SYNC_KINDS = [
  'server',
  'port',
  'network',
  'subnet',
  'router',
  'floating_ip',
  'security_group',
  'flavor',
  'image',
  'key_pair',
  'hypervisor',
  'resource_provider',
  'availability_zone',
  'quota',
] as const;
export type SyncKindName = (typeof SYNC_KINDS)[number];
