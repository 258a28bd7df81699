import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface NetworkWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  status: 'ACTIVE' | 'BUILD' | 'DOWN' | 'ERROR';
  admin_state_up: boolean;
  shared: boolean;
  subnets: string[];
  'router:external'?: boolean;
  mtu?: number;
  port_security_enabled?: boolean;
  availability_zone_hints?: string[];
  availability_zones?: string[];
  ipv4_address_scope?: string | null;
  ipv6_address_scope?: string | null;
  is_default?: boolean;
  qos_policy_id?: string | null;
  dns_domain?: string;
  l2_adjacency?: boolean;
  'provider:network_type'?: string;
  'provider:physical_network'?: string | null;
  'provider:segmentation_id'?: number | null;
}

export interface NetworkListWire {
  networks: NetworkWire[];
  networks_links?: LinkWire[];
}

export interface NetworkResponseWire {
  network: NetworkWire;
}

export interface NetworkUpdateWire {
  name?: string;
  description?: string;
  admin_state_up?: boolean;
  shared?: boolean;
  'router:external'?: boolean;
  mtu?: number;
  port_security_enabled?: boolean;
  qos_policy_id?: string | null;
  dns_domain?: string;
}

export interface NetworkCreateWire extends NetworkUpdateWire {
  project_id?: string;
  tenant_id?: string;
  availability_zone_hints?: string[];
  is_default?: boolean;
  'provider:network_type'?: string;
  'provider:physical_network'?: string;
  'provider:segmentation_id'?: number;
  /** With the extension `tag-creation` only. */
  tags?: string[];
}

export interface NetworkCreateRequestWire {
  network: NetworkCreateWire;
}
