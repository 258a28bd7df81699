import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { Server } from './server.entity.js';
import { SERVER_STATUSES, mayBecome, type ServerStatus } from './server.state.js';

/** The columns of a server that was just asked for; the rest has one value for all of them. */
export type NewServer = Pick<
  Server,
  | 'id'
  | 'projectId'
  | 'name'
  | 'flavorId'
  | 'imageId'
  | 'networkId'
  | 'preemptible'
  | 'keyPairId'
  | 'userData'
  | 'metadata'
  | 'securityGroups'
  | 'placement'
  | 'clusterId'
  | 'taskId'
>;

/** In characters; the rest of a hundred rows is a few dozen KiB. */
const MAX_USER_DATA_OF_STATEMENT = 2 * 1024 * 1024;

export type ServerSort = 'created_at' | 'name';

export interface ServerFilter {
  /** Every project's when it is not given. */
  projectId?: string | undefined;
  name?: string | undefined;
  status?: ServerStatus | undefined;
  clusterIds?: readonly string[] | undefined;
  flavorId?: string | undefined;
  imageId?: string | undefined;
  networkId?: string | undefined;
  vpcId?: string | undefined;
  subnetId?: string | undefined;
  ids?: readonly string[] | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  updatedAfter?: Date | undefined;
  /** Also those that are gone; without it they are left out. */
  withDeleted?: boolean | undefined;
}

@Injectable()
export class ServerRepository {
  async insertMany(tx: Transaction, servers: readonly NewServer[], now: Date): Promise<void> {
    for (const part of inStatements(servers)) await this.insertPart(tx, part, now);
  }

  private async insertPart(tx: Transaction, servers: readonly NewServer[], now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO server (id, project_id, name, flavor_id, image_id, network_id, key_pair_id, user_data, metadata,
         security_groups, placement, preemptible, cluster_id, status, task_id, version, created_at, updated_at) VALUES ?`,
      [
        servers.map((s) => [
          s.id,
          s.projectId,
          s.name,
          s.flavorId,
          s.imageId,
          s.networkId,
          s.keyPairId,
          s.userData,
          JSON.stringify(s.metadata),
          JSON.stringify(s.securityGroups),
          JSON.stringify(s.placement),
          s.preemptible,
          s.clusterId,
          'requested',
          s.taskId,
          1,
          now,
          now,
        ]),
      ],
    );
  }

  async find(tx: Transaction, id: string): Promise<Server | null> {
    return tx.findOneBy(Server, { id });
  }

  /** Reads the row and keeps it from changing until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<Server | null> {
    return tx.findOne(Server, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, filter: ServerFilter, page: Page<ServerSort>): Promise<Server[]> {
    const keyset = keysetSql(page, { created_at: 'id', name: 'name' }, 'id');
    const { where, params } = filterSql(filter);
    const ids: { id: string }[] = await tx.query(
      `SELECT id FROM server WHERE ${[...where, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...params, ...keyset.params],
    );
    return this.listByIds(
      tx,
      ids.map((row) => row.id),
    );
  }

