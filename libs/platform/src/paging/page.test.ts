import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keysetSql, type Page } from './page.js';

interface Row {
  id: string;
  name: string;
}
const COLUMNS = { created_at: 'id', name: 'name' };

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** What a database would answer to the statement. */
function answer(rows: readonly Row[], page: Page<'created_at' | 'name'>): Row[] {
  const { where, params, orderBy, limit } = keysetSql(page, COLUMNS, 'id');
  const direction = orderBy.endsWith('DESC') ? -1 : 1;
  const byName = orderBy.startsWith('name');
  const order = (a: Row, b: Row) => direction * ((byName && compare(a.name, b.name)) || compare(a.id, b.id));
  const [first, , last] = params.map(String);
  const after = { name: byName ? (first ?? '') : '', id: (byName ? last : first) ?? '' };
  const beyond = (row: Row) => where === '1' || order(row, after) > 0;
  return rows.filter(beyond).sort(order).slice(0, limit);
}

describe('keyset paging', () => {
  it('shows every row once, in order, whatever the size of the page', () => {
    const row = fc.record({ id: fc.uuid(), name: fc.constantFrom('a', 'b', 'c') });
    const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 20 });
    const sort = fc.constantFrom('created_at' as const, 'name' as const);
    const order = fc.constantFrom('asc' as const, 'desc' as const);
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), sort, order, (all, limit, by, way) => {
        const seen: Row[] = [];
        let page: Page<typeof by> = { limit, sort: by, order: way };
        for (;;) {
          const found = answer(all, page);
          seen.push(...found.slice(0, limit));
          const last = seen.at(-1);
          if (found.length <= limit || !last) break;
          page = { ...page, after: { value: by === 'name' ? last.name : null, id: last.id } };
        }
        expect(seen).toEqual(answer(all, { limit: 100, sort: by, order: way }));
        expect(seen).toHaveLength(all.length);
      }),
    );
  });

  it('writes conditions with parameters alone', () => {
    const page = { limit: 2, sort: 'name' as const, order: 'asc' as const, after: { value: "a'b", id: 'x' } };
    expect(keysetSql(page, COLUMNS, 'id')).toEqual({
      where: '(name > ? OR (name = ? AND id > ?))',
      params: ["a'b", "a'b", 'x'],
      orderBy: 'name ASC, id ASC',
      limit: 3,
    });
  });
});
