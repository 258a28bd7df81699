import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface SubnetWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  network_id: string;
  ip_version: 4 | 6;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: { start: string; end: string }[];
  dns_nameservers: string[];
  host_routes: { destination: string; nexthop: string }[];
  ipv6_ra_mode?: string | null;
  ipv6_address_mode?: string | null;
  subnetpool_id?: string | null;
  segment_id?: string | null;
  service_types?: string[];
  dns_publish_fixed_ip?: boolean;
  /** Extension `subnet-external-network`. */
  'router:external'?: boolean;
}

export interface SubnetListWire {
  subnets: SubnetWire[];
  subnets_links?: LinkWire[];
}

export interface SubnetResponseWire {
  subnet: SubnetWire;
}

export interface SubnetUpdateWire {
  name?: string;
  description?: string;
  /** All pools that the subnet is to have from now on. */
  allocation_pools?: { start: string; end: string }[];
  gateway_ip?: string | null;
  enable_dhcp?: boolean;
  dns_nameservers?: string[];
  host_routes?: { destination: string; nexthop: string }[];
  service_types?: string[];
}

export interface SubnetCreateWire extends SubnetUpdateWire {
  network_id: string;
  ip_version: 4 | 6;
  cidr: string;
  project_id?: string;
  tenant_id?: string;
  ipv6_ra_mode?: string;
  ipv6_address_mode?: string;
  /** With the extension `tag-creation` only. */
  tags?: string[];
}

export interface SubnetCreateRequestWire {
  subnet: SubnetCreateWire;
}
