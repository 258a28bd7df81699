import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';
import type { Digest, Known, KnownPage } from './sift.js';

const PORTS = 'GET /network/v2.0/ports';

let fake: FakeOpenStack;
let ports: { id: string; name: string }[];
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  ports = ['a', 'b', 'c'].map((id) => ({ id, name: `port ${id}` }));
  // Two in a page.
  fake.on(PORTS, ({ query }) => {
    const from = ports.findIndex(({ id }) => id === query.get('marker')) + 1;
    const page = ports.slice(from, from + 2);
    const more = from + 2 < ports.length;
    const href = `${fake.url}/network/v2.0/ports?marker=${page.at(-1)?.id}`;
    return { body: { ports: page, ...(more ? { ports_links: [{ rel: 'next', href }] } : {}) } };
  });
});
afterEach(() => fake.close());

/** A reader who remembers what it has read. */
class Reader implements Known {
  readonly digests = new Set<Digest>();
  readonly pages = new Map<Digest, KnownPage>();
  /** Items that it was asked for. */
  asked = 0;
  /** Whether what it knows of items is all that counts. */
  forgetsPages = false;

  item(digest: Digest): boolean {
    this.asked += 1;
    return this.digests.has(digest);
  }

  page(digest: Digest): string | undefined {
    return this.forgetsPages ? undefined : this.pages.get(digest)?.rest;
  }

  keep(digest: Digest, page: KnownPage): void {
    this.pages.set(digest, page);
  }

  /** The names that it finds, page by page. */
  async read(): Promise<string[][]> {
    const listing = cloudOf(fake).network.ports.list().unlessKnown(this);
    const pages: string[][] = [];
    for await (const page of listing) {
      pages.push(page.map(({ item }) => item.name ?? ''));
      for (const { digest } of page) this.digests.add(digest);
    }
    expect(listing.report.complete).toBe(true);
    return pages;
  }
}

describe('a list without what is known', () => {
  it('gives everything once, and later only what has changed, page by page', async () => {
    const reader = new Reader();
    reader.forgetsPages = true;
    expect(await reader.read()).toEqual([['port a', 'port b'], ['port c']]);
    expect(await reader.read()).toEqual([[], []]);
    ports[2] = { id: 'c', name: 'another' };
    expect(await reader.read()).toEqual([[], ['another']]);
  });

  it('follows pages that are known as a whole, and looks for none of their items', async () => {
    const reader = new Reader();
    await reader.read();
    expect([await reader.read(), reader.pages.size, reader.asked]).toEqual([[[], []], 2, 6]);
    expect([await reader.read(), reader.asked]).toEqual([[[], []], 6]);
    ports[2] = { id: 'c', name: 'another' };
    expect([await reader.read(), reader.asked]).toEqual([[[], ['another']], 7]);
    const pages = [...reader.pages.values()];
    expect(pages.map(({ items }) => items.every((digest) => reader.digests.has(digest)))).toEqual([
      true,
      true,
    ]);
  });

  it('knows bytes by digests of 16 digits, which differ where the bytes do', async () => {
    const reader = new Reader();
    await reader.read();
    expect(reader.digests.size).toBe(3);
    for (const digest of reader.digests) expect(digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it('fails when a page cannot be read', async () => {
    fake.on(PORTS, () => ({ body: { elsewhere: [] } }));
    const listing = cloudOf(fake).network.ports.list().unlessKnown(new Reader());
    expect(await errorOf(listing.all())).toMatchObject({ kind: 'outage', code: 'unreadable' });
  });
});
