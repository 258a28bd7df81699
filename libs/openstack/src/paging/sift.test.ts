import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';
import type { Digest } from './sift.js';

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

/** What a reader finds who remembers what it has read. */
async function read(digests: Set<Digest>): Promise<string[][]> {
  const listing = cloudOf(fake)
    .network.ports.list()
    .unlessKnown((digest) => digests.has(digest));
  const pages: string[][] = [];
  for await (const page of listing) {
    pages.push(page.map(({ item }) => item.name ?? ''));
    for (const { digest } of page) digests.add(digest);
  }
  expect(listing.report.complete).toBe(true);
  return pages;
}

describe('a list without what is known', () => {
  it('gives everything once, and later only what has changed, page by page', async () => {
    const digests = new Set<Digest>();
    expect(await read(digests)).toEqual([['port a', 'port b'], ['port c']]);
    expect(await read(digests)).toEqual([[], []]);
    ports[2] = { id: 'c', name: 'another' };
    expect(await read(digests)).toEqual([[], ['another']]);
  });

  it('knows bytes by digests of 32 digits, which differ where the bytes do', async () => {
    const digests = new Set<Digest>();
    await read(digests);
    expect(digests.size).toBe(3);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{32}$/);
  });

  it('fails when a page cannot be read', async () => {
    fake.on(PORTS, () => ({ body: { elsewhere: [] } }));
    const listing = cloudOf(fake)
      .network.ports.list()
      .unlessKnown(() => false);
    expect(await errorOf(listing.all())).toMatchObject({ kind: 'outage', code: 'unreadable' });
  });
});
