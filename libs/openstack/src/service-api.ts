import type { CallOptions, ServiceRequest } from './call.js';
import type { Listing, SiftableListing } from './paging/listing.js';
import type { LinkWire } from './wire.js';

/** How a page shows its items and the way to the next page. */
export interface PageShape<Page, Item> {
  items(page: Page): Item[];
  /** The link to the next page; undefined or null on the last one. */
  next(page: Page): string | null | undefined;
  /** What identifies an item; used to drop the doubles of a restarted listing. */
  key(item: Item): string;
}

/** The items are a list in the page, just as they are. */
export interface ListShape<Page, Item> extends PageShape<Page, Item> {
  /** The member that holds them: `servers`. */
  list: string;
}

/** What the resource classes need from below: requests to one service of one cluster, authenticated and versioned. */
export interface ServiceApi {
  /** Sends and gives the JSON body of the answer. */
  json<T>(request: ServiceRequest): Promise<T>;
  /** Sends and drops the body of the answer; gives its headers. */
  send(request: ServiceRequest): Promise<Record<string, string>>;
  /** Follows the `next` links, page by page. */
  list<Page, Item>(request: ServiceRequest, shape: ListShape<Page, Item>): SiftableListing<Item>;
  list<Page, Item>(request: ServiceRequest, shape: PageShape<Page, Item>): Listing<Item>;
  /** Whether the cluster has this microversion of the service (asks for the versions once). */
  has(microversion: string, call?: CallOptions): Promise<boolean>;
}

/** The `next` link of a `*_links` member. */
export function nextOf(links: LinkWire[] | undefined): string | undefined {
  return links?.find((link) => link.rel === 'next')?.href;
}
