import type { ServerBriefListWire, ServerListWire } from '@ultron/openstack/compute/servers.wire';
import { ApiError, type Call, type Reply, reply } from '../http/call.js';
import { type Page, cutShort, limitOf, nextHref, takePage } from '../http/paging.js';
import { parseTime } from '../http/times.js';
import type { ServerRow } from './compute.store.js';
import { isDown } from './down-cells.js';
import { badRequest, isAdmin, projectOf } from './nova.errors.js';
import { statesOf, statusOf } from './server.state.js';
import { briefView, serverView, unknownView } from './servers.views.js';

/** Nova's `max_limit`, which also holds when no limit is asked for. */
const MAX_LIMIT = 1000;

type Passes = (row: ServerRow) => boolean;

/** `GET /servers/detail`. */
export function listServersDetail(call: Call): Reply {
  const page = serverPage(call);
  return reply<ServerListWire>(200, {
    servers: page.items.map((row) =>
      isDown(call, row) ? unknownView(call, row, false) : serverView(call, row),
    ),
    ...pageLinks(call, page, 'servers/detail'),
  });
}

/** `GET /servers`. */
export function listServers(call: Call): Reply {
  const page = serverPage(call);
  return reply<ServerBriefListWire>(200, {
    servers: page.items.map((row) => briefView(call, row, isDown(call, row))),
    ...pageLinks(call, page, 'servers'),
  });
}

function pageLinks(call: Call, page: Page<ServerRow>, path: string): Pick<ServerListWire, 'servers_links'> {
  const last = page.items.at(-1);
  if (!page.more || !last) return {};
  return {
    servers_links: [{ rel: 'next', href: nextHref(call, `${call.base}/compute/v2.1/${path}`, last.id) }],
  };
}

function serverPage(call: Call): Page<ServerRow> {
  const marker = markerRow(call);
  const passes = filters(call);
  const shown = call.microversion >= 69 ? passes : (row: ServerRow) => !isDown(call, row) && passes(row);
  return cutShort(takePage(source(call, marker), limitOf(call, MAX_LIMIT), shown), call);
}

/** The marker may have been deleted meanwhile: Nova still knows where it stood. */
function markerRow(call: Call): ServerRow | undefined {
  const id = call.query.get('marker');
  if (id === null) return undefined;
  const row = call.cluster.compute.servers.get(id);
  if (!row) throw badRequest(`marker [${id}] not found`);
  return row;
}

/** Newest first, from the narrowest index that the question allows. */
function source(call: Call, marker: ServerRow | undefined): Iterable<ServerRow> {
  const few = fewServers(call);
  if (few) return afterMarker(sorted(call, few), marker);
  if (call.query.has('sort_key')) return afterMarker(sorted(call, scope(call).before()), marker);
  return scope(call).before(marker);
}

function scope(call: Call) {
  const { compute } = call.cluster;
  if (isAdmin(call) && wantsAllProjects(call)) return compute.live;
  return compute.liveOf(
    call.query.get('project_id') && isAdmin(call) && wantsAllProjects(call)
      ? String(call.query.get('project_id'))
      : projectOf(call),
  );
}

function fewServers(call: Call): ServerRow[] | undefined {
  const { compute } = call.cluster;
  const since = call.query.get('changes-since');
  if (since !== null) return compute.changes.since(timeOf(since, 'changes-since'));
  if (wantsDeleted(call)) return [...compute.servers.values()];
  const literal = /^\^([\w.:@ -]+)\$$/.exec(call.query.get('name') ?? '')?.[1];
  // A dot in a literal name is a wild card for Nova; then the index would find too little.
  if (literal !== undefined && !literal.includes('.')) return [...compute.liveByName.get(literal)];
  const host = call.query.get('host');
  return host !== null && isAdmin(call) ? [...compute.liveByHost.get(host)] : undefined;
}

function timeOf(text: string, name: string): number {
  const time = parseTime(text);
  if (time === undefined)
    throw badRequest(
      `Invalid input for query parameters ${name}. Value: ${text}. '${text}' is not a 'date-time'`,
    );
  return time;
}

const SORT_KEYS: Record<string, (row: ServerRow) => string | number> = {
  created_at: (row) => row.createdAt,
  updated_at: (row) => row.updatedAt,
  display_name: (row) => row.name,
  uuid: (row) => row.id,
  vm_state: (row) => row.vmState,
  host: (row) => row.host ?? '',
};

