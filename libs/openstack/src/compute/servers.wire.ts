import type { LinkWire, RefWire } from '../wire.js';

/** States that `status` of a server can show (`nova/api/openstack/common.py`). */
export type ServerStatusWire =
  | 'ACTIVE'
  | 'BUILD'
  | 'DELETED'
  | 'ERROR'
  | 'HARD_REBOOT'
  | 'MIGRATING'
  | 'PASSWORD'
  | 'PAUSED'
  | 'REBOOT'
  | 'REBUILD'
  | 'RESCUE'
  | 'RESIZE'
  | 'REVERT_RESIZE'
  | 'SHELVED'
  | 'SHELVED_OFFLOADED'
  | 'SHUTOFF'
  | 'SOFT_DELETED'
  | 'SUSPENDED'
  | 'UNKNOWN'
  | 'VERIFY_RESIZE';

export interface ServerAddressWire {
  addr: string;
  version: 4 | 6;
  'OS-EXT-IPS:type'?: 'fixed' | 'floating';
  'OS-EXT-IPS-MAC:mac_addr'?: string;
}

export interface ServerFaultWire {
  code: number;
  created: string;
  message: string;
  /** Shown to administrators, and to others for a code that is not 500. */
  details?: string;
}

/** The flavor in a server: only `id` below 2.47; the numbers themselves, without an id, from 2.47 on. */
export interface ServerFlavorWire {
  id?: string;
  links?: LinkWire[];
  original_name?: string;
  vcpus?: number;
  ram?: number;
  disk?: number;
  ephemeral?: number;
  swap?: number;
  extra_specs?: Record<string, string>;
}

/** The image that a server was made from. */
export interface ServerImageWire extends RefWire {
  /** 2.98 and above. */
  properties?: Record<string, string>;
}

/** A server as `GET /servers/{id}` and `/servers/detail` show it. */
export interface ServerWire {
  id: string;
  name: string;
  status: ServerStatusWire;
  tenant_id: string;
  user_id: string;
  created: string;
  updated: string;
  hostId: string;
  metadata: Record<string, string>;
  addresses: Record<string, ServerAddressWire[]>;
  /** An empty string when the server boots from a volume. */
  image: ServerImageWire | '';
  flavor: ServerFlavorWire;
  links: LinkWire[];
  accessIPv4?: string;
  accessIPv6?: string;
  config_drive?: string;
  key_name?: string | null;
  progress?: number;
  security_groups?: { name: string }[];
  /** Only present while the server is in ERROR (or was deleted in it). */
  fault?: ServerFaultWire;
  'OS-EXT-STS:vm_state'?: string;
  'OS-EXT-STS:task_state'?: string | null;
  'OS-EXT-STS:power_state'?: number;
  'OS-EXT-AZ:availability_zone'?: string;
  'OS-DCF:diskConfig'?: 'MANUAL' | 'AUTO';
  'OS-SRV-USG:launched_at'?: string | null;
  'OS-SRV-USG:terminated_at'?: string | null;
  'os-extended-volumes:volumes_attached'?: { id: string; delete_on_termination?: boolean }[];
  /** Administrators only, as are the next ones. */
  'OS-EXT-SRV-ATTR:host'?: string | null;
  'OS-EXT-SRV-ATTR:hypervisor_hostname'?: string | null;
  'OS-EXT-SRV-ATTR:instance_name'?: string;
  /** 2.3 and above. */
  'OS-EXT-SRV-ATTR:hostname'?: string;
  'OS-EXT-SRV-ATTR:reservation_id'?: string;
  'OS-EXT-SRV-ATTR:launch_index'?: number;
  'OS-EXT-SRV-ATTR:user_data'?: string | null;
  'OS-EXT-SRV-ATTR:root_device_name'?: string | null;
  'OS-EXT-SRV-ATTR:kernel_id'?: string;
  'OS-EXT-SRV-ATTR:ramdisk_id'?: string;
  /** 2.9 and above. */
  locked?: boolean;
  /** 2.73 and above. */
  locked_reason?: string | null;
  /** 2.16 and above, administrators only. */
  host_status?: string;
  /** 2.19 and above. */
  description?: string | null;
  /** 2.26 and above. */
  tags?: string[];
  /** 2.63 and above. */
  trusted_image_certificates?: string[] | null;
  /** 2.71 and above. */
  server_groups?: string[];
  /** 2.96 and above. */
  pinned_availability_zone?: string | null;
  /** 2.100 and above. */
  scheduler_hints?: Record<string, unknown>;
}

