import type { LinkWire } from '../wire.js';
import type { StandardAttributesWire } from './standard-attributes.wire.js';

export interface RouterWire extends StandardAttributesWire {
  id: string;
  name: string;
  tenant_id: string;
  project_id: string;
  admin_state_up: boolean;
  status: 'ACTIVE' | 'ALLOCATING' | 'BUILD' | 'DOWN' | 'ERROR';
  external_gateway_info: ExternalGatewayWire | null;
  /** Extension `extraroute`. */
  routes?: { destination: string; nexthop: string }[];
  /** Extension `dvr`; administrators only, as is the next one. */
  distributed?: boolean;
  /** Extension `l3-ha`. */
  ha?: boolean;
  /** Extension `router_availability_zone`. */
  availability_zone_hints?: string[];
  availability_zones?: string[];
  /** Extension `l3-flavors`. */
  flavor_id?: string | null;
  /** Extension `external-gateway-multihoming`. */
  external_gateways?: ExternalGatewayWire[];
  /** Extensions `enable-default-route-bfd` and `enable-default-route-ecmp`. */
  enable_default_route_bfd?: boolean;
  enable_default_route_ecmp?: boolean;
  enable_ndp_proxy?: boolean;
}

export interface ExternalGatewayWire {
  network_id: string;
  external_fixed_ips?: { subnet_id: string; ip_address: string }[];
  /** Extension `ext-gw-mode`; only administrators may set it. */
  enable_snat?: boolean;
  /** Extension `qos-gateway-ip`. */
  qos_policy_id?: string | null;
}

/** The gateway as it is asked for: all but the network may be left out. */
export interface ExternalGatewayRequestWire {
  network_id: string;
  external_fixed_ips?: { subnet_id?: string; ip_address?: string }[];
  enable_snat?: boolean;
  qos_policy_id?: string | null;
}

export interface RouterListWire {
  routers: RouterWire[];
  routers_links?: LinkWire[];
}

export interface RouterResponseWire {
  router: RouterWire;
}

export interface RouterUpdateWire {
  name?: string;
  description?: string;
  admin_state_up?: boolean;
  /** Null, or an empty object, takes the gateway away. */
  external_gateway_info?: ExternalGatewayRequestWire | null;
  routes?: { destination: string; nexthop: string }[];
  /** Both may only be changed while the router is administratively down. */
  distributed?: boolean;
  ha?: boolean;
}

export interface RouterCreateWire extends RouterUpdateWire {
  project_id?: string;
  tenant_id?: string;
  availability_zone_hints?: string[];
  flavor_id?: string;
}

/** `PUT /v2.0/routers/{id}/add_router_interface` and `remove_router_interface`: one of the two. */
export interface RouterInterfaceRequestWire {
  subnet_id?: string;
  port_id?: string;
}

export interface RouterInterfaceWire {
  /** The id of the router. */
  id: string;
  tenant_id: string;
  network_id: string;
  port_id: string;
  subnet_id: string;
  subnet_ids: string[];
}