function sorted(call: Call, rows: Iterable<ServerRow>): ServerRow[] {
  const keys = call.query.getAll('sort_key');
  const directions = call.query.getAll('sort_dir');
  const orders = (keys.length > 0 ? keys : ['created_at']).map((name, i) => {
    const key = SORT_KEYS[name];
    if (!key) throw badRequest(`Invalid input for query parameters sort_key. Value: ${name}.`);
    return { key, sign: directions[i] === 'asc' ? 1 : -1 };
  });
  return [...rows].sort((a, b) => {
    for (const { key, sign } of orders) {
      const [x, y] = [key(a), key(b)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return b.number - a.number;
  });
}

function afterMarker(rows: ServerRow[], marker: ServerRow | undefined): ServerRow[] {
  if (!marker) return rows;
  const at = rows.indexOf(marker);
  return at < 0 ? rows.filter((row) => row.number < marker.number) : rows.slice(at + 1);
}

function wantsAllProjects(call: Call): boolean {
  const value = call.query.get('all_tenants') ?? call.query.get('all_projects');
  if (value === null) return false;
  if (!isAdmin(call))
    throw new ApiError(
      403,
      "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.",
    );
  return !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

function wantsDeleted(call: Call): boolean {
  if (call.query.has('changes-since')) return true;
  const asked =
    ['true', '1'].includes((call.query.get('deleted') ?? '').toLowerCase()) ||
    call.query.get('status')?.toUpperCase() === 'DELETED';
  if (asked && !isAdmin(call)) throw new ApiError(403, 'Only administrators may list deleted instances');
  return asked;
}

function filters(call: Call): Passes {
  const project =
    isAdmin(call) && wantsAllProjects(call)
      ? (call.query.get('project_id') ?? call.query.get('tenant_id'))
      : projectOf(call);
  const tests: Passes[] = [];
  if (project !== null) tests.push((row) => row.projectId === project);
  if (wantsDeleted(call)) tests.push(deletedTest(call));
  for (const name of new Set(call.query.keys())) {
    const test = FILTERS[name]?.(call.query.getAll(name), call);
    if (test) tests.push(test);
  }
  return (row) => tests.every((test) => test(row));
}

/** `changes-since` shows the living and the deleted; `deleted=true` the deleted only. */
function deletedTest(call: Call): Passes {
  if (call.query.has('deleted') || call.query.get('status')?.toUpperCase() === 'DELETED')
    return (row) => row.vmState === 'deleted';
  return () => true;
}

/** Filters that the simulator knows; Nova ignores what it does not know below 2.75, and so do we always. */
const FILTERS: Record<string, (values: string[], call: Call) => Passes> = {
  name: ([value = '']) => {
    const pattern = regex(value);
    return (row) => pattern.test(row.name);
  },
  status: (values) => statusTest(values),
  vm_state:
    ([value]) =>
    (row) =>
      row.vmState === value,
  flavor:
    ([value]) =>
    (row) =>
      row.flavor.id === value,
  image:
    ([value]) =>
    (row) =>
      row.imageId === value,
  host:
    ([value], call) =>
    (row) =>
      !isAdmin(call) || row.host === value,
  uuid:
    ([value]) =>
    (row) =>
      row.id === value,
  user_id:
    ([value]) =>
    (row) =>
      row.userId === value,
  key_name:
    ([value]) =>
    (row) =>
      row.keyName === value,
  availability_zone:
    ([value]) =>
    (row) =>
      row.zone === value,
  reservation_id:
    ([value]) =>
    (row) =>
      row.reservationId === value,
  'changes-before': ([value = '']) => {
    const time = timeOf(value, 'changes-before');
    return (row) => row.updatedAt <= time;
  },
  tags: tagTest((row, tags) => tags.every((tag) => row.tags.includes(tag))),
  'tags-any': tagTest((row, tags) => tags.some((tag) => row.tags.includes(tag))),
  'not-tags': tagTest((row, tags) => !tags.every((tag) => row.tags.includes(tag))),
  'not-tags-any': tagTest((row, tags) => !tags.some((tag) => row.tags.includes(tag))),
};

/** Server tags are there from 2.26 on. */
function tagTest(test: (row: ServerRow, tags: string[]) => boolean) {
  return (values: string[], call: Call): Passes => {
    const tags = values.flatMap((value) => value.split(','));
    return call.microversion >= 26 ? (row) => test(row, tags) : () => true;
  };
}

function statusTest(values: string[]): Passes {
  const wanted = values.map((value) => value.toUpperCase());
  if (!wanted.some((status) => statesOf(status).length > 0)) return () => false;
  return (row) => wanted.includes(statusOf(row.vmState, row.taskState));
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw badRequest(`Invalid input for query parameters name. Value: ${text}. '${text}' is not a 'regex'`);
  }
}
