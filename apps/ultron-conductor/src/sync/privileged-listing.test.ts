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
  it('is that of our own where the account may not see others, which is found out once', async () => {
    const account = cloud();
    let asked = 0;
    const list = () =>
      privilegedListing(
        account,
        'servers',
        () => {
          asked += 1;
          return listing(refusal(403));
        },
        () => listing(['own']),
      );
    const first = list();
    expect(await itemsOf(first)).toEqual(['own']);
    expect(first.report.complete).toBe(true);
    expect(await itemsOf(list())).toEqual(['own']);
    expect(asked).toBe(1);
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
