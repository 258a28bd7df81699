import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';

export interface DueRefresh {
  clusterId: string;
  /** Whether what changes seldom (images, networks, services) is due as well. */
  withInventory: boolean;
}

/** The schedule of the refreshes: which cluster is due, and who does it. */
@Injectable()
export class RefreshRepository {
  /** Due at once. */
  async create(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query(
      `INSERT INTO cluster_refresh (cluster_id, due_at, inventory_due_at)
       VALUES (?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [clusterId],
    );
  }

  /** The clusters of a conductor group that are due, may be read from and were set up rightly; longest due first. */
  async due(tx: Transaction, conductorGroup: string, limit: number): Promise<DueRefresh[]> {
    const rows = await tx.query<{ id: string; inventory: number }[]>(
      `SELECT c.id, r.inventory_due_at <= UTC_TIMESTAMP(6) AS inventory
       FROM cluster_refresh r
       JOIN cluster c ON c.id = r.cluster_id
       JOIN conductor_group g ON g.id = c.conductor_group_id
       WHERE g.name = ? AND c.probe_status = 'ok' AND c.state <> 'down' AND r.due_at <= UTC_TIMESTAMP(6)
       ORDER BY r.due_at LIMIT ?`,
      [conductorGroup, limit],
    );
    return rows.map((row) => ({ clusterId: row.id, withInventory: Number(row.inventory) === 1 }));
  }

  /**
   * Whether this caller, and no other, is to refresh the cluster now. It is due again after `capacityMs`, and its
   * inventory, when that is read as well, after `inventoryMs`: from now on, so that what is seen to change while it is
   * read makes it due anew.
   */
  async claim(
    tx: Transaction,
    { clusterId, withInventory }: DueRefresh,
    after: { capacityMs: number; inventoryMs: number },
  ): Promise<boolean> {
    const result = await tx.query<{ affectedRows: number }>(
      `UPDATE cluster_refresh SET due_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
         inventory_due_at = IF(?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, inventory_due_at)
       WHERE cluster_id = ? AND due_at <= UTC_TIMESTAMP(6)`,
      [
        Math.round(after.capacityMs * 1000),
        withInventory ? 1 : 0,
        Math.round(after.inventoryMs * 1000),
        clusterId,
      ],
    );
    return result.affectedRows === 1;
  }

  /** The inventory could not be read: the next refresh of the cluster reads it. */
  async handBackInventory(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query('UPDATE cluster_refresh SET inventory_due_at = UTC_TIMESTAMP(6) WHERE cluster_id = ?', [
      clusterId,
    ]);
  }

  /** Something of the inventory was seen to have changed: it is due at once. */
  async hastenInventory(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query(
      `UPDATE cluster_refresh SET due_at = UTC_TIMESTAMP(6), inventory_due_at = UTC_TIMESTAMP(6)
       WHERE cluster_id = ? AND inventory_due_at > UTC_TIMESTAMP(6)`,
      [clusterId],
    );
  }
}
