import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OpenStackError } from '../error/openstack-error.js';
import { nextOf, type PageShape } from '../service-api.js';
import type { LinkWire } from '../wire.js';
import { PagedListing } from './paged-listing.js';

interface Page {
  items: string[];
  links?: LinkWire[];
}

const SHAPE: PageShape<Page, string> = {
  items: (page) => page.items,
  next: (page) => nextOf(page.links),
  key: (item) => item,
};

function lost(status: number): OpenStackError {
  const place = { cluster: 'c', service: 'compute', method: 'GET', path: '/servers' } as const;
  return new OpenStackError({
    kind: 'invalid',
    code: 'badRequest',
    message: 'marker not found',
    status,
    ...place,
  });
}

/** A service with these items; `before` may change them ahead of the n-th request. */
function service(
  items: string[],
  pageSize: number,
  before: (request: number) => void = () => undefined,
  status = 400,
) {
  let requests = 0;
  return async (_: number, link: URLSearchParams | null): Promise<Page> => {
    before((requests += 1));
    const marker = link?.get('marker');
    const at = marker == null ? 0 : items.indexOf(marker) + 1;
    if (marker != null && at === 0) throw lost(status);
    const page = items.slice(at, at + pageSize);
    const more = at + pageSize < items.length;
    const href = `http://internal:8774/elsewhere?marker=${page.at(-1)}`;
    return { items: page, ...(more ? { links: [{ rel: 'next', href }] } : {}) };
  };
}

async function pagesOf<T>(listing: AsyncIterable<T[]>): Promise<T[][]> {
  const pages: T[][] = [];
  for await (const page of listing) pages.push(page);
  return pages;
}

describe('a paged list', () => {
  it('follows the links to the end, whatever the sizes of list and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.uuid(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (ids, size) => {
          const listing = new PagedListing(service(ids, size), SHAPE);
          expect((await pagesOf(listing)).flat()).toEqual(ids);
          expect(listing.report).toMatchObject({
            items: ids.length,
            restarts: 0,
            finished: true,
            complete: true,
          });
        },
      ),
    );
  });

  it('never takes a short or an empty page for the last one', async () => {
    const pages: Page[] = [
      { items: ['a'], links: [{ rel: 'next', href: '/x?marker=a' }] },
      { items: [], links: [{ rel: 'next', href: '/x?marker=b' }] },
      { items: ['c'] },
    ];
    const listing = new PagedListing(async () => pages.shift() ?? { items: [] }, SHAPE);
    expect(await listing.all()).toEqual(['a', 'c']);
  });

  it.each([400, 404])(
    'begins anew when its marker was deleted (%d), and says that it is not complete',
    async (status) => {
      const items = ['a', 'b', 'c', 'd', 'e'];
      const remove = (request: number) => {
        if (request === 2) items.splice(items.indexOf('b'), 1);
      };
      const listing = new PagedListing(service(items, 2, remove, status), SHAPE);
      expect(await pagesOf(listing)).toEqual([
        ['a', 'b'],
        ['a', 'c'],
        ['d', 'e'],
      ]);
      expect(listing.report).toEqual({ pages: 3, items: 6, restarts: 1, finished: true, complete: false });
    },
  );

  it('collects each item once, and without what was deleted before the restart', async () => {
    const items = ['a', 'b', 'c', 'd', 'e'];
    const remove = (request: number) => {
      if (request === 2) items.splice(items.indexOf('b'), 1);
    };
    expect(await new PagedListing(service(items, 2, remove), SHAPE).all()).toEqual(['a', 'c', 'd', 'e']);
  });

  it('gives up when its markers keep vanishing', async () => {
    const listing = new PagedListing(async (_, link): Promise<Page> => {
      if (link) throw lost(400);
      return { items: ['a'], links: [{ rel: 'next', href: '/x?marker=a' }] };
    }, SHAPE);
    await expect(listing.all()).rejects.toMatchObject({ status: 400 });
    expect(listing.report).toMatchObject({ restarts: 3, finished: false, complete: false });
  });

  it('is not complete when its consumer stops early', async () => {
    const listing = new PagedListing(service(['a', 'b', 'c'], 1), SHAPE);
    for await (const page of listing) if (page.includes('b')) break;
    expect(listing.report).toMatchObject({ pages: 2, finished: false, complete: false });
  });

  it('does not take a bad first request for a lost marker', async () => {
    const listing = new PagedListing(async () => Promise.reject(lost(400)), SHAPE);
    await expect(listing.all()).rejects.toMatchObject({ status: 400 });
    expect(listing.report.restarts).toBe(0);
  });

  it('does not go round for ever when a page names itself as the next one', async () => {
    const page: Page = { items: ['a'], links: [{ rel: 'next', href: '/x?marker=a' }] };
    await expect(new PagedListing(async () => page, SHAPE).all()).rejects.toThrow('names itself');
  });

  it('holds one page at a time: the next one is asked for when the one before was used', async () => {
    let requests = 0;
    const ids = Array.from({ length: 100 }, (_, at) => `id-${at}`);
    const listing = new PagedListing(
      service(ids, 10, (request) => (requests = request)),
      SHAPE,
    );
    let used = 0;
    for await (const page of listing) {
      used += page.length / 10;
      expect(requests).toBe(used);
    }
    expect(requests).toBe(10);
  });
});
