import type { CallOptions, Query } from '../call.js';
import { orNull, wasThere } from '../error/gone.js';
import type { Listing, SiftableListing } from '../paging/listing.js';
import { nextOf, type ListShape, type ServiceApi } from '../service-api.js';
import type { LinkWire } from '../wire.js';
import { ResourceTags } from './resource-tags.js';

/** Filters that every list of Neutron understands. */
export interface StandardFilter {
  id?: readonly string[];
  name?: string | readonly string[];
  projectId?: string;
  /** Those that carry all of these tags; the tag extension must be there. */
  tags?: readonly string[];
  /** Those changed at or after this time (whole seconds; deletions never show). */
  changedSince?: Date;
  pageSize?: number;
}

/** Where a kind of resource is, and under which members its bodies carry it. */
export interface CollectionNames {
  /** `/routers`, `/qos/policies`. */
  path: string;
  /** `router`. */
  one: string;
  /** `routers`. */
  many: string;
  /** Where its tags are, if not at `path`. */
  tagsPath?: string;
}

/** A Neutron under load was seen to need a second for each port of a bulk. */
const EXTRA_MS_EACH = 1_000;

/** What all resources of Neutron have in common: they are made, listed, changed by revision, tagged and deleted alike. */
export abstract class NeutronCollection<
  Wire extends { id: string },
  Create extends object,
  Update extends object,
  Filter extends StandardFilter,
> {
  /** Needs the extension `standard-attr-tag` (or `tag-ext`). */
  readonly tags: ResourceTags;
  /** Items of a page, unless the filter says otherwise. */
  protected readonly pageSize: number = 1000;
  private readonly shape: ListShape<Record<string, unknown>, Wire>;

  constructor(
    protected readonly api: ServiceApi,
    protected readonly names: CollectionNames,
  ) {
    this.tags = new ResourceTags(api, names.tagsPath ?? names.path);
    this.shape = {
      list: names.many,
      items: (page) => page[names.many] as Wire[],
      next: (page) => nextOf(page[`${names.many}_links`] as LinkWire[] | undefined),
      key: (item) => item.id,
    };
  }

  /** The parameters of a list beyond those of `StandardFilter`. */
  protected abstract queryOf(filter: Filter): Query;

  async create(wanted: Create, call?: CallOptions): Promise<Wire> {
    const { path, one } = this.names;
    return this.one(await this.api.json({ method: 'POST', path, body: { [one]: wanted }, call }));
  }

  /** All or none, in one request; the answer is in the order of the request. */
  async createBulk(wanted: readonly Create[], call?: CallOptions): Promise<Wire[]> {
    const { path, many } = this.names;
    const extraMs = wanted.length * EXTRA_MS_EACH;
    const body = { [many]: wanted };
    return this.shape.items(await this.api.json({ method: 'POST', path, body, extraMs, call }));
  }

  async get(id: string, call?: CallOptions): Promise<Wire> {
    return this.one(await this.api.json({ method: 'GET', path: this.at(id), call }));
  }

  find(id: string, call?: CallOptions): Promise<Wire | null> {
    return orNull(this.get(id, call));
  }

  list(filter?: Filter, call?: CallOptions): SiftableListing<Wire>;
  /** Only these fields of each (`id` always): cheap for passes that look for what is gone or at another revision. */
  list<F extends keyof Wire>(
    filter: Filter | undefined,
    call: CallOptions | undefined,
    fields: readonly F[],
  ): Listing<Pick<Wire, F | 'id'>>;
  list(filter?: Filter, call?: CallOptions, fields?: readonly (keyof Wire)[]): SiftableListing<Wire> {
    const query: Query = {
      limit: filter?.pageSize ?? this.pageSize,
      id: filter?.id,
      name: filter?.name,
      project_id: filter?.projectId,
      tags: filter?.tags?.join(','),
      changed_since: filter?.changedSince?.toISOString().slice(0, 19).concat('Z'),
      ...(filter ? this.queryOf(filter) : {}),
      fields: fields ? [...new Set([...fields, 'id'])].map(String) : undefined,
    };
    return this.api.list({ method: 'GET', path: this.names.path, query, call }, this.shape);
  }

  /**
   * Changes one. With `ifRevision` only when it still is at this revision (extension `revision-if-match`); else it
   * fails with kind `conflict` and code `RevisionNumberConstraintFailed`, and what was read must be read again.
   */
  async update(id: string, changes: Update, ifRevision?: number, call?: CallOptions): Promise<Wire> {
    const answer = await this.api.json<Record<string, unknown>>({
      method: 'PUT',
      path: this.at(id),
      body: { [this.names.one]: changes },
      ...ifMatch(ifRevision),
      call,
    });
    return this.one(answer);
  }

  /** Whether there was one to delete. One that is in use fails with kind `conflict`. */
  delete(id: string, call?: CallOptions): Promise<boolean> {
    return wasThere(this.api.send({ method: 'DELETE', path: this.at(id), call }));
  }

  protected at(id: string): string {
    return `${this.names.path}/${id}`;
  }

  private one(answer: Record<string, unknown>): Wire {
    return answer[this.names.one] as Wire;
  }
}

/** The header that makes a change conditional on a revision. */
export const ifMatch = (revision: number | undefined): { headers?: Record<string, string> } =>
  revision === undefined ? {} : { headers: { 'If-Match': `revision_number=${revision}` } };
