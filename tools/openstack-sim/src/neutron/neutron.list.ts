import type { LinkWire } from '@ultron/openstack/wire';
import { type Call, tokenOf } from '../http/call.js';
import { type Page, cutShort, nextHref, previousHref, takePage } from '../http/paging.js';
import { parseTime, secondTime } from '../http/times.js';
import { hasExtension } from './extensions.js';
import { badRequest, invalidInput, notFound } from './neutron.errors.js';
import type { NeutronTable } from './network.store.js';

interface Listable {
  id: string;
  project_id: string;
  updated_at: string;
  tags: string[];
}

export interface Listing<Row extends Listable, Wire> {
  collection: string;
  /** Where it is under `/v2.0`, if not by its name. */
  path?: string;
  table: NeutronTable<Row>;
  /** Fewer rows to look at, found by an index, when the filters allow it. */
  candidates?: (call: Call) => Iterable<Row> | undefined;
  /** Filters that are no plain attribute. */
  special?: Record<string, (row: Row, values: string[]) => boolean>;
  /** Seen by everybody. */
  isShared?: (row: Row) => boolean;
  view: (call: Call, row: Row) => Wire;
  /** Attributes by which one may filter. */
  filters: readonly string[];
}

const CONTROL = new Set([
  'limit',
  'marker',
  'fields',
  'sort_key',
  'sort_dir',
  'page_reverse',
  'changed_since',
]);
const TAGS = new Set(['tags', 'tags-any', 'not-tags', 'not-tags-any']);
type Passes<Row> = (row: Row) => boolean;

/** The body of a list: filtered, in the order of the ids unless asked otherwise, paged when a limit is given. */
export function listBody<Row extends Listable, Wire extends object>(
  call: Call,
  listing: Listing<Row, Wire>,
): { items: Wire[]; links?: LinkWire[] } {
  const passes = both(visible(call, listing), matches(call, listing));
  const limit = limitOf(call);
  const page = cutShort(takePage(source(call, listing), limit ?? Infinity, passes), call);
  if (isReversed(call)) page.items.reverse();
  const fields = call.query.getAll('fields');
  const items = page.items.map((row) => pick(listing.view(call, row), fields));
  const links = limit === undefined ? [] : pageLinks(call, listing.path ?? listing.collection, page);
  return { items, ...(links.length > 0 ? { links } : {}) };
}

const isReversed = (call: Call): boolean => call.query.get('page_reverse')?.toLowerCase() === 'true';

/** `limit`; undefined means no paging, which 0 does too (`neutron/api/api_common.py`). */
function limitOf(call: Call): number | undefined {
  const text = call.query.get('limit');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) || undefined;
  throw badRequest(
    `Bad limit request: Limit must be an integer 0 or greater and not '${text}'.`,
    'BadRequest',
  );
}

/** On the way forward there is always a link back, and one onward when the page is full; and the other way round. */
function pageLinks(call: Call, path: string, page: Page<{ id: string }>): LinkWire[] {
  const url = `${call.base}/network/v2.0/${path.replaceAll('_', '-')}`;
  const last = page.items.at(-1);
  const reversed = isReversed(call);
  const next = last && (page.more || reversed) ? [{ rel: 'next', href: nextHref(call, url, last.id) }] : [];
  const previous =
    page.more || !reversed ? [{ rel: 'previous', href: previousHref(call, url, page.items[0]?.id) }] : [];
  return [...next, ...previous];
}

/** Only the fields asked for; all when none were. */
export function pick<Wire extends object>(wire: Wire, fields: string[]): Wire {
  if (fields.length === 0) return wire;
  const wanted = new Set(fields);
  return Object.fromEntries(Object.entries(wire).filter(([key]) => wanted.has(key))) as Wire;
}

/** Rows from the marker on, in the order asked for; backwards for `page_reverse`. */
function source<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Iterable<Row> {
  const marker = markerRow(call, listing);
  const few = listing.candidates?.(call);
  if (call.query.has('sort_key')) return beyond(call, sorted(call, few ?? listing.table.values()), marker);
  if (few)
    return beyond(
      call,
      [...few].sort((a, b) => (a.id < b.id ? -1 : 1)),
      marker,
    );
  return isReversed(call) ? listing.table.ordered.before(marker) : listing.table.ordered.after(marker);
}

