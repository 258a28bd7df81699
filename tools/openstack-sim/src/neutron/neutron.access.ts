import { randomUUID } from 'node:crypto';
import { bodyMember, isRecord } from '../http/body.js';
import { ApiError, type Call, param, tokenOf } from '../http/call.js';
import { secondTime } from '../http/times.js';
import { tagsGiven } from './attributes.js';
import { badRequest, notFound, overQuota } from './neutron.errors.js';
import type { NeutronTable } from './network.store.js';

export const isAdmin = (call: Call): boolean => tokenOf(call).roles.includes('admin');

/** The project for which something is made: the caller's, or one that an administrator names. */
export function ownerOf(call: Call, given: { project_id?: unknown; tenant_id?: unknown }): string {
  const own = tokenOf(call).project?.id ?? '';
  const asked = given.project_id ?? given.tenant_id;
  if (typeof asked !== 'string' || asked === own) return own;
  if (!isAdmin(call)) throw new ApiError(403, `(rule:create) is disallowed by policy`, 'PolicyNotAuthorized');
  return asked;
}

/** The row named in the path; 404 also hides what belongs to others. */
export function findOwn<Row extends { id: string; project_id: string }>(
  call: Call,
  table: NeutronTable<Row>,
  isShared: (row: Row) => boolean = () => false,
): Row {
  const id = param(call, 'id');
  const row = table.get(id);
  const mine = row && (isAdmin(call) || row.project_id === tokenOf(call).project?.id || isShared(row));
  if (!row || !mine) throw notFound(table.name, id);
  return row;
}

/** Members that every new row has. */
export function standard(
  call: Call,
  given: { name?: unknown; description?: unknown; tags?: unknown },
  projectId: string,
) {
  const now = secondTime(call.cluster.clock.now());
  return {
    id: randomUUID(),
    name: String(given.name ?? ''),
    tenant_id: projectId,
    project_id: projectId,
    description: String(given.description ?? ''),
    created_at: now,
    updated_at: now,
    revision_number: 1,
    tags: tagsGiven(given),
  };
}

export type Counted =
  'network' | 'subnet' | 'port' | 'security_group' | 'security_group_rule' | 'router' | 'floatingip';

const TABLES = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  security_group: 'groups',
  security_group_rule: 'rules',
  router: 'routers',
  floatingip: 'floatingIps',
} as const;

export function countUsed(call: Call, resource: Counted, projectId: string): number {
  let used = 0;
  for (const row of call.cluster.network[TABLES[resource]].values()) if (row.project_id === projectId) used++;
  return used;
}

/** 409 when `more` new ones would pass the project's limit. */
export function checkQuota(call: Call, resource: Counted, projectId: string, more: number): void {
  const limit = call.cluster.quotas.of(projectId)[resource];
  if (call.effects.quota || (limit >= 0 && countUsed(call, resource, projectId) + more > limit))
    throw overQuota(resource);
}

/** `If-Match: revision_number=N` (extension `revision-if-match`): 412 when the row has moved on. */
export function checkRevision(call: Call, row: { revision_number: number }): void {
  const match = /^revision_number=(\d+)$/.exec(call.headers['if-match'] ?? '');
  if (!match || Number(match[1]) === row.revision_number) return;
  throw new ApiError(
    412,
    `Constrained to ${match[1]}, but current revision is ${row.revision_number}`,
    'RevisionNumberConstraintFailed',
  );
}

/** Makes one or several things, as the body asks; of several, all or none. `make` stores what it makes. */
export function makeOneOrMany<Row extends { id: string }>(
  call: Call,
  names: { one: string; many: string },
  make: (given: Record<string, unknown>) => Row,
  unmake: (row: Row) => void,
): { single: boolean; rows: Row[] } {
  const { body } = call;
  const many = isRecord(body) ? body[names.many] : undefined;
  if (!Array.isArray(many)) return { single: true, rows: [make(bodyMember(call, names.one))] };
  if (many.length === 0) throw badRequest('Resources required');
  const rows: Row[] = [];
  try {
    for (const given of many as Record<string, unknown>[]) rows.push(make(given));
  } catch (error) {
    for (const row of rows.toReversed()) unmake(row);
    throw error;
  }
  return { single: false, rows };
}
