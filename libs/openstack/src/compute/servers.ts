import type { CallOptions } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { SiftableListing } from '../paging/listing.js';
import { nextOf, type ListShape, type ServiceApi } from '../service-api.js';
import type {
  ServerActionWire,
  ServerCreateRequestWire,
  ServerCreateResponseWire,
  ServerCreateWire,
  ServerListWire,
  ServerMetadataWire,
  ServerResponseWire,
  ServerWire,
  UnknownServerWire,
} from './servers.wire.js';

/** A server as a cluster shows it; of one in a cell that is down little more than the id is known. */
export type AnyServer = ServerWire | UnknownServerWire;

/** Filters of `GET /servers/detail`. */
export interface ServerFilter {
  /**
   * Servers whose row changed at or after this time, recently deleted ones included. Changes of ports and
   * addresses do not count as changes of the server.
   */
  changesSince?: Date;
  /** A regular expression in the dialect of the cluster's database: anchor it. */
  name?: string;
  status?: string;
  /** Exact ids; repeated parameters. */
  uuid?: readonly string[];
  /** The servers of all projects; administrators only. */
  allProjects?: boolean;
  projectId?: string;
  host?: string;
  /** Exact match of tags, all of them; 2.26 and above. */
  tags?: readonly string[];
  pageSize?: number;
}

/** The newest microversion whose server shapes are known here. */
const KNOWN = '2.96';

const PAGE: ListShape<ServerListWire, AnyServer> = {
  list: 'servers',
  items: (page) => page.servers,
  next: (page) => nextOf(page.servers_links),
  key: (server) => server.id,
};

/** `/servers` of Nova. */
export class Servers {
  constructor(private readonly api: ServiceApi) {}

  /**
   * Asks for one server; Nova answers before anything is built, so a lack of capacity shows only later, as a
   * server in ERROR. Never asks for several at once: Nova's own multi-create leaves partial results.
   */
  async create(
    server: Omit<ServerCreateWire, 'min_count' | 'max_count' | 'return_reservation_id'>,
    hints?: ServerCreateRequestWire['os:scheduler_hints'],
    call?: CallOptions,
  ): Promise<ServerCreateResponseWire['server']> {
    // From 2.37 on the member is mandatory; `auto` is what its absence meant before.
    const networks = server.networks ?? ((await this.api.has('2.37', call)) ? 'auto' : undefined);
    const body: ServerCreateRequestWire = {
      server: { ...server, ...(networks === undefined ? {} : { networks }) },
      ...(hints ? { 'os:scheduler_hints': hints } : {}),
    };
    const answer = await this.api.json<ServerCreateResponseWire>({
      method: 'POST',
      path: '/servers',
      body,
      needs: neededBy(server),
      knows: KNOWN,
      call,
    });
    return answer.server;
  }

  /** The server; fails with kind `gone` when there is none. */
  async get(id: string, call?: CallOptions): Promise<AnyServer> {
    const answer = await this.api.json<ServerResponseWire>({
      method: 'GET',
      path: `/servers/${id}`,
      knows: KNOWN,
      call,
    });
    return answer.server;
  }

  /** The server, or null when the cluster says that there is none. */
  async find(id: string, call?: CallOptions): Promise<AnyServer | null> {
    return orNull(this.get(id, call));
  }

  /** The servers with all their details, page by page. */
  listDetail(filter: ServerFilter = {}, call?: CallOptions): SiftableListing<AnyServer> {
    return this.api.list(
      {
        method: 'GET',
        path: '/servers/detail',
        query: {
          limit: filter.pageSize ?? 1000,
          'changes-since': filter.changesSince?.toISOString(),
          name: filter.name,
          status: filter.status,
          uuid: filter.uuid,
          all_tenants: filter.allProjects ? 1 : undefined,
          project_id: filter.projectId,
          host: filter.host,
          tags: filter.tags?.join(','),
        },
        ...(filter.tags ? { needs: '2.26' } : {}),
        knows: KNOWN,
        call,
      },
      PAGE,
    );
  }

  /** Whether there was a server to delete. The deletion itself goes on after the answer. */
  async delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: `/servers/${id}`, knows: KNOWN, call }));
  }

  start(id: string, call?: CallOptions): Promise<string | undefined> {
    return this.act(id, { 'os-start': null }, call);
  }

  stop(id: string, call?: CallOptions): Promise<string | undefined> {
    return this.act(id, { 'os-stop': null }, call);
  }

  reboot(id: string, type: 'SOFT' | 'HARD', call?: CallOptions): Promise<string | undefined> {
    return this.act(id, { reboot: { type } }, call);
  }

  /**
   * Any action; gives the request id under which Nova keeps it as an instance action, the only place that tells
   * why an action failed when the server itself looks well.
   */
  async act(id: string, action: ServerActionWire, call?: CallOptions): Promise<string | undefined> {
    const headers = await this.api.send({
      method: 'POST',
      path: `/servers/${id}/action`,
      body: action,
      knows: KNOWN,
      call,
    });
    return headers['x-compute-request-id'] ?? headers['x-openstack-request-id'];
  }

  async rename(id: string, name: string, call?: CallOptions): Promise<AnyServer> {
    const answer = await this.api.json<ServerResponseWire>({
      method: 'PUT',
      path: `/servers/${id}`,
      body: { server: { name } },
      knows: KNOWN,
      call,
    });
    return answer.server;
  }

  /** Makes the metadata exactly this. */
  async replaceMetadata(
    id: string,
    metadata: Record<string, string>,
    call?: CallOptions,
  ): Promise<Record<string, string>> {
    return this.writeMetadata('PUT', id, metadata, call);
  }

  /** Sets these keys and leaves the others. */
  async setMetadata(
    id: string,
    metadata: Record<string, string>,
    call?: CallOptions,
  ): Promise<Record<string, string>> {
    return this.writeMetadata('POST', id, metadata, call);
  }

  /** Whether there was such a key to delete. */
  async deleteMetadataKey(id: string, key: string, call?: CallOptions): Promise<boolean> {
    const path = `/servers/${id}/metadata/${encodeURIComponent(key)}`;
    return wasThere(this.api.send({ method: 'DELETE', path, knows: KNOWN, call }));
  }

  private async writeMetadata(
    method: 'PUT' | 'POST',
    id: string,
    metadata: Record<string, string>,
    call?: CallOptions,
  ): Promise<Record<string, string>> {
    const answer = await this.api.json<ServerMetadataWire>({
      method,
      path: `/servers/${id}/metadata`,
      body: { metadata },
      knows: KNOWN,
      call,
    });
    return answer.metadata;
  }
}

/** Whether all that a server has is known, or its cell is down. */
export function isKnown(server: AnyServer): server is ServerWire {
  return server.status !== 'UNKNOWN' || 'name' in server;
}

/** The microversion in which the newest member of the body came (`rest_api_version_history`). */
function neededBy(server: ServerCreateWire): string {
  if (server.hostname !== undefined) return '2.90';
  if (server.host !== undefined || server.hypervisor_hostname !== undefined) return '2.74';
  if (server.tags !== undefined) return '2.52';
  if (server.networks === 'auto' || server.networks === 'none') return '2.37';
  return server.description === undefined ? '2.1' : '2.19';
}
