import type { Query } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type { SubnetCreateWire, SubnetUpdateWire, SubnetWire } from './subnets.wire.js';

export interface SubnetFilter extends StandardFilter {
  networkId?: string | readonly string[];
  ipVersion?: 4 | 6;
  cidr?: string | readonly string[];
  gatewayIp?: string;
  enableDhcp?: boolean;
}

/**
 * `/v2.0/subnets` of Neutron. Pools, gateway and DHCP can be changed while there are ports: an address outside of the
 * pools stays with its port. A pool over the gateway is refused (409 `GatewayConflictWithAllocationPools`).
 * New pools, name servers or routes alone do not raise the revision of a subnet everywhere (seen in 2025.1): compare them
 * themselves.
 */
export class Subnets extends NeutronCollection<SubnetWire, SubnetCreateWire, SubnetUpdateWire, SubnetFilter> {
  constructor(api: ServiceApi) {
    super(api, { path: '/subnets', one: 'subnet', many: 'subnets' });
  }

  protected queryOf(filter: SubnetFilter): Query {
    return {
      network_id: filter.networkId,
      ip_version: filter.ipVersion,
      cidr: filter.cidr,
      gateway_ip: filter.gatewayIp,
      enable_dhcp: filter.enableDhcp,
    };
  }
}
