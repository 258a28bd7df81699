import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing } from '../paging/listing.js';
import { nextOf, type PageShape, type ServiceApi } from '../service-api.js';
import type {
  PortCreateWire,
  PortListWire,
  PortResponseWire,
  PortUpdateRequestWire,
  PortWire,
} from './ports.wire.js';

/** Exact-match filters of `GET /v2.0/ports`. */
export interface PortFilter {
  name?: readonly string[];
  id?: readonly string[];
  deviceId?: readonly string[];
  networkId?: string;
  deviceOwner?: string;
  status?: string;
  projectId?: string;
  /** Ports that carry all of these tags; the tag extension must be there. */
  tags?: readonly string[];
  /** Ports changed at or after this time (whole seconds; deletions never show). */
  changedSince?: Date;
  pageSize?: number;
}

/** A Neutron under load was seen to need a second for each port of a bulk. */
const EXTRA_MS_PER_PORT = 1_000;

const PAGE: PageShape<PortListWire, PortWire> = {
  items: (page) => page.ports,
  next: (page) => nextOf(page.ports_links),
  key: (port) => port.id,
};

/** `/v2.0/ports` of Neutron. */
export class Ports {
  constructor(private readonly api: ServiceApi) {}

  async create(port: PortCreateWire, call?: CallOptions): Promise<PortWire> {
    const answer = await this.api.json<PortResponseWire>({
      method: 'POST',
      path: '/ports',
      body: { port },
      call,
    });
    return answer.port;
  }

  /** All of the ports or none, in one request; the answer is in the order of the request. */
  async createBulk(ports: readonly PortCreateWire[], call?: CallOptions): Promise<PortWire[]> {
    const body = { ports };
    const extraMs = ports.length * EXTRA_MS_PER_PORT;
    const answer = await this.api.json<PortListWire>({ method: 'POST', path: '/ports', body, extraMs, call });
    return answer.ports;
  }

  async get(id: string, call?: CallOptions): Promise<PortWire> {
    const answer = await this.api.json<PortResponseWire>({ method: 'GET', path: `/ports/${id}`, call });
    return answer.port;
  }

  async find(id: string, call?: CallOptions): Promise<PortWire | null> {
    return orNull(this.get(id, call));
  }

  list(filter?: PortFilter, call?: CallOptions): Listing<PortWire>;
  /** Only these fields of each port (`id` always): cheap for passes that look for what is gone. */
  list<F extends keyof PortWire>(
    filter: PortFilter | undefined,
    call: CallOptions | undefined,
    fields: readonly F[],
  ): Listing<Pick<PortWire, F | 'id'>>;
  list(filter: PortFilter = {}, call?: CallOptions, fields?: readonly (keyof PortWire)[]): Listing<PortWire> {
    return this.api.list(
      {
        method: 'GET',
        path: '/ports',
        query: {
          limit: filter.pageSize ?? 1000,
          name: filter.name,
          id: filter.id,
          device_id: filter.deviceId,
          network_id: filter.networkId,
          device_owner: filter.deviceOwner,
          status: filter.status,
          project_id: filter.projectId,
          tags: filter.tags?.join(','),
          changed_since: filter.changedSince?.toISOString().slice(0, 19).concat('Z'),
          fields: fields ? [...new Set([...fields, 'id'])].map(String) : undefined,
        },
        call,
      },
      PAGE,
    );
  }

  /** Whether there was a port to delete. */
  async delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/ports/${id}`, call }));
  }

  /**
   * Changes a port. With `ifRevision` only when it still is at this revision (extension `revision-if-match`);
   * else it fails with kind `conflict`, and what was read must be read again.
   */
  async update(
    id: string,
    port: PortUpdateRequestWire['port'],
    ifRevision?: number,
    call?: CallOptions,
  ): Promise<PortWire> {
    const answer = await this.api.json<PortResponseWire>({
      method: 'PUT',
      path: `/ports/${id}`,
      body: { port },
      ...(ifRevision === undefined ? {} : { headers: { 'If-Match': `revision_number=${ifRevision}` } }),
      call,
    });
    return answer.port;
  }

  /** Adds one tag (extension `standard-attr-tag`). */
  async addTag(id: string, tag: string, call?: CallOptions): Promise<void> {
    await this.api.send({ method: 'PUT', path: `/ports/${id}/tags/${encodeURIComponent(tag)}`, call });
  }
}
