import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneTrust } from '../compare/compare.facts.js';

interface LaneRow {
  kind: string;
  tier: string;
  deletions_by: string;
  full_at: Date | null;
  ids_at: Date | null;
  changes_at: Date | null;
  fresh_at: Date | null;
  brake: string;
  paused: number;
  resting: number;
  present_count: number;
  objective_ms: number | string | null;
  now: Date;
}

/** What is known of a lane, for those who compare. */
export interface JudgedLane extends LaneTrust {
  kind: string;
  tier: string;
  /** Things that were seen there. */
  present: number;
}

/** What was seen longer ago is not compared, unless it need not be seen so often. */
const STALE_MS = 15 * 60_000;
/** So many times as old as it may be by its tier. */
const STALE_OBJECTIVES = 2;

/** How far the lanes of a cluster can be trusted. */
@Injectable()
export class LaneTrustRepository {
  async ofCluster(
    tx: Transaction,
    clusterId: string,
  ): Promise<{ now: Date; lanes: Map<string, JudgedLane> }> {
    const rows = await select<LaneRow>(
      tx,
      `SELECT l.kind, l.tier, l.deletions_by, l.full_at, l.ids_at, l.changes_at, l.fresh_at, l.brake, l.paused,
              l.resting, l.present_count, t.objective_ms * l.slowness AS objective_ms, UTC_TIMESTAMP(6) AS now
       FROM lane l LEFT JOIN sync_tier t ON t.name = l.tier WHERE l.cluster_id = ?`,
      [clusterId],
    );
    const now = rows[0]?.now ?? new Date();
    return { now, lanes: new Map(rows.map((row) => [row.kind, laneOf(row, now)])) };
  }
}

function laneOf(row: LaneRow, now: Date): JudgedLane {
  const fresh = latest(row.fresh_at, row.changes_at, row.full_at);
  const staleMs = Math.max(STALE_MS, STALE_OBJECTIVES * Number(row.objective_ms ?? 0));
  const old = fresh === null || now.getTime() - fresh.getTime() > staleMs;
  return {
    kind: row.kind,
    tier: row.tier,
    present: Number(row.present_count),
    // A list of revisions is one of everything, after which all that it showed has been read.
    completeSince: row.deletions_by === 'revisions' ? latest(row.full_at, row.changes_at) : row.full_at,
    freshSince: fresh,
    deletionsSince: latest(row.full_at, deletionLook(row)),
    braked: row.brake === 'on',
    stale: old || Number(row.paused) === 1 || Number(row.resting) === 1,
  };
}

function deletionLook(row: LaneRow): Date | null {
  if (row.deletions_by === 'ids') return row.ids_at;
  return row.deletions_by === 'full' ? null : row.changes_at;
}

const latest = (...dates: (Date | null)[]): Date | null =>
  dates.reduce((best, date) => (date && (!best || date > best) ? date : best), null);
