import { Injectable } from '@nestjs/common';
import type { SealedCredential } from '@ultron/cluster/credential/credential';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { NotificationSource } from './notification-source.entity.js';

export interface SourceSettings {
  sealedUrl: SealedCredential;
  shownUrl: string;
  exchanges: string[];
  topics: string[];
  enabled: boolean;
}

const US_PER_MS = 1000;

@Injectable()
export class NotificationSourceRepository {
  async find(tx: Transaction, clusterId: string): Promise<NotificationSource | null> {
    return tx.findOneBy(NotificationSource, { clusterId });
  }

  async lock(tx: Transaction, clusterId: string): Promise<NotificationSource | null> {
    return tx.findOne(NotificationSource, { where: { clusterId }, lock: { mode: 'pessimistic_write' } });
  }

  async list(tx: Transaction, page: Page<'cluster_id'>): Promise<NotificationSource[]> {
    const keyset = keysetSql(page, { cluster_id: 'cluster_id' }, 'cluster_id');
    const rows = await select<{ cluster_id: string }>(
      tx,
      `SELECT cluster_id FROM notification_source WHERE ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...keyset.params, keyset.limit],
    );
    return this.listByIds(
      tx,
      rows.map((row) => row.cluster_id),
    );
  }

  /** Those that are switched on, of the clusters of a conductor group that may be read from. */
  async ofGroup(tx: Transaction, conductorGroup: string): Promise<NotificationSource[]> {
    const rows = await select<{ cluster_id: string }>(
      tx,
      `SELECT n.cluster_id FROM notification_source n
       JOIN cluster c ON c.id = n.cluster_id
       JOIN conductor_group g ON g.id = c.conductor_group_id
       WHERE g.name = ? AND n.enabled = 1 AND c.state <> 'down' ORDER BY n.cluster_id`,
      [conductorGroup],
    );
    return this.listByIds(
      tx,
      rows.map((row) => row.cluster_id),
    );
  }

  /** The clusters that are to be listened to. */
  async wanted(tx: Transaction): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT n.cluster_id AS id FROM notification_source n JOIN cluster c ON c.id = n.cluster_id
       WHERE n.enabled = 1 AND c.state <> 'down'`,
    );
    return rows.map(({ id }) => id);
  }

  async put(tx: Transaction, clusterId: string, settings: SourceSettings): Promise<void> {
    await change(
      tx,
      `INSERT INTO notification_source (cluster_id, sealed_url, shown_url, exchanges, topics, enabled, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE sealed_url = VALUES(sealed_url), shown_url = VALUES(shown_url),
         exchanges = VALUES(exchanges), topics = VALUES(topics), enabled = VALUES(enabled), version = version + 1,
         last_error = NULL, updated_at = VALUES(updated_at)`,
      [
        clusterId,
        JSON.stringify(settings.sealedUrl),
        settings.shownUrl,
        JSON.stringify(settings.exchanges),
        JSON.stringify(settings.topics),
        settings.enabled,
      ],
    );
  }

  async remove(tx: Transaction, clusterId: string): Promise<void> {
    await change(tx, 'DELETE FROM notification_source WHERE cluster_id = ?', [clusterId]);
  }

  /** Whether this conductor, and no other of its group, listens for the next while. */
  async take(tx: Transaction, clusterId: string, conductorId: string, forMs: number): Promise<boolean> {
    const taken = await change(
      tx,
      `UPDATE notification_source SET listened_by = ?, listened_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
       WHERE cluster_id = ? AND enabled = 1
         AND (listened_by = ? OR listened_until IS NULL OR listened_until < UTC_TIMESTAMP(6))`,
      [conductorId, forMs * US_PER_MS, clusterId, conductorId],
    );
    return taken === 1;
  }

  /** Another may listen at once. */
  async letGo(tx: Transaction, clusterId: string, conductorId: string): Promise<void> {
    await change(
      tx,
      `UPDATE notification_source SET listened_by = NULL, listened_until = NULL, connected_since = NULL
       WHERE cluster_id = ? AND listened_by = ?`,
      [clusterId, conductorId],
    );
  }

  async connected(tx: Transaction, clusterId: string, note: string | null): Promise<void> {
    await change(
      tx,
      `UPDATE notification_source SET connected_since = COALESCE(connected_since, UTC_TIMESTAMP(6)), last_error = ?
       WHERE cluster_id = ?`,
      [note, clusterId],
    );
  }

  async lost(tx: Transaction, clusterId: string, reason: string): Promise<void> {
    await change(
      tx,
      'UPDATE notification_source SET connected_since = NULL, last_error = ? WHERE cluster_id = ?',
      [reason.slice(0, 255), clusterId],
    );
  }

  async heard(tx: Transaction, clusterId: string, messages: number): Promise<void> {
    await change(
      tx,
      'UPDATE notification_source SET messages = messages + ?, last_message_at = UTC_TIMESTAMP(6) WHERE cluster_id = ?',
      [messages, clusterId],
    );
  }

  private async listByIds(tx: Transaction, ids: readonly string[]): Promise<NotificationSource[]> {
    if (!ids.length) return [];
    const rows = await tx
      .createQueryBuilder(NotificationSource, 'n')
      .where('n.clusterId IN (:...ids)', { ids })
      .getMany();
    return rows.toSorted((a, b) => ids.indexOf(a.clusterId) - ids.indexOf(b.clusterId));
  }
}