/**
 * What Nova (2.69 and above) can say of a server whose cell does not answer: `status` is UNKNOWN, and name,
 * addresses, metadata, flavor and the rest are missing (`api-guide/source/down_cells.rst`). The single-server
 * form has a few keys more than the list form.
 */
export interface UnknownServerWire {
  id: string;
  status: 'UNKNOWN';
  tenant_id: string;
  created: string;
  links: LinkWire[];
  user_id?: string;
  image?: RefWire | '';
  flavor?: ServerFlavorWire;
  'OS-EXT-STS:power_state'?: number;
  'OS-EXT-AZ:availability_zone'?: string;
}

export interface ServerListWire {
  servers: (ServerWire | UnknownServerWire)[];
  servers_links?: LinkWire[];
}

/** `GET /servers` (not detail). */
export interface ServerBriefListWire {
  servers: { id: string; name?: string; status?: 'UNKNOWN'; links: LinkWire[] }[];
  servers_links?: LinkWire[];
}

export interface ServerResponseWire {
  server: ServerWire | UnknownServerWire;
}

export interface ServerNetworkWire {
  uuid?: string;
  port?: string;
  fixed_ip?: string;
  /** 2.32 to 2.36, and 2.42 and above. */
  tag?: string;
}

export interface BlockDeviceWire {
  uuid?: string;
  boot_index?: number | string | null;
  source_type: 'image' | 'volume' | 'snapshot' | 'blank';
  destination_type?: 'local' | 'volume';
  volume_size?: number | string;
  volume_type?: string;
  delete_on_termination?: boolean;
  device_name?: string;
  disk_bus?: string;
  device_type?: string;
  guest_format?: string;
  tag?: string;
}

export interface ServerCreateWire {
  name: string;
  flavorRef: string;
  imageRef?: string;
  /** `auto` and `none` need 2.37, which also makes the field mandatory. */
  networks?: ServerNetworkWire[] | 'auto' | 'none';
  metadata?: Record<string, string>;
  /** Base64. */
  user_data?: string;
  key_name?: string;
  security_groups?: { name: string }[];
  availability_zone?: string;
  config_drive?: boolean;
  block_device_mapping_v2?: BlockDeviceWire[];
  min_count?: number;
  max_count?: number;
  return_reservation_id?: boolean;
  personality?: { path: string; contents: string }[];
  adminPass?: string;
  'OS-DCF:diskConfig'?: 'MANUAL' | 'AUTO';
  accessIPv4?: string;
  accessIPv6?: string;
  /** 2.19 and above. */
  description?: string;
  /** 2.52 and above. */
  tags?: string[];
  /** 2.74 and above, administrators only. */
  host?: string;
  hypervisor_hostname?: string;
  /** 2.90 and above. */
  hostname?: string;
}

/** `POST /servers`. */
export interface ServerCreateRequestWire {
  server: ServerCreateWire;
  'os:scheduler_hints'?: { group?: string; [hint: string]: unknown };
}

/** The answer to `POST /servers` (202). */
export interface ServerCreateResponseWire {
  server: {
    id: string;
    links: LinkWire[];
    adminPass?: string;
    'OS-DCF:diskConfig'?: 'MANUAL' | 'AUTO';
    security_groups?: { name: string }[];
  };
}

/** `PUT /servers/{id}`. */
export interface ServerUpdateRequestWire {
  server: { name?: string; description?: string | null; accessIPv4?: string; accessIPv6?: string };
}

/** `POST /servers/{id}/action`: exactly one member. */
export type ServerActionWire =
  | { 'os-start': null }
  | { 'os-stop': null }
  | { reboot: { type: 'SOFT' | 'HARD' } }
  | { lock: null | { locked_reason?: string } }
  | { unlock: null }
  | { pause: null }
  | { unpause: null }
  | { suspend: null }
  | { resume: null }
  | { forceDelete: null }
  | { 'os-resetState': { state: 'active' | 'error' } }
  | { 'os-getConsoleOutput': { length?: number } }
  | { resize: { flavorRef: string } }
  | { confirmResize: null }
  | { revertResize: null }
  | { rebuild: { imageRef: string; name?: string; metadata?: Record<string, string> } };

/** `GET`, `PUT` (replace) and `POST` (merge) of `/servers/{id}/metadata`. */
export interface ServerMetadataWire {
  metadata: Record<string, string>;
}

/** `GET`/`PUT /servers/{id}/metadata/{key}`. */
export interface ServerMetadataItemWire {
  meta: Record<string, string>;
}

/** `GET`/`PUT /servers/{id}/tags` (2.26 and above). */
export interface ServerTagsWire {
  tags: string[];
}
