import { hash } from 'node:crypto';
import type { PageShape } from '../service-api.js';
import { itemsOf } from './page-items.js';

/** What stands for the bytes of one item of a page: the same digest, the same bytes. 16 hexadecimal digits. */
export type Digest = string;

/** What a reader remembers of a list, so that what has not changed is not read again. */
export interface Known {
  /** Whether an item with these bytes is known. */
  item(digest: Digest): boolean;
  /** The page with these bytes, without its items; undefined unless it was kept and each of its items is known still. */
  page(digest: Digest): KnownPage['rest'] | undefined;
  /** Offers a page of which each item is known. */
  keep(digest: Digest, page: KnownPage): void;
}

export interface KnownPage {
  items: readonly Digest[];
  /** As JSON text, with nothing in the list. */
  rest: string;
}

/** An item that was not known. */
export interface Sifted<Item> {
  item: Item;
  digest: Digest;
}

export interface SiftedPage<Page, Item> {
  /** The page without its items. */
  rest: Page;
  news: Sifted<Item>[];
}

/** 64 bits of SHA-1: processors have instructions for it, and an accident in one list is all that is to be ruled out. */
const DIGEST_DIGITS = 16;
const digestOf = (bytes: Buffer): Digest => hash('sha1', bytes, 'hex').slice(0, DIGEST_DIGITS);

/**
 * Parses only those items of the list `name` that are not known. The services write the same object in the same bytes,
 * so of a list in which nothing has changed nothing is parsed; and of a page in which nothing has changed the items are
 * not even looked for.
 *
 * @throws SyntaxError when the page is not what it should be.
 */
export function siftPage<Page, Item>(body: Buffer, name: string, known: Known): SiftedPage<Page, Item> {
  const pageDigest = digestOf(body);
  const kept = known.page(pageDigest);
  if (kept !== undefined) return { rest: JSON.parse(kept) as Page, news: [] };
  const { items, rest } = itemsOf(body, name);
  const digests: Digest[] = [];
  const news: Sifted<Item>[] = [];
  for (const { start, end } of items) {
    const bytes = body.subarray(start, end);
    const digest = digestOf(bytes);
    digests.push(digest);
    if (!known.item(digest)) news.push({ item: JSON.parse(bytes.toString('utf8')) as Item, digest });
  }
  const page = JSON.parse(rest) as Page;
  if (news.length === 0) known.keep(pageDigest, { items: digests, rest });
  return { rest: page, news };
}

/** The shape of the sifted pages of a list. */
export const siftedShape = <Page, Item>(
  shape: PageShape<Page, Item>,
): PageShape<SiftedPage<Page, Item>, Sifted<Item>> => ({
  items: (page) => page.news,
  next: (page) => shape.next(page.rest),
  key: ({ item }) => shape.key(item),
});
