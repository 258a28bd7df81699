import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { LaneKey } from './observed-store.js';

/** Whether an object is where it was seen, was not met by the last complete pass, or is known to be gone. */
export type ObservedPresence = 'present' | 'missing' | 'gone';

export interface ObservedFilter {
  clusterId: string;
  kind: string;
  id?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  /** OpenStack's project. */
  projectId?: string | undefined;
  parentId?: string | undefined;
  /** All but those that are gone, unless told. */
  presence?: ObservedPresence | undefined;
  /** Whose present content was first seen at or after this time. */
  observedSince?: Date | undefined;
}

/** An object as a lane keeps it. */
export interface StoredObject {
  id: string;
  clusterId: string;
  kind: string;
  name: string | null;
  projectId: string | null;
  status: string | null;
  parentId: string | null;
  revision: number | null;
  fields: Record<string, unknown>;
  updatedAt: Date | null;
  /** When this content was first seen; how fresh it is, the lane's last pass says. */
  observedAt: Date;
  firstSeenAt: Date;
  missingSince: Date | null;
  goneAt: Date | null;
}

interface ObjectRow {
  openstack_id: string;
  cluster_id: string;
  kind: string;
  name: string | null;
  project_openstack_id: string | null;
  status: string | null;
  parent_id: string | null;
  revision: number | null;
  fields: string | Record<string, unknown>;
  updated_at: Date | null;
  observed_at: Date;
  first_seen_at: Date;
  missing_since: Date | null;
  gone_at: Date | null;
}

const COLUMNS = `openstack_id, cluster_id, kind, name, project_openstack_id, status, parent_id, revision, fields,
  updated_at, observed_at, first_seen_at, missing_since, gone_at`;

const PRESENCE: Record<ObservedPresence, string> = {
  present: 'missing_since IS NULL AND gone_at IS NULL',
  missing: 'missing_since IS NOT NULL AND gone_at IS NULL',
  gone: 'gone_at IS NOT NULL',
};

/** What was seen of clusters, for whoever wants to know. */
@Injectable()
export class ObservedReader {
  /** One page and one row more. */
  async list(read: Transaction, filter: ObservedFilter, page: Page<'id'>): Promise<StoredObject[]> {
    const keyset = keysetSql(page, { id: 'openstack_id' }, 'openstack_id');
    const conditions = conditionsOf(filter);
    const rows = await read.query<ObjectRow[]>(
      `SELECT ${COLUMNS} FROM observed_object
       WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} AND ${keyset.where}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...conditions.flatMap(({ values }) => values), ...keyset.params, keyset.limit],
    );
    return rows.map(toObject);
  }

  async find(read: Transaction, lane: LaneKey, id: string): Promise<StoredObject | null> {
    const rows = await read.query<ObjectRow[]>(
      `SELECT ${COLUMNS} FROM observed_object WHERE cluster_id = ? AND kind = ? AND openstack_id = ?`,
      [lane.clusterId, lane.kind, id],
    );
    return rows[0] ? toObject(rows[0]) : null;
  }

  /** Of these objects those that are known, gone ones included. */
  async findMany(read: Transaction, lane: LaneKey, ids: readonly string[]): Promise<StoredObject[]> {
    if (!ids.length) return [];
    const rows = await read.query<ObjectRow[]>(
      `SELECT ${COLUMNS} FROM observed_object WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?)`,
      [lane.clusterId, lane.kind, ids],
    );
    return rows.map(toObject);
  }

  /** The same over several clusters: the ids by cluster. */
  async findAmong(
    read: Transaction,
    kind: string,
    wanted: ReadonlyMap<string, readonly string[]>,
  ): Promise<StoredObject[]> {
    if (!wanted.size) return [];
    const each = [...wanted].map(() => '(cluster_id = ? AND kind = ? AND openstack_id IN (?))');
    const rows = await read.query<ObjectRow[]>(
      `SELECT ${COLUMNS} FROM observed_object WHERE ${each.join(' OR ')}`,
      [...wanted].flatMap(([clusterId, ids]) => [clusterId, kind, ids]),
    );
    return rows.map(toObject);
  }

  /** What hangs on an object: the ports of a server, the subnets of a network. Gone ones are left out. */
  async ofParent(read: Transaction, lane: LaneKey, parentId: string): Promise<StoredObject[]> {
    const rows = await read.query<ObjectRow[]>(
      `SELECT ${COLUMNS} FROM observed_object
       WHERE cluster_id = ? AND parent_id = ? AND kind = ? AND gone_at IS NULL ORDER BY openstack_id`,
      [lane.clusterId, parentId, lane.kind],
    );
    return rows.map(toObject);
  }
}

function conditionsOf(filter: ObservedFilter): { sql: string; values: unknown[] }[] {
  const equal = (column: string, value: unknown) =>
    value === undefined ? [] : [{ sql: `${column} = ?`, values: [value] }];
  const presence = filter.presence ? PRESENCE[filter.presence] : 'gone_at IS NULL';
  return [
    ...equal('cluster_id', filter.clusterId),
    ...equal('kind', filter.kind),
    ...equal('openstack_id', filter.id),
    ...equal('name', filter.name),
    ...equal('status', filter.status),
    ...equal('project_openstack_id', filter.projectId),
    ...equal('parent_id', filter.parentId),
    { sql: presence, values: [] },
    ...(filter.observedSince ? [{ sql: 'observed_at >= ?', values: [filter.observedSince] }] : []),
  ];
}

const toObject = (row: ObjectRow): StoredObject => ({
  id: row.openstack_id,
  clusterId: row.cluster_id,
  kind: row.kind,
  name: row.name,
  projectId: row.project_openstack_id,
  status: row.status,
  parentId: row.parent_id,
  revision: row.revision,
  fields: fieldsOf(row.fields),
  updatedAt: row.updated_at,
  observedAt: row.observed_at,
  firstSeenAt: row.first_seen_at,
  missingSince: row.missing_since,
  goneAt: row.gone_at,
});

/** MariaDB keeps JSON as text, MySQL gives it parsed. */
const fieldsOf = (fields: string | Record<string, unknown>): Record<string, unknown> =>
  typeof fields === 'string' ? (JSON.parse(fields) as Record<string, unknown>) : fields;
