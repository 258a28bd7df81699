import { describe, expect, it } from '@jest/globals';
import { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { Listing } from '@ultron/openstack/paging/listing';
import { privilegedListing } from './privileged-listing.js';

const refusal = (status: number) =>
  new OpenStackError({
    kind: 'auth',
    code: `http_${status}`,
    message: 'no',
    cluster: 'c',
    service: 'compute',
    method: 'GET',
    path: '/servers/detail',
    status,
  });

/** Gives these pages; an error is thrown where it stands. */
function listing(...pages: (string[] | Error)[]): Listing<string> {
  const report = { pages: 0, items: 0, restarts: 0, finished: false, complete: false };
  return {
    report,
    all: () => Promise.reject(new Error('not asked for')),
    async *[Symbol.asyncIterator]() {
      for (const page of pages) {
        if (page instanceof Error) throw page;
        report.pages += 1;
        yield page;
      }
      report.complete = true;
    },
  };
}

const cloud = () => new Cloud({ cluster: 'c', auth: { url: 'http://127.0.0.1:9' } });

async function itemsOf(pages: AsyncIterable<string[]>): Promise<string[]> {
  const items: string[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

describe('a list of everybody’s objects', () => {
  it('is that of our own where the account may not see others, which is asked again now and then', async () => {
    const account = cloud();
    let now = 0;
    let asked = 0;
    let allowed = false;
    const read = async () => {
      const list = privilegedListing(
        account,
        'servers',
        () => {
          asked += 1;
          return listing(allowed ? ['own', 'others'] : refusal(403));
        },
        () => listing(['own']),
        () => now,
      );
      const items = await itemsOf(list);
      return { items, complete: list.report.complete, asked };
    };
    // What the first one does not show may have been seen until now.
    expect(await read()).toEqual({ items: ['own'], complete: false, asked: 1 });
    expect(await read()).toEqual({ items: ['own'], complete: true, asked: 2 });
    now = 14 * 60_000;
    expect(await read()).toEqual({ items: ['own'], complete: true, asked: 2 });
    now = 16 * 60_000;
    expect(await read()).toEqual({ items: ['own'], complete: true, asked: 3 });
    allowed = true;
    now = 40 * 60_000;
    expect(await read()).toEqual({ items: ['own', 'others'], complete: true, asked: 4 });
    allowed = false;
    expect(await read()).toEqual({ items: ['own'], complete: false, asked: 5 });
    allowed = true;
    expect(await read()).toEqual({ items: ['own', 'others'], complete: true, asked: 6 });
  });

  it('fails when it fails for another reason, or on its way', async () => {
    const of = (...pages: (string[] | Error)[]) =>
      privilegedListing(
        cloud(),
        'servers',
        () => listing(...pages),
        () => listing(['own']),
      );
    expect(await itemsOf(of(['a'], ['b']))).toEqual(['a', 'b']);
    await expect(itemsOf(of(refusal(500)))).rejects.toThrow('no');
    await expect(itemsOf(of(['a'], refusal(403)))).rejects.toThrow('no');
  });
});
