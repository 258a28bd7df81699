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
  now: Date;
}

/** What is known of a lane, for those who compare. */
export interface JudgedLane extends LaneTrust {
  kind: string;
  tier: string;
  /** Things that were seen there. */
  present: number;
}

/** What was seen longer ago is not compared. */
const STALE_MS = 15 * 60_000;

/** How far the lanes of a cluster can be trusted. */
@Injectable()
export class LaneTrustRepository {
  async ofCluster(
    tx: Transaction,
    clusterId: string,
  ): Promise<{ now: Date; lanes: Map<string, JudgedLane> }> {
    const rows = await select<LaneRow>(
      tx,
      `SELECT kind, tier, deletions_by, full_at, ids_at, changes_at, fresh_at, brake, paused, resting, present_count,
              UTC_TIMESTAMP(6) AS now
       FROM lane WHERE cluster_id = ?`,
      [clusterId],
    );
    const now = rows[0]?.now ?? new Date();
    return { now, lanes: new Map(rows.map((row) => [row.kind, laneOf(row, now)])) };
  }
}

function laneOf(row: LaneRow, now: Date): JudgedLane {
  const fresh = latest(row.fresh_at, row.changes_at, row.full_at);
  const old = fresh === null || now.getTime() - fresh.getTime() > STALE_MS;
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
