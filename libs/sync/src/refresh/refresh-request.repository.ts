import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import type { DatabaseTime } from '@ultron/platform/database/database-time';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneClaim } from '../lane/lane.types.js';
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
  epoch: number;
  waitedFor: boolean;
}

/** What is wanted of one lane. */
export interface Backlog extends LaneKey {
  /** Single objects, and what hangs on one. */
  objects: number;
  /** Its changes. */
  whole: boolean;
  /** It is not read, and why. */
  atRest: 'paused' | 'resting' | null;
}

interface BacklogRow {
  cluster_id: string;
  kind: string;
  objects: string;
  whole: string;
  paused: 0 | 1;
  resting: 0 | 1;
}

interface PendingRow {
  cluster_id: string;
  kind: string;
  object_id: string;
  epoch: number;
  waited_for: 0 | 1;
}

const JOINED = 'refresh_request r JOIN lane l ON l.cluster_id = r.cluster_id AND l.kind = r.kind';

/** The time as of which a lane has answered a wish: read since, or tried in vain. Null for a lane never read. */
const ANSWERED = `IF(l.last_outcome = 'failed' AND NOT COALESCE(l.fresh_at >= r.wanted_at, 0),
  l.last_started_at, l.fresh_at)`;

/** When the rest of the lane after its last list of changes, or of everything, is over: see REST in the schedule. */
const RESTED = `COALESCE(IF(l.changes_by = 'full',
  l.full_at + INTERVAL 3000 * l.full_ms MICROSECOND,
  l.changes_at + INTERVAL 3000 * l.changes_ms MICROSECOND), UTC_TIMESTAMP(6))`;

/** One row for a target, however many want it: each of them is served when `served_at` has reached its own time. */
@Injectable()
export class RefreshRequestRepository {
  /** Wants them to be read after now. What is wanted already is wanted once more. */
  async want(tx: Transaction, targets: readonly RefreshTarget[], waitedFor = false): Promise<void> {
    if (targets.length === 0) return;
    // The columns are set in their order: `pending` is that of before until it is set.
    await change(
      tx,
      `INSERT INTO refresh_request (cluster_id, kind, object_id, waited_for, pending, wanted_at)
       VALUES ${rowsOf(targets.length, '(?, ?, ?, ?, 1, UTC_TIMESTAMP(6))')}
       ON DUPLICATE KEY UPDATE waited_for = GREATEST(VALUES(waited_for), pending * waited_for), pending = 1, wanted_at = GREATEST(wanted_at, VALUES(wanted_at))`,
      targets.flatMap(({ clusterId, kind, objectId }) => [clusterId, kind, objectId, waitedFor ? 1 : 0]),
    );
  }

