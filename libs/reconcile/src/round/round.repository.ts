import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { RepairSort } from '../finding/repairs.js';
import type { GivenLimits } from '../policy/brake.rules.js';
import { ReconcileRound, type RoundOutcome } from './reconcile-round.entity.js';

const US_PER_MS = 1000;

/** When which cluster is compared, by whom, and whether repairs are stopped there. */
@Injectable()
export class RoundRepository {
  /** Gives every cluster a row. */
  async ensure(tx: Transaction): Promise<void> {
    await change(
      tx,
      `INSERT INTO reconcile_round (cluster_id, due_at)
       SELECT c.id, UTC_TIMESTAMP(6) FROM cluster c
       WHERE NOT EXISTS (SELECT 1 FROM reconcile_round r WHERE r.cluster_id = c.id)
       ON DUPLICATE KEY UPDATE cluster_id = VALUES(cluster_id)`,
    );
  }

  /** The clusters of the group that are due, longest first. */
  async due(tx: Transaction, conductorGroup: string, limit: number): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT c.id FROM reconcile_round r
       JOIN cluster c ON c.id = r.cluster_id
       JOIN conductor_group g ON g.id = c.conductor_group_id
       WHERE g.name = ? AND c.probe_status = 'ok' AND c.state <> 'down' AND r.due_at <= UTC_TIMESTAMP(6)
       ORDER BY r.due_at LIMIT ?`,
      [conductorGroup, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Whether this caller, and no other, compares the cluster now. It is due again after `afterMs`. */
  async claim(tx: Transaction, clusterId: string, afterMs: number): Promise<boolean> {
    const claimed = await change(
      tx,
      `UPDATE reconcile_round SET due_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND
       WHERE cluster_id = ? AND due_at <= UTC_TIMESTAMP(6)`,
      [Math.round(afterMs * US_PER_MS), clusterId],
    );
    return claimed === 1;
  }

  async finish(
    tx: Transaction,
    clusterId: string,
    end: { startedAt: Date; durationMs: number; outcome: RoundOutcome },
  ): Promise<void> {
    await change(
      tx,
      'UPDATE reconcile_round SET last_round_at = ?, duration_ms = ?, outcome = ?, fault = NULL WHERE cluster_id = ?',
      [end.startedAt, Math.round(end.durationMs), JSON.stringify(end.outcome), clusterId],
    );
  }

  async fail(tx: Transaction, clusterId: string, reason: string): Promise<void> {
    await change(tx, 'UPDATE reconcile_round SET fault = ? WHERE cluster_id = ?', [
      reason.slice(0, 255),
      clusterId,
    ]);
  }

  /** How long ago the last round began that ended well, in the cluster where that is longest; seconds. */
  async oldest(tx: Transaction): Promise<number> {
    const [row] = await select<{ age: number | string | null }>(
      tx,
      `SELECT MAX(TIMESTAMPDIFF(MICROSECOND, COALESCE(r.last_round_at, c.created_at), UTC_TIMESTAMP(6))) / 1000000 AS age
       FROM cluster c LEFT JOIN reconcile_round r ON r.cluster_id = c.id
       WHERE c.probe_status = 'ok' AND c.state <> 'down'`,
    );
    return Number(row?.age ?? 0);
  }

  async find(tx: Transaction, clusterId: string): Promise<ReconcileRound | null> {
    return tx.findOneBy(ReconcileRound, { clusterId });
  }

  async lock(tx: Transaction, clusterId: string): Promise<ReconcileRound | null> {
    return tx.findOne(ReconcileRound, { where: { clusterId }, lock: { mode: 'pessimistic_write' } });
  }

  async list(
    tx: Transaction,
    filter: { braked?: boolean | undefined },
    page: Page<'cluster_id'>,
  ): Promise<ReconcileRound[]> {
    const keyset = keysetSql(page, { cluster_id: 'cluster_id' }, 'cluster_id');
    const braked = filter.braked === undefined ? '1' : `braked_at IS ${filter.braked ? 'NOT NULL' : 'NULL'}`;
    const rows = await select<{ cluster_id: string }>(
      tx,
      `SELECT cluster_id FROM reconcile_round WHERE ${braked} AND ${keyset.where}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...keyset.params, keyset.limit],
    );
    const ids = rows.map((row) => row.cluster_id);
    if (!ids.length) return [];
    const found = await tx
      .createQueryBuilder(ReconcileRound, 'r')
      .where('r.clusterId IN (:...ids)', { ids })
      .getMany();
    return found.toSorted((a, b) => ids.indexOf(a.clusterId) - ids.indexOf(b.clusterId));
  }

  /** Stops repairs in the cluster until a person releases them. Returns whether they were going on. */
  async brake(tx: Transaction, clusterId: string, reason: string): Promise<boolean> {
    const braked = await change(
      tx,
      `UPDATE reconcile_round SET braked_at = UTC_TIMESTAMP(6), brake_reason = ?, version = version + 1
       WHERE cluster_id = ? AND braked_at IS NULL`,
      [reason.slice(0, 255), clusterId],
    );
    return braked === 1;
  }

  async release(tx: Transaction, clusterId: string): Promise<void> {
    await change(
      tx,
      `UPDATE reconcile_round SET braked_at = NULL, brake_reason = NULL, released_at = UTC_TIMESTAMP(6),
         due_at = UTC_TIMESTAMP(6), version = version + 1 WHERE cluster_id = ?`,
      [clusterId],
    );
  }

  /** What is null is as everywhere. */
  async setLimits(tx: Transaction, clusterId: string, limits: GivenLimits): Promise<void> {
    await change(
      tx,
      'UPDATE reconcile_round SET max_per_hour = ?, max_share = ?, version = version + 1 WHERE cluster_id = ?',
      [limits.maxPerHour, limits.maxShare, clusterId],
    );
  }

  /** The cluster is compared with the next look at what is due. */
  async hasten(tx: Transaction, clusterId: string): Promise<void> {
    await change(tx, 'UPDATE reconcile_round SET due_at = UTC_TIMESTAMP(6) WHERE cluster_id = ?', [
      clusterId,
    ]);
  }

  /** Repairs that the reconciler began in the cluster within an hour, since a brake was released. */
  async begunLastHour(tx: Transaction, clusterId: string): Promise<(RepairSort & { n: number })[]> {
    const rows = await select<RepairSort & { n: number | string }>(
      tx,
      `SELECT f.kind, f.subject_kind AS subjectKind, COUNT(*) AS n FROM finding_event e
       JOIN finding f ON f.id = e.finding_id
       JOIN reconcile_round r ON r.cluster_id = f.cluster_id
       WHERE e.at > UTC_TIMESTAMP(6) - INTERVAL 1 HOUR AND e.action = 'repair_begun' AND e.actor = 'reconciler'
         AND f.cluster_id = ? AND e.at > COALESCE(r.released_at, '1970-01-01')
       GROUP BY f.kind, f.subject_kind`,
      [clusterId],
    );
    return rows.map((row) => ({ ...row, n: Number(row.n) }));
  }
}
