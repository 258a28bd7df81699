import type { Known, Sifted } from './sift.js';

/** What is known about a listing, at any time while it runs. */
export interface ListingReport {
  pages: number;
  items: number;
  /** How often the listing began anew because the object that marked its place had been deleted. */
  restarts: number;
  /** The last page was reached. */
  finished: boolean;
  /**
   * The last page was reached in one go: what was not seen was not there. Never true after a restart, and never
   * inferred from a short page.
   */
  complete: boolean;
}

/**
 * A paged list: iterate over it to get one page after another (only one is ever in memory). After a restart the
 * first pages come again, so consumers that collect must de-duplicate by id.
 */
export interface Listing<T> extends AsyncIterable<T[]> {
  readonly report: ListingReport;
  /** All items, each once; for lists that are known to be short. */
  all(): Promise<T[]>;
}

/** A list whose items can be told apart by their bytes, before anything is made of them. */
export interface SiftableListing<T> extends Listing<T> {
  /** The same list without what is known; pages in which all is known are empty. */
  unlessKnown(known: Known): Listing<Sifted<T>>;
}