  /** What is wanted of the lanes of a conductor. */
  async backlog(tx: Transaction, conductorId: string): Promise<Backlog[]> {
    const rows = await select<BacklogRow>(
      tx,
      `SELECT r.cluster_id, r.kind, SUM(r.object_id <> '') AS objects, SUM(r.object_id = '') AS whole, l.paused, l.resting
       FROM ${JOINED} WHERE r.pending = 1 AND l.owner_id = ?
       GROUP BY r.cluster_id, r.kind, l.paused, l.resting`,
      [conductorId],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      objects: Number(row.objects),
      whole: Number(row.whole) > 0,
      atRest: row.paused === 1 ? 'paused' : row.resting === 1 ? 'resting' : null,
    }));
  }

  /**
   * Of single objects of the lanes of a conductor: those somebody waits for, and then those longest wanted in their
   * clusters, at most so many of each, and clusters in turn. However much is wanted of one of them, the others are among it.
   */
  async pending(
    tx: Transaction,
    conductorId: string,
    { perCluster, limit }: { perCluster: number; limit: number },
  ): Promise<PendingRefresh[]> {
    const rows = await select<PendingRow>(
      tx,
      `SELECT cluster_id, kind, object_id, epoch, waited_for FROM (
         SELECT r.cluster_id, r.kind, r.object_id, r.wanted_at, r.waited_for, l.epoch,
           ROW_NUMBER() OVER (PARTITION BY r.cluster_id ORDER BY r.waited_for DESC, r.wanted_at) AS place
         FROM ${JOINED}
         WHERE r.pending = 1 AND r.object_id <> '' AND l.owner_id = ? AND l.paused = 0 AND l.resting = 0
       ) AS ranked WHERE place <= ? ORDER BY place, waited_for DESC, wanted_at LIMIT ?`,
      [conductorId, perCluster, limit],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      objectId: row.object_id,
      epoch: row.epoch,
      waitedFor: row.waited_for === 1,
    }));
  }

  /** Answers all that is wanted of lanes that are not read. */
  async refuse(tx: Transaction, lanes: readonly LaneKey[], fault: FaultRecord): Promise<void> {
    if (lanes.length === 0) return;
    await change(
      tx,
      `UPDATE refresh_request SET pending = 0, served_at = wanted_at, outcome = 'failed', fault = ?
       WHERE pending = 1 AND (cluster_id, kind) IN (${pairs(lanes)})`,
      [JSON.stringify(fault), ...keysOf(lanes)],
    );
  }

  /** Whole lanes that are wanted, and all objects of those `folded`: answered as far as a pass has begun since. */
  async answerByLane(tx: Transaction, lanes: readonly LaneKey[], folded: readonly LaneKey[]): Promise<void> {
    const objects = folded.length > 0 ? `OR (r.cluster_id, r.kind) IN (${pairs(folded)})` : '';
    await change(
      tx,
      `UPDATE ${JOINED} SET r.pending = r.wanted_at > ${ANSWERED}, r.served_at = ${ANSWERED}, r.fault = l.fault,
         r.outcome = IF(${ANSWERED} = l.fresh_at, 'read', 'failed')
       WHERE r.pending = 1 AND (r.cluster_id, r.kind) IN (${pairs(lanes)}) AND (r.object_id = '' ${objects})
         AND ${ANSWERED} > COALESCE(r.served_at, '1000-01-01')`,
      [...keysOf(lanes), ...keysOf(folded)],
    );
  }

  /**
   * Lanes that are wanted become due: at once, but not before their rest is over; and those that have failed, or have to
   * begin anew, when they are tried again anyway. How many became due.
   */
  async makeDue(tx: Transaction, lanes: readonly LaneKey[]): Promise<number> {
    return change(
      tx,
      `UPDATE ${JOINED} SET l.asked_for = 'changes', l.next_due_at = IF(l.last_outcome IN ('failed', 'incomplete'),
         l.next_due_at, LEAST(l.next_due_at, GREATEST(UTC_TIMESTAMP(6), ${RESTED})))
       WHERE r.pending = 1 AND r.object_id = '' AND (r.cluster_id, r.kind) IN (${pairs(lanes)})
         AND l.asked_for IS NULL AND l.pass_started_at IS NULL`,
      keysOf(lanes),
    );
  }

  /**
   * All of the lane is to be read before anything more is believed of it; one that fails is tried again anyway. A pass that is
   * under way may have begun too early: the wish outlives it.
   */
  async fullSoon(tx: Transaction, { clusterId, kind, conductorId, epoch }: LaneClaim): Promise<void> {
    await change(
      tx,
      `UPDATE lane SET asked_for = 'full',
         next_due_at = IF(pass_started_at IS NULL, LEAST(next_due_at, UTC_TIMESTAMP(6)), next_due_at)
       WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ? AND failures = 0`,
      [clusterId, kind, conductorId, epoch],
    );
  }

  /** It was read as it was at `askedAt` or later; who has wanted it since then waits on. */
  async served(
    tx: Transaction,
    target: RefreshTarget,
    askedAt: DatabaseTime,
    { outcome, fault }: { outcome: RefreshOutcome; fault: FaultRecord | null },
  ): Promise<void> {
    await change(
      tx,
      `UPDATE refresh_request SET served_at = ?, outcome = ?, fault = ?, pending = wanted_at > ?
       WHERE cluster_id = ? AND kind = ? AND object_id = ?`,
      [
        askedAt,
        outcome,
        fault === null ? null : JSON.stringify(fault),
        askedAt,
        target.clusterId,
        target.kind,
        target.objectId,
      ],
    );
  }

  /** Those of the targets that were read as they were at `since` or later, with what they came to. */
  async done(
    tx: Transaction,
    targets: readonly RefreshTarget[],
    since: DatabaseTime,
  ): Promise<ServedRefresh[]> {
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
       WHERE served_at >= ? AND (cluster_id, kind, object_id) IN (${rowsOf(targets.length, '(?, ?, ?)')})`,
      [since, ...targets.flatMap(({ clusterId, kind, objectId }) => [clusterId, kind, objectId])],
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

const pairs = (lanes: readonly LaneKey[]): string => rowsOf(lanes.length, '(?, ?)');
const keysOf = (lanes: readonly LaneKey[]): string[] =>
  lanes.flatMap(({ clusterId, kind }) => [clusterId, kind]);
