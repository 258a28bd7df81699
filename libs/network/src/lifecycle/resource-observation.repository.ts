import type { DatabaseTime } from '@ultron/platform/database/database-time';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { CHANGING } from './lifecycle.state.js';

/** What a cluster says of a port or a floating IP. */
export interface ObservedResource {
  openstackId: string;
  status: string;
  revisionNumber: number | null;
}

interface StoredResource {
  id: string;
  openstack_id: string;
  changing: number;
}

/** The observed columns of ports or floating IPs, as syncs write them. */
export class ResourceObservationRepository {
  constructor(private readonly table: 'port' | 'floating_ip') {}

  /**
   * Writes what was seen of these after `askedAt`. Those that are not Ultron's are passed over, and so are those on
   * which a task is at work, which knows better, or of which somebody has written since then what was seen; the ids of
   * the latter two in the cluster are returned.
   */
  async applyUnlessChanging(
    tx: Transaction,
    clusterId: string,
    seen: readonly ObservedResource[],
    askedAt: DatabaseTime,
  ): Promise<string[]> {
    if (!seen.length) return [];
    const rows = await select<StoredResource>(
      tx,
      `SELECT id, openstack_id, status IN (?) AS changing FROM ${this.table}
       WHERE cluster_id = ? AND openstack_id IN (?) AND deleted_at IS NULL`,
      [[...CHANGING], clusterId, seen.map((one) => one.openstackId)],
    );
    const byOpenstackId = new Map(seen.map((one) => [one.openstackId, one]));
    const free = await this.free(
      tx,
      rows.filter((row) => !Number(row.changing)).map(({ id }) => id),
      askedAt,
    );
    const news = rows.flatMap((row) => {
      const now = free.has(row.id) ? byOpenstackId.get(row.openstack_id) : undefined;
      return now ? [{ id: row.id, now }] : [];
    });
    await this.write(tx, news);
    return rows.filter(({ id }) => !free.has(id)).map((row) => row.openstack_id);
  }

  /** Those that no task is at work on, and of which nothing was seen since; they stay so until the transaction ends. */
  private async free(tx: Transaction, ids: readonly string[], since: DatabaseTime): Promise<Set<string>> {
    if (!ids.length) return new Set();
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM ${this.table}
       WHERE id IN (?) AND status NOT IN (?) AND deleted_at IS NULL AND (observed_at IS NULL OR observed_at < ?)
       ORDER BY id FOR UPDATE`,
      [ids.toSorted(), [...CHANGING], since],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Those of the ids in the cluster that are of those which Ultron deletes or has deleted. */
  async deletedAmong(tx: Transaction, clusterId: string, openstackIds: readonly string[]): Promise<string[]> {
    if (!openstackIds.length) return [];
    const rows = await select<{ openstack_id: string }>(
      tx,
      `SELECT openstack_id FROM ${this.table}
       WHERE cluster_id = ? AND openstack_id IN (?) AND (status = 'deleting' OR deleted_at IS NOT NULL)`,
      [clusterId, openstackIds],
    );
    return rows.map((row) => row.openstack_id);
  }

  private async write(
    tx: Transaction,
    changed: readonly { id: string; now: ObservedResource }[],
  ): Promise<void> {
    if (!changed.length) return;
    const cases = `CASE id ${'WHEN ? THEN ? '.repeat(changed.length)}END`;
    await change(
      tx,
      `UPDATE ${this.table} SET observed_status = ${cases}, revision_number = ${cases}, observed_at = UTC_TIMESTAMP(6)
       WHERE id IN (?)`,
      [
        ...changed.flatMap(({ id, now }) => [id, now.status]),
        ...changed.flatMap(({ id, now }) => [id, now.revisionNumber]),
        changed.map(({ id }) => id).toSorted(),
      ],
    );
  }
}
