import type { Page } from '@ultron/platform/paging/page';
import { fieldsOf, type Shape } from '../field/field.registry.js';
import { RequestFault } from '../problem/request.fault.js';
import { HttpReply, ok } from '../reply/http.reply.js';
import { bindingOf, formatCursor, parseCursor } from './page.cursor.js';
import type { PageQuery } from './page.query.js';

export interface ListOptions<Item extends object, Sort extends string> {
  /** The path of the list, for the next link: `/v1/servers`. */
  path: string;
  /** The name of the items in the body: `servers`. */
  name: string;
  query: PageQuery & { sort?: string };
  /** The order when the query names none: `-created_at`. */
  defaultSort: Sort | `-${Sort}`;
  /** The shape of an item; `fields` may name its fields. */
  shape: Shape;
  /** Gets `page.limit` **plus one** items where there are so many; the one too many tells of a next page. */
  find: (page: Page<Sort>) => Promise<Item[]>;
  /** The value by which the item is sorted; its `id` need not be given. */
  sortValue: (item: Item, sort: Sort) => string | number | null;
  idOf?: (item: Item) => string;
}

/** One page of a list, as a body `{ <name>: […], next }` with a `Link` header. */
export async function listReply<Item extends object, Sort extends string>(
  options: ListOptions<Item, Sort>,
): Promise<HttpReply> {
  const { path, name, query, shape, find } = options;
  checkFields(query.fields, shape);
  const page = pageOf<Sort>(query, path, options.defaultSort);
  const found = await find(page);
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  const next = found.length > page.limit && last ? nextLink(options, page, last) : null;
  const shown = query.fields ? items.map((item) => pick(item, query.fields ?? [])) : items;
  return ok({ [name]: shown, next }, next ? { link: `<${next}>; rel="next"` } : {});
}

function pageOf<Sort extends string>(
  query: PageQuery & { sort?: string },
  path: string,
  defaultSort: string,
): Page<Sort> {
  const text = query.sort ?? defaultSort;
  const order = text.startsWith('-') ? 'desc' : 'asc';
  const after =
    query.cursor === undefined ? undefined : parseCursor(query.cursor, bindingOf(path, { ...query }));
  // `SortBy` let only names of this list through.
  return { limit: query.limit, sort: text.replace(/^-/, '') as Sort, order, after };
}

function nextLink<Item extends object, Sort extends string>(
  { path, query, sortValue, idOf }: ListOptions<Item, Sort>,
  page: Page<Sort>,
  last: Item,
): string {
  const id = idOf ? idOf(last) : (last as unknown as { id: string }).id;
  const cursor = formatCursor({ value: sortValue(last, page.sort), id }, bindingOf(path, { ...query }));
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) parameters.set(key, String(value));
  }
  return `${path}?${parameters.toString()}`;
}

function checkFields(fields: readonly string[] | undefined, shape: Shape): void {
  const known = fieldsOf(shape);
  const unknown = (fields ?? []).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const detail = `names unknown fields (${unknown.join(', ')}); known are ${[...known.keys()].join(', ')}`;
  throw RequestFault.badQuery([{ pointer: '?fields', detail }]);
}

const pick = (item: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
