/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One object of a cluster as a listing or a GET showed it. */
export interface ObservedObject {
  /** OpenStack's id; for what has none (an availability zone, a key pair) the name that identifies it there. */
  id: string;
  name: string | null;
  /** OpenStack's project, not ours. */
  projectId: string | null;
  status: string | null;
  /** What it hangs on, by OpenStack's id: the server of a port, the network of a subnet. Null for none. */
  parentId: string | null;
  /** Neutron's `revision_number`; null where there is none. */
  revision: number | null;
  /** By the cluster's clock; null where there is none. Not part of what is compared. */
  updatedAt: Date | null;
  /**
   * All else that Ultron compares, reconciles or shows, with OpenStack's own names. What changes by itself all the
   * time and that nobody needs (a progress, a heartbeat) must not be in here: every difference is a row written.
   */
  fields: Readonly<Record<string, Json>>;
  /**
   * Seen, but most of it could not be told: a server in a cell that is down. It counts as seen; what is known of it
   * stays as it is.
   */
  partial?: boolean;
  /** Of the bytes in which a listing showed it; see `KnownBytes`. */
  digest?: string;
  /** The listing says that it was deleted (Nova's `changes-since`). It is then asked for by id before it is gone. */
  deleted?: boolean;
}

/**
 * A list, page by page. The report is final when the iteration has ended. The listings of the OpenStack client have
 * this shape; see `mapListing`.
 */
export interface ObservedListing extends AsyncIterable<readonly ObservedObject[]> {
  readonly report: {
    /** How often the list began anew because the object that marked its place had been deleted. */
    readonly restarts: number;
    /** The last page was reached in one go: what was not seen was not there. */
    readonly complete: boolean;
  };
}

/**
 * What the lane knows by digests of the bytes in which the cluster shows it, and so nobody needs to parse. A digest has
 * 16 hexadecimal digits; the same bytes give the same objects. What is known is met by being asked for.
 */
export interface KnownBytes {
  /** Whether an object is known. */
  item(digest: string): boolean;
  /** The text with which a page was kept; undefined unless each of its objects is known still. */
  page(digest: string): string | undefined;
  /** Keeps a page of objects that are all known, with what else is to be remembered of it. */
  keep(digest: string, page: { items: readonly string[]; rest: string }): void;
}

/** Ids alone, page by page. */
export interface IdListing extends AsyncIterable<readonly string[]> {
  readonly report: ObservedListing['report'];
}

/** An id, and the revision at which its object is; null where the service tells none. */
export interface ListedRevision {
  id: string;
  revision: number | null;
}

/** Ids and revisions alone, page by page. */
export interface RevisionListing extends AsyncIterable<readonly ListedRevision[]> {
  readonly report: ObservedListing['report'];
}

interface Pages<T> extends AsyncIterable<readonly T[]> {
  readonly report: ObservedListing['report'];
}

/** The same list with each of its items translated. One page is in memory at a time. */
export function mapListing<From, To>(
  listing: Pages<From>,
  translate: (item: From) => To,
): AsyncIterable<To[]> & { readonly report: ObservedListing['report'] } {
  return {
    get report() {
      return listing.report;
    },
    async *[Symbol.asyncIterator]() {
      for await (const page of listing) yield page.map(translate);
    },
  };
}

/** A list that came in one answer, or in several of which each was complete. */
export function wholeListing<T>(
  load: () => Promise<readonly T[]>,
): AsyncIterable<readonly T[]> & { readonly report: ObservedListing['report'] } {
  const report = { restarts: 0, complete: false };
  return {
    report,
    async *[Symbol.asyncIterator]() {
      yield await load();
      report.complete = true;
    },
  };
}

/** The translation of items that come with the digests of their bytes. */
export const withDigest =
  <From>(translate: (item: From) => ObservedObject) =>
  ({ item, digest }: { item: From; digest: string }): ObservedObject => ({ ...translate(item), digest });
