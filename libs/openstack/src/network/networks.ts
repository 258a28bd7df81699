import type { Query } from '../call.js';
import type { ServiceApi } from '../service-api.js';
import { NeutronCollection, type StandardFilter } from './neutron-collection.js';
import type { NetworkCreateWire, NetworkUpdateWire, NetworkWire } from './networks.wire.js';

export interface NetworkFilter extends StandardFilter {
  external?: boolean;
  shared?: boolean;
  status?: string;
}

/** `/v2.0/networks` of Neutron. */
export class Networks extends NeutronCollection<
  NetworkWire,
  NetworkCreateWire,
  NetworkUpdateWire,
  NetworkFilter
> {
  constructor(api: ServiceApi) {
    super(api, { path: '/networks', one: 'network', many: 'networks' });
  }

  protected queryOf(filter: NetworkFilter): Query {
    return { 'router:external': filter.external, shared: filter.shared, status: filter.status };
  }
}
