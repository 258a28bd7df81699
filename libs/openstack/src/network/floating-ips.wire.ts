import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface FloatingIpWire extends StandardAttributesWire {
  id: string;
  tenant_id: string;
  project_id: string;
  floating_network_id: string;
  floating_ip_address: string;
  /** The port and the address of it to which it leads; null when it leads nowhere. */
  port_id: string | null;
  fixed_ip_address: string | null;
  router_id: string | null;
  status: 'ACTIVE' | 'DOWN' | 'ERROR';
  /** Extension `qos-fip`. */
  qos_policy_id?: string | null;
  qos_network_policy_id?: string | null;
  /** Extension `fip-port-details`. */
  port_details?: {
    name: string;
    network_id: string;
    mac_address: string;
    admin_state_up: boolean;
    status: string;
    device_id: string;
    device_owner: string;
  } | null;
  /** Extension `expose-port-forwarding-in-fip`. */
  port_forwardings?: unknown[];
  dns_domain?: string;
  dns_name?: string;
}

export interface FloatingIpListWire {
  floatingips: FloatingIpWire[];
  floatingips_links?: LinkWire[];
}

export interface FloatingIpResponseWire {
  floatingip: FloatingIpWire;
}

export interface FloatingIpUpdateWire {
  port_id?: string | null;
  fixed_ip_address?: string;
  description?: string;
  qos_policy_id?: string | null;
}

export interface FloatingIpCreateWire extends FloatingIpUpdateWire {
  floating_network_id: string;
  subnet_id?: string;
  /** Only administrators may choose it. */
  floating_ip_address?: string;
  project_id?: string;
  tenant_id?: string;
  /** With the extension `tag-creation` only. */
  tags?: string[];
}
