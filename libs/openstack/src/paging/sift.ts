import { hash } from 'node:crypto';
import type { PageShape } from '../service-api.js';
import { itemsOf } from './page-items.js';

/** What stands for the bytes of one item of a page: the same digest, the same bytes. 32 hexadecimal digits. */
export type Digest = string;

/** Whether an item with these bytes is known, so that nobody needs to read it. */
export type Known = (digest: Digest) => boolean;

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

/** 128 bits of SHA-1: processors have instructions for it, and an accident is all that is to be ruled out. */
const DIGEST_DIGITS = 32;

/**
 * Parses only those items of the list `name` that are not known. The services write the same object in the same bytes,
 * so of a list in which nothing has changed nothing is parsed.
 *
 * @throws SyntaxError when the page is not what it should be.
 */
export function siftPage<Page, Item>(body: Buffer, name: string, known: Known): SiftedPage<Page, Item> {
  const { items, rest } = itemsOf(body, name);
  const news: Sifted<Item>[] = [];
  for (const { start, end } of items) {
    const bytes = body.subarray(start, end);
    const digest = hash('sha1', bytes, 'hex').slice(0, DIGEST_DIGITS);
    if (!known(digest)) news.push({ item: JSON.parse(bytes.toString('utf8')) as Item, digest });
  }
  return { rest: JSON.parse(rest) as Page, news };
}

/** The shape of the sifted pages of a list. */
export const siftedShape = <Page, Item>(
  shape: PageShape<Page, Item>,
): PageShape<SiftedPage<Page, Item>, Sifted<Item>> => ({
  items: (page) => page.news,
  next: (page) => shape.next(page.rest),
  key: ({ item }) => shape.key(item),
});
