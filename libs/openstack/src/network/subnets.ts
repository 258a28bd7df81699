import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  SubnetCreateRequestWire,
  SubnetListWire,
  SubnetResponseWire,
  SubnetWire,
} from './subnets.wire.js';

const PAGE: PageShape<SubnetListWire, SubnetWire> = {
  items: (page) => page.subnets,
  next: (page) => nextOf(page.subnets_links),
  key: (subnet) => subnet.id,
};

/** `/v2.0/subnets` of Neutron. */
export class Subnets {
  constructor(private readonly api: ServiceApi) {}

  list(
    filter: { networkId?: string; name?: string; ipVersion?: 4 | 6; pageSize?: number } = {},
    call?: CallOptions,
  ): Listing<SubnetWire> {
    const query = {
      limit: filter.pageSize ?? 1000,
      network_id: filter.networkId,
      name: filter.name,
      ip_version: filter.ipVersion,
    };
    return this.api.list({ method: 'GET', path: '/subnets', query, call }, PAGE);
  }

  async get(id: string, call?: CallOptions): Promise<SubnetWire> {
    return (await this.api.json<SubnetResponseWire>({ method: 'GET', path: `/subnets/${id}`, call })).subnet;
  }

  find(id: string, call?: CallOptions): Promise<SubnetWire | null> {
    return orNull(this.get(id, call));
  }

  async create(subnet: SubnetCreateRequestWire['subnet'], call?: CallOptions): Promise<SubnetWire> {
    const body: SubnetCreateRequestWire = { subnet };
    return (await this.api.json<SubnetResponseWire>({ method: 'POST', path: '/subnets', body, call })).subnet;
  }

  delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/subnets/${id}`, call }));
  }
}
