import { hash, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ObservedIndex } from './observed-index.js';

const md5 = (text: string): string => hash('md5', text);

/** Objects by their places, each as its bytes are at a version. */
class Shown {
  readonly ids = Array.from({ length: 6 }, () => randomUUID());
  readonly index = new ObservedIndex();

  digest(place: number, version: number): string {
    return md5(`${this.ids[place]} ${version}`);
  }

  /** Reads a page as a sifted list does; the places of what had to be parsed. */
  read(page: readonly [place: number, version: number][]): number[] {
    const { known } = this.index;
    const ofPage = md5(JSON.stringify(page));
    if (known.page(ofPage) !== undefined) return [];
    const news = page.filter(([place, version]) => !known.item(this.digest(place, version)));
    if (news.length === 0) {
      known.keep(ofPage, { items: page.map(([place, version]) => this.digest(place, version)), rest: '{}' });
    }
    for (const [place, version] of news) {
      this.index.see(this.ids[place] ?? '', md5(`${version}`), this.digest(place, version));
    }
    return news.map(([place]) => place);
  }

  /** How many are met in a list of these pages. */
  list(pages: readonly (readonly [place: number, version: number][])[]): number {
    this.index.begin();
    for (const page of pages) this.read(page);
    return this.index.seen;
  }
}

describe('pages that an index knows', () => {
  const page: [number, number][] = [
    [0, 1],
    [1, 1],
  ];

  it('are known from the second time on, with all that was on them', () => {
    const shown = new Shown();
    const { index } = shown;
    const ofPage = md5(JSON.stringify(page));
    expect(shown.list([page])).toBe(2);
    expect(index.known.page(ofPage)).toBeUndefined();
    expect(shown.list([page])).toBe(2);
    index.begin();
    expect([index.seen, index.known.page(ofPage), index.seen]).toEqual([0, '{}', 2]);
  });

  it('are forgotten when two lists have not shown them, but not by passes that list nothing', () => {
    const shown = new Shown();
    const { index } = shown;
    const other: [number, number][] = [[2, 1]];
    const isKnown = () => index.known.page(md5(JSON.stringify(page))) !== undefined;
    for (let i = 0; i < 2; i += 1) shown.list([page, other]);
    for (let i = 0; i < 5; i += 1) index.begin();
    expect(isKnown()).toBe(true);
    shown.list([other]);
    shown.list([other]);
    shown.list([other]);
    expect(isKnown()).toBe(false);
  });

  it('are not kept while something on them is missing', () => {
    const older = new Shown();
    older.list([page]);
    const anew = new ObservedIndex();
    for (const [place] of page) anew.load(older.ids[place] ?? '', Buffer.from(md5('1'), 'hex'), place === 0);
    anew.adoptDigests(older.index);
    const items = page.map(([place, version]) => older.digest(place, version));
    anew.known.keep('page', { items, rest: '{}' });
    expect(anew.known.page('page')).toBeUndefined();
    anew.see(older.ids[0] ?? '', md5('1'), items[0]);
    anew.known.keep('page', { items, rest: '{}' });
    expect(anew.known.page('page')).toBe('{}');
  });

  it('never hide that something is shown in other bytes than last time', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.array(fc.tuple(fc.nat(5), fc.nat(1)), { maxLength: 3 }), {
            minLength: 1,
            maxLength: 3,
          }),
          { maxLength: 12 },
        ),
        (lists) => {
          const shown = new Shown();
          const last = new Map<number, number>();
          for (const list of lists) {
            shown.index.begin();
            for (const page of list) {
              const expected = page.filter(([place, version]) => last.get(place) !== version);
              const news = shown.read(page);
              for (const [place, version] of expected) last.set(place, version);
              // What stands twice on a page in different bytes is parsed each time.
              expect(new Set(news)).toEqual(new Set(expected.map(([place]) => place)));
            }
            expect(shown.index.seen).toBe(new Set(list.flat().map(([place]) => place)).size);
          }
        },
      ),
    );
  });
});
