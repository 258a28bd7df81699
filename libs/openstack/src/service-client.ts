import type { CallOptions, Query, ServiceRequest } from './call.js';
import { OpenStackError } from './error/openstack-error.js';
import type { Listing, SiftableListing } from './paging/listing.js';
import { PagedListing, parsed, type FetchPage } from './paging/paged-listing.js';
import { followLink, searchOf, splitQuery } from './paging/query.rules.js';
import { SiftablePagedListing } from './paging/siftable-paged-listing.js';
import type { ListShape, PageShape, ServiceApi } from './service-api.js';
import type { AuthenticatedCaller } from './transport/authenticated-caller.js';
import { CallScope } from './transport/call-scope.js';
import { scopeError, unreadableError } from './transport/caller.errors.js';
import type { HttpAnswer } from './transport/http.types.js';
import { globalRequestId } from './transport/request-id.js';
import type { Discovery, VersionedService } from './version/discovery.js';
import { atLeast, chooseMicroversion, type MicroversionRange } from './version/microversion.js';

export interface ServiceClientOptions {
  cluster: string;
  service: string;
  deadlineMs: number;
}

/** One service of one cluster: adds the version to a call, follows its pages and reads its answers. */
export class ServiceClient implements ServiceApi {
  constructor(
    private readonly caller: AuthenticatedCaller,
    private readonly discovery: Discovery,
    private readonly options: ServiceClientOptions,
  ) {}

  json<T>(request: ServiceRequest): Promise<T> {
    return this.read(request, parsed<T>);
  }

  async send(request: ServiceRequest): Promise<Record<string, string>> {
    return (await this.answer(request)).answer.headers;
  }

  list<Page, Item>(request: ServiceRequest, shape: ListShape<Page, Item>): SiftableListing<Item>;
  list<Page, Item>(request: ServiceRequest, shape: PageShape<Page, Item>): Listing<Item>;
  list<Page, Item>(
    request: ServiceRequest,
    shape: PageShape<Page, Item> | ListShape<Page, Item>,
  ): Listing<Item> {
    const parts = splitQuery(request.query ?? {});
    const fetch =
      <P>(read: (body: Buffer) => P): FetchPage<P> =>
      (part, link) =>
        this.read({ ...request, query: parts[part] ?? {}, ...(link ? { link } : {}) }, read);
    return 'list' in shape
      ? new SiftablePagedListing(fetch, shape, parts.length)
      : new PagedListing(fetch(parsed<Page>), shape, parts.length);
  }

  async has(microversion: string, call?: CallOptions): Promise<boolean> {
    if (!this.isVersioned) return false;
    const request: ServiceRequest = { method: 'GET', path: '/', call };
    const range = await this.inScope(request, (scope) => this.range(request, scope));
    return range !== null && atLeast(range.max, microversion);
  }

  private async read<T>(request: ServiceRequest, read: (body: Buffer) => T): Promise<T> {
    const { answer, scope } = await this.answer(request);
    try {
      return read(answer.body);
    } catch {
      throw unreadableError(this.options.cluster, this.failed(request, scope), answer);
    } finally {
      letGo(answer.body);
    }
  }

  private async answer(request: ServiceRequest): Promise<{ answer: HttpAnswer; scope: CallScope }> {
    return this.inScope(request, async (scope) => ({ answer: await this.versioned(request, scope), scope }));
  }

  private async inScope<T>(request: ServiceRequest, work: (scope: CallScope) => Promise<T>): Promise<T> {
    const scope = new CallScope(request.call?.signal, request.call?.deadlineMs ?? this.options.deadlineMs);
    try {
      return await work(scope);
    } finally {
      scope.dispose();
    }
  }

  /** When the version is refused the cluster has changed: its versions are asked for anew, and the call once more. */
  private async versioned(request: ServiceRequest, scope: CallScope): Promise<HttpAnswer> {
    const version = await this.versionOf(request, scope);
    try {
      return await this.transmit(request, version, scope);
    } catch (error) {
      if (!(error instanceof OpenStackError) || error.status !== 406 || version === undefined) throw error;
      this.discovery.forget(this.versionedService);
      const again = await this.versionOf(request, scope);
      if (again === version) throw error;
      return this.transmit(request, again, scope);
    }
  }

  private transmit(
    request: ServiceRequest,
    version: string | undefined,
    scope: CallScope,
  ): Promise<HttpAnswer> {
    const search = this.searchOf(request, version).toString();
    const path = search ? `${request.path}?${search}` : request.path;
    const { body } = request;
    const raw = body instanceof Uint8Array;
    return this.caller.call({
      service: this.options.service,
      method: request.method,
      url: (endpoint) => new URL(endpoint + path),
      headers: {
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...this.versionHeaders(version),
        ...request.headers,
      },
      body: body === undefined || raw ? body : JSON.stringify(body),
      extraMs: request.extraMs,
      call: request.call,
      scope,
    });
  }

  private searchOf(request: ServiceRequest, version: string | undefined): URLSearchParams {
    const newer = Object.entries(request.queryFrom ?? {})
      .filter(([from]) => version !== undefined && atLeast(version, from))
      .map(([, query]) => query);
    const first = searchOf(Object.assign({}, request.query, ...newer) as Query);
    return request.link ? followLink(first, request.link) : first;
  }

  private async versionOf(request: ServiceRequest, scope: CallScope): Promise<string | undefined> {
    if (!this.isVersioned) return undefined;
    const range = await this.range(request, scope);
    if (range === null && !(request.needs && atLeast(request.needs, '2.2'))) return undefined;
    const chosen = range && chooseMicroversion(request, range);
    if (chosen) return chosen;
    throw new OpenStackError({
      kind: 'invalid',
      code: 'unsupported',
      message:
        `This call needs ${this.options.service} ${request.needs ?? ''}; ` +
        `${this.options.cluster} has ${range ? `${range.min} to ${range.max}` : 'no microversions'}`,
      cluster: this.options.cluster,
      service: this.options.service,
      method: request.method,
      path: request.path,
    });
  }

  /** Many calls may wait for one version document; each leaves when its own time is over. */
  private async range(request: ServiceRequest, scope: CallScope): Promise<MicroversionRange | null> {
    try {
      return await scope.race(this.discovery.rangeOf(this.versionedService, request.call));
    } catch (error) {
      if (error instanceof OpenStackError || !scope.endedBy) throw error;
      throw scopeError(this.options.cluster, this.failed(request, scope));
    }
  }

  /** Nova has an older header for clusters before 2.27; both together are understood by all. */
  private versionHeaders(version: string | undefined): Record<string, string> {
    if (version === undefined) return {};
    const { service } = this.options;
    return {
      'openstack-api-version': `${service} ${version}`,
      ...(service === 'compute' ? { 'x-openstack-nova-api-version': version } : {}),
    };
  }

  private get isVersioned(): boolean {
    return this.options.service === 'compute' || this.options.service === 'placement';
  }

  private get versionedService(): VersionedService {
    return this.options.service === 'placement' ? 'placement' : 'compute';
  }

  private failed(request: ServiceRequest, scope: CallScope) {
    const { service } = this.options;
    const url = new URL(request.path, 'http://endpoint.invalid');
    return { service, method: request.method, url, scope, globalRequestId: globalRequestId(request.call) };
  }
}

/**
 * Gives the memory of a body back at once. Pages are megabytes each: left to the next collection, those of a full pass
 * over many clusters were half of what a conductor needed. Small ones share their memory with others.
 */
function letGo(body: Buffer): void {
  const { buffer } = body;
  if ('transfer' in buffer && buffer.byteLength === body.byteLength) buffer.transfer(0);
}
