import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { taskRuns } from '../intent/intent.source.js';
import type { AdoptedRow } from './adoption.entity.js';

/** What has a row that tasks change; a network is but a mapping. */
export type Changeable = 'server' | 'port';

const DROP = `status = 'deleted', openstack_id = NULL, deleted_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6),
         version = version + 1`;

/** The ports that came to be by an adoption; a port that a project had before was only linked to its server. */
export const portsMadeBy = (rows: readonly AdoptedRow[]): string[] =>
  rows.filter(({ kind, detail }) => kind === 'port' && detail['linked'] !== true).map(({ id }) => id);

/** The rows of what was adopted, from then on: handed to a release, and taken away by it or by the undo of an adoption. */
@Injectable()
export class AdoptedRepository {
  /** The row as it is now, locked; null when it is deleted. */
  async lock(
    tx: Transaction,
    kind: Changeable,
    id: string,
  ): Promise<{ status: string; taskId: string | null } | null> {
    const [row] = await select<{ status: string; task_id: string | null }>(
      tx,
      `SELECT status, task_id FROM ${kind} WHERE id = ? AND deleted_at IS NULL FOR UPDATE`,
      [id],
    );
    return row ? { status: row.status, taskId: row.task_id } : null;
  }

  /** Whether any task about it has not ended, also one whose row was handed to another since. */
  async isAtWork(tx: Transaction, kind: Changeable, id: string): Promise<boolean> {
    const rows = await select<unknown>(
      tx,
      `SELECT 1 FROM task t WHERE t.resource_kind = ? AND t.resource_id = ? AND ${taskRuns('t')} LIMIT 1`,
      [kind, id],
    );
    return rows.length > 0;
  }

  async handTo(tx: Transaction, kind: Changeable, id: string, taskId: string): Promise<void> {
    await change(
      tx,
      `UPDATE ${kind} SET task_id = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [taskId, id],
    );
  }

  /** The reservations of the plan that these ports hold. */
  async reservationsOf(tx: Transaction, portIds: readonly string[]): Promise<string[]> {
    if (!portIds.length) return [];
    const rows = await select<{ id: string }>(
      tx,
      `SELECT reservation_id AS id FROM port
       WHERE id IN (?) AND deleted_at IS NULL AND reservation_id IS NOT NULL`,
      [portIds],
    );
    return rows.map((row) => row.id);
  }

  /** Given up: the rows stay, as those of what is deleted; in the cluster nothing changes. */
  async dropServer(tx: Transaction, id: string): Promise<void> {
    await change(tx, `UPDATE server SET ${DROP} WHERE id = ? AND deleted_at IS NULL`, [id]);
  }

  async dropPorts(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (!ids.length) return;
    await change(tx, `UPDATE port SET ${DROP} WHERE id IN (?) AND deleted_at IS NULL`, [ids]);
  }

  /** Ports that did not come with the server are their project's own again. */
  async unlinkPorts(tx: Transaction, serverId: string): Promise<void> {
    await change(
      tx,
      `UPDATE port SET server_id = NULL, version = version + 1, updated_at = UTC_TIMESTAMP(6)
       WHERE server_id = ? AND deleted_at IS NULL`,
      [serverId],
    );
  }

  /**
   * Undone: the rows never were. A mark that named a row of the dead would have the server deleted, and the ids are
   * used again when the task is let begin anew.
   */
  async removeServer(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'DELETE FROM server_nic WHERE server_id = ?', [id]);
    await change(tx, 'DELETE FROM server WHERE id = ?', [id]);
  }

  async removePorts(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (!ids.length) return;
    await change(tx, 'DELETE FROM port WHERE id IN (?)', [ids]);
  }

  /**
   * The Neutron network is the logical one's no more, if it was. `held`: it is given up by a person, and its name does
   * not map it again; otherwise all is as before.
   */
  async unmapNetwork(
    tx: Transaction,
    network: { id: string; clusterId: string; openstackId: string },
    held: boolean,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE cluster_network SET network_id = NULL, pinned = ?, unmapped_reason = 'it was given up again'
       WHERE cluster_id = ? AND openstack_id = ? AND network_id = ?`,
      [held, network.clusterId, network.openstackId, network.id],
    );
  }

  /** A logical network that no cluster serves and on which there is nothing. */
  async removeNetwork(tx: Transaction, id: string): Promise<void> {
    if (await this.networkInUse(tx, id)) return;
    await change(
      tx,
      'DELETE FROM network WHERE id = ? AND NOT EXISTS (SELECT 1 FROM cluster_network WHERE network_id = ?)',
      [id, id],
    );
  }

  /** Whether anything of ours is on the logical network. */
  async networkInUse(tx: Transaction, networkId: string): Promise<boolean> {
    const rows = await select<unknown>(
      tx,
      `SELECT 1 FROM server WHERE network_id = ? AND deleted_at IS NULL
       UNION ALL SELECT 1 FROM port WHERE network_id = ? AND deleted_at IS NULL LIMIT 1`,
      [networkId, networkId],
    );
    return rows.length > 0;
  }
}
