import type { LinkWire } from '@ultron/openstack/wire';
import { ApiError, type Call, tokenOf } from '../http/call.js';
import { cutShort, limitOf, nextHref, takePage } from '../http/paging.js';
import { parseTime, secondTime } from '../http/times.js';
import { hasExtension } from './extensions.js';
import { badRequest, invalidInput } from './neutron.errors.js';
import type { NeutronTable } from './network.store.js';

interface Listable {
  id: string;
  project_id: string;
  updated_at: string;
  tags: string[];
}

export interface Listing<Row extends Listable, Wire> {
  collection: string;
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
/** Neutron's `pagination_max_limit` is unlimited unless set; the lab sets none. */
const NO_MAXIMUM = Number.MAX_SAFE_INTEGER;

type Passes<Row> = (row: Row) => boolean;

/** The body of a list: filtered, in the order of the ids unless asked otherwise, paged when a limit is given. */
export function listBody<Row extends Listable, Wire extends object>(
  call: Call,
  listing: Listing<Row, Wire>,
): { items: Wire[]; links?: LinkWire[] } {
  const passes = both(visible(call, listing), matches(call, listing));
  const page = cutShort(takePage(source(call, listing), limitOf(call, NO_MAXIMUM), passes), call);
  const fields = call.query.getAll('fields');
  const items = page.items.map((row) => pick(listing.view(call, row), fields));
  const last = page.items.at(-1);
  return { items, ...(page.more && last ? { links: pageLinks(call, listing.collection, last.id) } : {}) };
}

function pageLinks(call: Call, collection: string, lastId: string): LinkWire[] {
  const url = `${call.base}/network/v2.0/${collection.replaceAll('_', '-')}`;
  return [{ rel: 'next', href: nextHref(call, url, lastId) }];
}

/** Only the fields asked for; all when none were. */
export function pick<Wire extends object>(wire: Wire, fields: string[]): Wire {
  if (fields.length === 0) return wire;
  const wanted = new Set(fields);
  return Object.fromEntries(Object.entries(wire).filter(([key]) => wanted.has(key))) as Wire;
}

function source<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Iterable<Row> {
  const marker = markerRow(call, listing);
  const few = listing.candidates?.(call);
  if (call.query.has('sort_key')) return afterMarker(sorted(call, few ?? listing.table.values()), marker);
  if (few)
    return afterMarker(
      [...few].sort((a, b) => (a.id < b.id ? -1 : 1)),
      marker,
    );
  return listing.table.ordered.after(marker);
}

function markerRow<Row extends Listable, Wire>(call: Call, listing: Listing<Row, Wire>): Row | undefined {
  const id = call.query.get('marker');
  if (id === null || id === '') return undefined;
  const row = listing.table.get(id);
  if (!row)
    throw new ApiError(400, `Invalid input for operation: Marker ${id} could not be found.`, 'InvalidInput');
  return row;
}

function afterMarker<Row>(rows: Row[], marker: Row | undefined): Row[] {
  return marker === undefined ? rows : rows.slice(rows.indexOf(marker) + 1);
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
  if (!hasExtension(call.cluster.profile, 'filter-validation')) return () => true;
  throw badRequest(`['${name}'] is invalid attribute for filtering`);
}

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
