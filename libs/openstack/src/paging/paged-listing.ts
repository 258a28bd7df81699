import { OpenStackError } from '../error/openstack-error.js';
import type { PageShape } from '../service-api.js';
import type { Listing, ListingReport } from './listing.js';

/** Gets a page: the first one of the `part`-th query, or the one to which the parameters of a link lead. */
export type FetchPage<Page> = (part: number, link: URLSearchParams | null) => Promise<Page>;

/** What a page says, from its bytes. */
export const parsed = <Page>(body: Buffer): Page => JSON.parse(body.toString('utf8')) as Page;

const MAX_RESTARTS = 3;

/** Follows `next` links. Where a query was too long for a URL it was cut into parts, which are listed in turn. */
export class PagedListing<Page, Item> implements Listing<Item> {
  readonly report: ListingReport = { pages: 0, items: 0, restarts: 0, finished: false, complete: false };

  constructor(
    private readonly fetch: FetchPage<Page>,
    private readonly shape: PageShape<Page, Item>,
    private readonly parts = 1,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Item[]> {
    Object.assign(this.report, { pages: 0, items: 0, restarts: 0, finished: false, complete: false });
    for (let part = 0; part < this.parts; part += 1) yield* this.pagesOf(part);
    this.report.finished = true;
    this.report.complete = this.report.restarts === 0;
  }

  async all(): Promise<Item[]> {
    const found = new Map<string, Item>();
    let restarts = 0;
    for await (const page of this) {
      if (this.report.restarts > restarts) {
        restarts = this.report.restarts;
        // With one part a restart begins from nothing, and what was deleted meanwhile must not stay.
        if (this.parts === 1) found.clear();
      }
      for (const item of page) found.set(this.shape.key(item), item);
    }
    return [...found.values()];
  }

  private async *pagesOf(part: number): AsyncGenerator<Item[]> {
    let link: URLSearchParams | null = null;
    for (;;) {
      const page: Page | null = await this.fetchOrRestart(part, link);
      if (page === null) {
        link = null;
        continue;
      }
      const items = this.shape.items(page);
      this.report.pages += 1;
      this.report.items += items.length;
      yield items;
      const next = this.linkOf(page);
      // A page that is shorter than asked for says nothing; only a missing link is the end.
      if (next === null) return;
      if (next.toString() === link?.toString()) throw loop(next);
      link = next;
    }
  }

  /** Null when the object that marked the place is gone, so that the list must begin anew. */
  private async fetchOrRestart(part: number, link: URLSearchParams | null): Promise<Page | null> {
    try {
      return await this.fetch(part, link);
    } catch (error) {
      if (link === null || !isLostMarker(error) || this.report.restarts >= MAX_RESTARTS) throw error;
      this.report.restarts += 1;
      return null;
    }
  }

  /** Only the parameters: hosts and paths of links are often those behind a proxy. */
  private linkOf(page: Page): URLSearchParams | null {
    const href = this.shape.next(page);
    if (!href) return null;
    return new URL(href, 'http://host.invalid').searchParams;
  }
}

/** The first page was answered, so it can only be the marker that is wrong: 400 in Nova and Glance, 404 in Neutron. */
function isLostMarker(error: unknown): boolean {
  return error instanceof OpenStackError && (error.status === 400 || error.status === 404);
}

function loop(next: URLSearchParams): Error {
  return new TypeError(`A page names itself as the next one: ${next.toString()}`);
}