  /** In the order of the ids; ids of no server are passed over. */
  async listByIds(tx: Transaction, ids: readonly string[]): Promise<Server[]> {
    if (!ids.length) return [];
    const rows = await tx.createQueryBuilder(Server, 's').where('s.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Hands the server to another task, which may move it into a state that it may enter now; the row is locked. */
  async handTo(tx: Transaction, id: string, taskId: string, status: ServerStatus | null): Promise<void> {
    await tx.query(
      `UPDATE server SET task_id = ?, status = COALESCE(?, status), fault = NULL, version = version + 1,
         updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [taskId, status, id],
    );
  }

  /**
   * Moves a server along the table of states, if the task is still the one that has it: a task whose server was
   * handed to another (a deletion, say) changes nothing.
   */
  async move(
    tx: Transaction,
    server: { id: string; taskId: string; to: ServerStatus; fault?: FaultRecord | null },
  ): Promise<boolean> {
    const from = SERVER_STATUSES.filter((status) => status === server.to || mayBecome(status, server.to));
    const result: { affectedRows: number } = await tx.query(
      `UPDATE server SET status = ?, fault = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6),
         deleted_at = IF(? = 'deleted', UTC_TIMESTAMP(6), NULL)
       WHERE id = ? AND task_id = ? AND status IN (?)`,
      [
        server.to,
        server.fault ? JSON.stringify(server.fault) : null,
        server.to,
        server.id,
        server.taskId,
        from,
      ],
    );
    return result.affectedRows > 0;
  }

  /** Shows why the task that had the server last failed, without moving the server. */
  async setFault(tx: Transaction, server: { id: string; taskId: string; fault: FaultRecord }): Promise<void> {
    await tx.query(
      `UPDATE server SET fault = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ? AND task_id = ?`,
      [JSON.stringify(server.fault), server.id, server.taskId],
    );
  }

  /** Moves a server that was not made yet to another cluster. */
  async moveToCluster(tx: Transaction, id: string, taskId: string, clusterId: string): Promise<void> {
    await tx.query(
      `UPDATE server SET cluster_id = ?, openstack_id = NULL, status = IF(status = 'building', 'requested', status),
         observed_status = NULL, observed_task_state = NULL, observed_power_state = NULL, observed_at = NULL,
         version = version + 1, updated_at = UTC_TIMESTAMP(6)
       WHERE id = ? AND task_id = ?`,
      [clusterId, id, taskId],
    );
  }

  /** Records the server's id in its cluster, or that it has none any more. Whoever has the server now. */
  async setOpenstackId(tx: Transaction, id: string, openstackId: string | null): Promise<void> {
    await tx.query('UPDATE server SET openstack_id = ?, updated_at = UTC_TIMESTAMP(6) WHERE id = ?', [
      openstackId,
      id,
    ]);
  }

  async setIntent(
    tx: Transaction,
    id: string,
    intent: { name?: string | undefined; metadata?: Record<string, string> | undefined },
  ): Promise<void> {
    await tx.query(
      `UPDATE server SET name = COALESCE(?, name), metadata = COALESCE(?, metadata) WHERE id = ?`,
      [intent.name ?? null, intent.metadata ? JSON.stringify(intent.metadata) : null, id],
    );
  }

  /** Gives a server its intent back, if the task is still the one that has it. */
  async restoreIntent(
    tx: Transaction,
    server: { id: string; taskId: string; name: string; metadata: Record<string, string> },
  ): Promise<void> {
    await tx.query(
      `UPDATE server SET name = ?, metadata = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6)
        WHERE id = ? AND task_id = ?`,
      [server.name, JSON.stringify(server.metadata), server.id, server.taskId],
    );
  }

  /** Whether a server that is not deleted uses the key pair. */
  async usesKeyPair(tx: Transaction, keyPairId: string): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      'SELECT 1 FROM server WHERE key_pair_id = ? AND deleted_at IS NULL LIMIT 1',
      [keyPairId],
    );
    return rows.length > 0;
  }
}

/** A statement must not be larger than a packet of the database, and each server may bring 64 KiB of user data. */
function inStatements(servers: readonly NewServer[]): NewServer[][] {
  const parts: NewServer[][] = [];
  let room = 0;
  for (const server of servers) {
    const size = server.userData?.length ?? 0;
    const part = parts.at(-1);
    if (part && size <= room) part.push(server);
    else {
      parts.push([server]);
      room = MAX_USER_DATA_OF_STATEMENT;
    }
    room -= size;
  }
  return parts;
}

const hasNic = (column: string) => `id IN (SELECT server_id FROM server_nic WHERE ${column} = ?)`;

function filterSql(filter: ServerFilter): { where: string[]; params: unknown[] } {
  // What is given, and how often it stands in the condition.
  const conditions: [string, unknown, number?][] = [
    ['project_id = ?', filter.projectId],
    ['name = ?', filter.name],
    ['status = ?', filter.status],
    ['cluster_id IN (?)', filter.clusterIds],
    ['flavor_id = ?', filter.flavorId],
    ['image_id = ?', filter.imageId],
    [`(network_id = ? OR ${hasNic('network_id')})`, filter.networkId, 2],
    [hasNic('vpc_id'), filter.vpcId],
    [hasNic('subnet_id'), filter.subnetId],
    ['id IN (?)', filter.ids],
    ['created_at > ?', filter.createdAfter],
    ['created_at < ?', filter.createdBefore],
    ['updated_at > ?', filter.updatedAfter],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  const where = given.map(([sql]) => sql);
  // `IN ()` is no SQL; nothing is in an empty list.
  if (given.some(([, value]) => Array.isArray(value) && value.length === 0))
    return { where: ['1 = 0'], params: [] };
  if (!filter.withDeleted && filter.status !== 'deleted') where.push('deleted_at IS NULL');
  return {
    where,
    params: given.flatMap(([, value, times = 1]) => Array.from({ length: times }, () => value)),
  };
}
