import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneFreshness } from './freshness.rules.js';

interface FreshnessRow {
  cluster_id: string;
  kind: string;
  fresh_at: Date | null;
  age_us: string | null;
  objective_ms: number;
  slowness: number;
  is_read: number;
}

/** How old what lanes have read is. */
@Injectable()
export class FreshnessRepository {
  /** Of the kinds in the clusters; a lane that does not exist yet is left out. */
  async of(
    read: Transaction,
    kinds: readonly string[],
    clusterIds: readonly string[],
  ): Promise<LaneFreshness[]> {
    if (!clusterIds.length || !kinds.length) return [];
    const rows = await read.query<FreshnessRow[]>(
      `SELECT l.cluster_id, l.kind, l.fresh_at, TIMESTAMPDIFF(MICROSECOND, l.fresh_at, UTC_TIMESTAMP(6)) AS age_us,
         t.objective_ms, l.slowness, (l.paused = 0 AND l.resting = 0) AS is_read
       FROM lane l JOIN sync_tier t ON t.name = l.tier WHERE l.cluster_id IN (?) AND l.kind IN (?)`,
      [clusterIds, kinds],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      freshAt: row.fresh_at,
      ageMs: row.age_us === null ? null : Number(row.age_us) / 1000,
      objectiveMs: row.objective_ms * row.slowness,
      read: Number(row.is_read) === 1,
    }));
  }
}
