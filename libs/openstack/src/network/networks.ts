import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  NetworkCreateRequestWire,
  NetworkListWire,
  NetworkResponseWire,
  NetworkWire,
} from './networks.wire.js';

const PAGE: PageShape<NetworkListWire, NetworkWire> = {
  items: (page) => page.networks,
  next: (page) => nextOf(page.networks_links),
  key: (network) => network.id,
};

/** `/v2.0/networks` of Neutron. */
export class Networks {
  constructor(private readonly api: ServiceApi) {}

  list(
    filter: { name?: string; external?: boolean; shared?: boolean; pageSize?: number } = {},
    call?: CallOptions,
  ): Listing<NetworkWire> {
    const query = {
      limit: filter.pageSize ?? 1000,
      name: filter.name,
      'router:external': filter.external,
      shared: filter.shared,
    };
    return this.api.list({ method: 'GET', path: '/networks', query, call }, PAGE);
  }

  async get(id: string, call?: CallOptions): Promise<NetworkWire> {
    return (await this.api.json<NetworkResponseWire>({ method: 'GET', path: `/networks/${id}`, call }))
      .network;
  }

  find(id: string, call?: CallOptions): Promise<NetworkWire | null> {
    return orNull(this.get(id, call));
  }

  async create(network: NetworkCreateRequestWire['network'], call?: CallOptions): Promise<NetworkWire> {
    const body: NetworkCreateRequestWire = { network };
    return (await this.api.json<NetworkResponseWire>({ method: 'POST', path: '/networks', body, call }))
      .network;
  }

  delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/networks/${id}`, call }));
  }
}
