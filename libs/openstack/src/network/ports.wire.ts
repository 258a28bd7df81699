import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface FixedIpWire {
  subnet_id: string;
  ip_address: string;
}

export interface AddressPairWire {
  ip_address: string;
  mac_address?: string;
}

export interface PortWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  status: 'ACTIVE' | 'BUILD' | 'DOWN' | 'ERROR' | 'N/A';
  /** The id of the server that uses it; empty when none does. */
  device_id: string;
  /** `compute:nova`, `network:dhcp`, …; empty when unused. */
  device_owner: string;
  fixed_ips: FixedIpWire[];
  security_groups: string[];
  allowed_address_pairs?: AddressPairWire[];
  extra_dhcp_opts?: { opt_name: string; opt_value: string; ip_version?: number }[];
  port_security_enabled?: boolean;
  qos_policy_id?: string | null;
  qos_network_policy_id?: string | null;
  resource_request?: Record<string, unknown> | null;
  dns_name?: string;
  dns_assignment?: { hostname: string; ip_address: string; fqdn: string }[];
  propagate_uplink_status?: boolean;
  'binding:vnic_type'?: string;
  /** Administrators only, as are the next ones. */
  'binding:host_id'?: string;
  'binding:profile'?: Record<string, unknown>;
  'binding:vif_type'?: string;
  'binding:vif_details'?: Record<string, unknown>;
}

export interface PortListWire {
  ports: PortWire[];
  ports_links?: LinkWire[];
}

export interface PortResponseWire {
  port: PortWire;
}

export interface PortCreateWire {
  network_id: string;
  name?: string;
  description?: string;
  /** An entry with only `subnet_id` lets Neutron choose the address. */
  fixed_ips?: Partial<FixedIpWire>[];
  mac_address?: string;
  security_groups?: string[];
  admin_state_up?: boolean;
  allowed_address_pairs?: AddressPairWire[];
  port_security_enabled?: boolean;
  device_id?: string;
  device_owner?: string;
  dns_name?: string;
  tenant_id?: string;
  project_id?: string;
  qos_policy_id?: string | null;
  'binding:vnic_type'?: string;
  'binding:host_id'?: string;
  'binding:profile'?: Record<string, unknown>;
  /** With the extension `tag-creation` (or `tag-ports-during-bulk-creation`) only. */
  tags?: string[];
}

export interface PortCreateRequestWire {
  port: PortCreateWire;
}

/** `POST /v2.0/ports` with several ports: all of them or none. */
export interface PortBulkCreateRequestWire {
  ports: PortCreateWire[];
}

export interface PortUpdateRequestWire {
  port: Partial<Omit<PortCreateWire, 'network_id' | 'tags' | 'tenant_id' | 'project_id'>>;
}
