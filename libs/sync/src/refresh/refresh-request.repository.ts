import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneKey } from '../observed/observed-store.js';

/** What is to be read now: one object, all that hangs on one (`of:<id>`), or the changes of a whole lane (empty). */
export interface RefreshTarget extends LaneKey {
  objectId: string;
}

export type RefreshOutcome = 'found' | 'not_found' | 'read' | 'failed';

export interface ServedRefresh extends RefreshTarget {
  outcome: RefreshOutcome;
  fault: FaultRecord | null;
}

export interface PendingRefresh extends RefreshTarget {
  wantedAt: string;
}

interface PendingRow {
  cluster_id: string;
  kind: string;
  object_id: string;
  epoch: number;
  wanted: string;
}

/** One row for a target, however many want it. */
@Injectable()
export class RefreshRequestRepository {
  /** Wants them to be read after now. What is wanted already is wanted once more. */
  async want(tx: Transaction, targets: readonly RefreshTarget[]): Promise<void> {
    if (targets.length === 0) return;
    await change(
      tx,
      `INSERT INTO refresh_request (cluster_id, kind, object_id, pending, wanted_at)
       VALUES ${rowsOf(targets.length, '(?, ?, ?, 1, UTC_TIMESTAMP(6))')}
       ON DUPLICATE KEY UPDATE pending = 1, wanted_at = VALUES(wanted_at)`,
      targets.flatMap(({ clusterId, kind, objectId }) => [clusterId, kind, objectId]),
    );
  }

  /** What is wanted of the lanes of a conductor, longest first; without those of whole lanes. */
  async pending(
    tx: Transaction,
    conductorId: string,
    limit: number,
  ): Promise<(PendingRefresh & { epoch: number })[]> {
    const rows = await select<PendingRow>(
      tx,
      `SELECT r.cluster_id, r.kind, r.object_id, l.epoch, CAST(r.wanted_at AS CHAR) AS wanted FROM refresh_request r
       JOIN lane l ON l.cluster_id = r.cluster_id AND l.kind = r.kind
       WHERE r.pending = 1 AND r.object_id <> '' AND l.owner_id = ? ORDER BY r.wanted_at LIMIT ?`,
      [conductorId, limit],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      objectId: row.object_id,
      epoch: row.epoch,
      wantedAt: row.wanted,
    }));
  }

  /**
   * Whole lanes of a conductor that are wanted: those that were read since, or failed to be, are served, and the others
   * become due at once. How many became due.
   */
  async serveLanes(tx: Transaction, conductorId: string): Promise<number> {
    const ended = `(l.fresh_at >= r.wanted_at OR (l.last_started_at >= r.wanted_at AND l.last_outcome = 'failed'))`;
    const joined = `refresh_request r JOIN lane l ON l.cluster_id = r.cluster_id AND l.kind = r.kind`;
    const which = `r.pending = 1 AND r.object_id = '' AND l.owner_id = ?`;
    const [any] = await select(tx, `SELECT 1 AS any_row FROM ${joined} WHERE ${which} LIMIT 1`, [
      conductorId,
    ]);
    if (!any) return 0;
    await change(
      tx,
      `UPDATE ${joined} SET r.pending = 0, r.served_at = l.last_started_at, r.fault = l.fault,
         r.outcome = IF(l.fresh_at >= r.wanted_at, 'read', 'failed')
       WHERE ${which} AND ${ended}`,
      [conductorId],
    );
    return change(
      tx,
      `UPDATE ${joined} SET l.asked_for = 'changes', l.next_due_at = UTC_TIMESTAMP(6)
       WHERE ${which} AND l.asked_for IS NULL AND l.pass_started_at IS NULL`,
      [conductorId],
    );
  }

  /** It was read, and the reading began after it was wanted; who has wanted it anew since then waits on. */
  async served(
    tx: Transaction,
    target: PendingRefresh,
    outcome: RefreshOutcome,
    fault: FaultRecord | null,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE refresh_request SET served_at = ?, outcome = ?, fault = ?, pending = wanted_at > ?
       WHERE cluster_id = ? AND kind = ? AND object_id = ?`,
      [
        target.wantedAt,
        outcome,
        fault === null ? null : JSON.stringify(fault),
        target.wantedAt,
        target.clusterId,
        target.kind,
        target.objectId,
      ],
    );
  }

  /** Those of the targets that are not pending any more, with what they came to. */
  async done(tx: Transaction, targets: readonly RefreshTarget[]): Promise<ServedRefresh[]> {
    if (targets.length === 0) return [];
    const rows = await select<{
      cluster_id: string;
      kind: string;
      object_id: string;
      outcome: RefreshOutcome;
      fault: FaultRecord | null;
    }>(
      tx,
      `SELECT cluster_id, kind, object_id, outcome, fault FROM refresh_request
       WHERE pending = 0 AND (cluster_id, kind, object_id) IN (${rowsOf(targets.length, '(?, ?, ?)')})`,
      targets.flatMap(({ clusterId, kind, objectId }) => [clusterId, kind, objectId]),
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      objectId: row.object_id,
      outcome: row.outcome,
      fault: row.fault,
    }));
  }

  /** Those of the lanes whose state was not read within `maxAgeMs`; lanes that do not exist are left out. */
  async stale(tx: Transaction, lanes: readonly LaneKey[], maxAgeMs: number): Promise<LaneKey[]> {
    if (lanes.length === 0) return [];
    const rows = await select<{ cluster_id: string; kind: string }>(
      tx,
      `SELECT cluster_id, kind FROM lane WHERE (cluster_id, kind) IN (${rowsOf(lanes.length, '(?, ?)')})
         AND (fresh_at IS NULL OR fresh_at < UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND)`,
      [...lanes.flatMap(({ clusterId, kind }) => [clusterId, kind]), maxAgeMs * 1000],
    );
    return rows.map((row) => ({ clusterId: row.cluster_id, kind: row.kind }));
  }

  /** Forgets what nobody waits for any more. */
  async purge(tx: Transaction, olderThanMinutes: number, limit: number): Promise<number> {
    return change(
      tx,
      'DELETE FROM refresh_request WHERE wanted_at < UTC_TIMESTAMP(6) - INTERVAL ? MINUTE LIMIT ?',
      [olderThanMinutes, limit],
    );
  }
}
