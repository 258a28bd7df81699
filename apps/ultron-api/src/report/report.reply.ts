import type { Page } from '@ultron/platform/paging/page';
import { csvOf } from '@ultron/report/csv.rules';
import { fieldsOf, type Shape } from '../http/field/field.registry.js';
import type { PageQuery } from '../http/paging/page.query.js';
import { listReply } from '../http/paging/page.reply.js';
import { HttpReply } from '../http/reply/http.reply.js';

export interface ReportReplyOptions<Row extends { id: string }, Shown extends object> {
  path: string;
  name: string;
  query: PageQuery & { sort?: string; format?: 'json' | 'csv' };
  accept: string | undefined;
  shape: Shape;
  find: (page: Page<'id'>) => Promise<Row[]>;
  show: (row: Row) => Shown;
  /** What the page is in the order of before the id. */
  sortValue: (row: Row) => string | null;
}

/** One page of a report, as JSON or as CSV: there the next page is in the header `Link` alone. */
export async function reportReply<Row extends { id: string }, Shown extends object>(
  options: ReportReplyOptions<Row, Shown>,
): Promise<HttpReply> {
  const { path, name, query, accept, shape, find, show, sortValue } = options;
  const keys = new Map<object, Row>();
  const keyOf = (shown: object): Row => {
    const row = keys.get(shown);
    if (!row) throw new Error('a row of a report was lost');
    return row;
  };
  const reply = await listReply<Shown, 'id' | 'hour' | 'cluster_id'>({
    path,
    name,
    query,
    defaultSort: 'id',
    shape,
    find: async (page) =>
      (await find({ ...page, sort: 'id' })).map((row) => {
        const shown = show(row);
        keys.set(shown, row);
        return shown;
      }),
    sortValue: (shown) => sortValue(keyOf(shown)),
    idOf: (shown) => keyOf(shown).id,
  });
  return wantsCsv(query.format, accept)
    ? asCsv(reply, name, query.fields ?? [...fieldsOf(shape).keys()])
    : reply;
}

const wantsCsv = (format: string | undefined, accept: string | undefined): boolean =>
  format === undefined ? /^\s*text\/csv\b/.test(accept ?? '') : format === 'csv';

function asCsv(reply: HttpReply, name: string, columns: readonly string[]): HttpReply {
  const body = reply.body as Record<string, Record<string, unknown>[]>;
  return new HttpReply(200, csvOf(columns, body[name] ?? []), {
    ...reply.headers,
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}.csv"`,
  });
}

/** As the database compares it: hours are whole, so nothing is lost. */
export const sqlHour = (hour: Date): string => hour.toISOString().replace('T', ' ').replace('.000Z', '');
