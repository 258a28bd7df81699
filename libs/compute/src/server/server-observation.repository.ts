import { Injectable } from '@nestjs/common';
import type { DatabaseTime } from '@ultron/platform/database/database-time';
import type { Transaction } from '@ultron/platform/database/transaction';
import { CHANGING, type ServerStatus } from './server.state.js';

/** What a cluster says of a server. */
export interface ObservedServer {
  openstackId: string;
  status: string;
  taskState: string | null;
  powerState: number | null;
}

interface StoredObservation {
  id: string;
  status: ServerStatus;
  openstack_id: string;
  observed_status: string | null;
  observed_task_state: string | null;
  observed_power_state: number | null;
}

/** The `observed…` columns of servers: what watchers and syncs write, and nobody else. */
@Injectable()
export class ServerObservationRepository {
  /** Writes what was seen of these servers; those that are not Ultron's are passed over. */
  async apply(tx: Transaction, clusterId: string, seen: readonly ObservedServer[]): Promise<void> {
    await this.write(tx, await this.stored(tx, clusterId, seen), seen);
  }

  /**
   * The same for what a sync has seen after `askedAt`. It may be older than what a task knows that is at work on a
   * server, or was until a moment ago: servers that change, and those of which somebody has written since then what was
   * seen, are passed over. Their ids in the cluster are returned.
   */
  async applyUnlessChanging(
    tx: Transaction,
    clusterId: string,
    seen: readonly ObservedServer[],
    askedAt: DatabaseTime,
  ): Promise<string[]> {
    const rows = (await this.stored(tx, clusterId, seen)).filter(({ status }) => status !== 'deleted');
    const free = await this.free(
      tx,
      rows.filter(({ status }) => !CHANGING.has(status)).map(({ id }) => id),
      askedAt,
    );
    await this.write(
      tx,
      rows.filter(({ id }) => free.has(id)),
      seen,
    );
    return rows.filter(({ id }) => !free.has(id)).map((row) => row.openstack_id);
  }

  /** Those that no task is at work on, and of which nothing was seen since; they stay so until the transaction ends. */
  private async free(tx: Transaction, ids: readonly string[], since: DatabaseTime): Promise<Set<string>> {
    if (!ids.length) return new Set();
    const rows: { id: string }[] = await tx.query(
      `SELECT id FROM server WHERE id IN (?) AND status NOT IN (?) AND (observed_at IS NULL OR observed_at < ?)
       ORDER BY id FOR UPDATE`,
      [ids.toSorted(), [...CHANGING, 'deleted'], since],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Those of the ids in the cluster that are of servers which Ultron deletes or has deleted. */
  async deletedAmong(tx: Transaction, clusterId: string, openstackIds: readonly string[]): Promise<string[]> {
    if (!openstackIds.length) return [];
    const rows: { openstack_id: string }[] = await tx.query(
      `SELECT openstack_id FROM server
       WHERE cluster_id = ? AND openstack_id IN (?) AND (status = 'deleting' OR deleted_at IS NOT NULL)`,
      [clusterId, openstackIds],
    );
    return rows.map((row) => row.openstack_id);
  }

  private async stored(
    tx: Transaction,
    clusterId: string,
    seen: readonly ObservedServer[],
  ): Promise<StoredObservation[]> {
    if (!seen.length) return [];
    return tx.query(
      `SELECT id, status, openstack_id, observed_status, observed_task_state, observed_power_state FROM server
       WHERE cluster_id = ? AND openstack_id IN (?)`,
      [clusterId, seen.map((server) => server.openstackId)],
    );
  }

  private async write(
    tx: Transaction,
    rows: readonly StoredObservation[],
    seen: readonly ObservedServer[],
  ): Promise<void> {
    if (!rows.length) return;
    const byOpenstackId = new Map(seen.map((server) => [server.openstackId, server]));
    const changed = rows
      .map((row) => ({ row, now: byOpenstackId.get(row.openstack_id) }))
      .filter(({ row, now }) => now !== undefined && differs(row, now));
    await this.writeChanged(
      tx,
      changed.flatMap(({ row, now }) => (now ? [{ id: row.id, now }] : [])),
    );
    await tx.query('UPDATE server SET observed_at = UTC_TIMESTAMP(6) WHERE id IN (?)', [
      rows.map((row) => row.id).toSorted(),
    ]);
  }

  private async writeChanged(
    tx: Transaction,
    changed: readonly { id: string; now: ObservedServer }[],
  ): Promise<void> {
    if (!changed.length) return;
    const cases = `CASE id ${'WHEN ? THEN ? '.repeat(changed.length)}END`;
    const column = (of: (server: ObservedServer) => string | number | null) =>
      changed.flatMap(({ id, now }) => [id, of(now)]);
    await tx.query(
      `UPDATE server SET observed_status = ${cases}, observed_task_state = ${cases}, observed_power_state = ${cases},
         updated_at = UTC_TIMESTAMP(6) WHERE id IN (?)`,
      [
        ...column((server) => server.status),
        ...column((server) => server.taskState),
        ...column((server) => server.powerState),
        changed.map(({ id }) => id).toSorted(),
      ],
    );
  }
}

function differs(row: StoredObservation, now: ObservedServer): boolean {
  return (
    row.observed_status !== now.status ||
    row.observed_task_state !== now.taskState ||
    row.observed_power_state !== now.powerState
  );
}