function markerRow<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Row | undefined {
  const id = call.query.get('marker');
  if (id === null || id === '' || limitOf(call) === undefined) return undefined;
  const row = listing.table.get(id);
  if (!row) throw notFound(listing.collection, id);
  return row;
}

function beyond<Row>(call: Call, rows: Row[], marker: Row | undefined): Row[] {
  const ordered = isReversed(call) ? rows.toReversed() : rows;
  return marker === undefined ? ordered : ordered.slice(ordered.indexOf(marker) + 1);
}

function sorted<Row extends Listable>(call: Call, rows: Iterable<Row>): Row[] {
  const keys = call.query.getAll('sort_key');
  const descending = call.query.getAll('sort_dir').map((direction) => direction === 'desc');
  return [...rows].sort((a, b) => {
    for (const [i, key] of [...keys, 'id'].entries()) {
      const order = String(attribute(a, key) ?? '').localeCompare(String(attribute(b, key) ?? ''), 'en');
      if (order !== 0) return descending[i] ? -order : order;
    }
    return 0;
  });
}

/** Neutron shows all projects' rows to an administrator, others their own and what is shared. */
function visible<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Passes<Row> {
  const token = tokenOf(call);
  if (token.roles.includes('admin')) return () => true;
  return (row) => row.project_id === token.project?.id || (listing.isShared?.(row) ?? false);
}

function matches<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Passes<Row> {
  let passes: Passes<Row> = () => true;
  for (const name of new Set(call.query.keys())) {
    if (!CONTROL.has(name)) passes = both(passes, filter(call, listing, name, call.query.getAll(name)));
  }
  const since = call.query.get('changed_since');
  // A defect of Neutron's: once it validates filters, it takes this one for an unknown attribute.
  if (since !== null && hasExtension(call.cluster, 'filter-validation')) throw unknownFilter('changed_since');
  return since === null ? passes : both(passes, changedSince(since));
}

function filter<Row extends Listable, Wire>(
  call: Call,
  listing: Listing<Row, Wire>,
  name: string,
  values: string[],
): Passes<Row> {
  if (TAGS.has(name)) return tagFilter(name, values);
  const special = listing.special?.[name];
  if (special) return (row) => special(row, values);
  const key = name === 'tenant_id' ? 'project_id' : name;
  if (listing.filters.includes(key))
    return (row) => values.some((value) => equals(attribute(row, key), value));
  if (!hasExtension(call.cluster, 'filter-validation')) return () => true;
  throw unknownFilter(name);
}

const unknownFilter = (name: string) => badRequest(`['${name}'] is invalid attribute for filtering`);

function tagFilter(name: string, values: string[]): Passes<{ tags: string[] }> {
  const wanted = values.flatMap((value) => value.split(','));
  const all = (row: { tags: string[] }) => wanted.every((tag) => row.tags.includes(tag));
  const any = (row: { tags: string[] }) => wanted.some((tag) => row.tags.includes(tag));
  if (name === 'tags') return all;
  if (name === 'tags-any') return any;
  return name === 'not-tags' ? (row) => !all(row) : (row) => !any(row);
}

/** Whole seconds, at or after; what was deleted does not show (`neutron/services/timestamp/timestamp_db.py`). */
function changedSince(text: string): Passes<{ updated_at: string }> {
  const time = parseTime(text);
  if (time === undefined) throw invalidInput('The value of changed_since must be a valid ISO 8601 date');
  const since = secondTime(time);
  return (row) => row.updated_at >= since;
}

function equals(value: unknown, text: string): boolean {
  if (typeof value === 'boolean') return String(value) === text.toLowerCase();
  if (Array.isArray(value)) return value.includes(text);
  return String(value ?? '') === (text === 'None' ? '' : text);
}

function attribute(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

function both<Row>(a: Passes<Row>, b: Passes<Row>): Passes<Row> {
  return (row) => a(row) && b(row);
}
