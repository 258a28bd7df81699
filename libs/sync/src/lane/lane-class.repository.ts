import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { LANES, STATE } from './lane-view.repository.js';
import type { LaneState } from './lane-view.types.js';

/** All lanes of a kind and tier that are in the same state; there are few such classes, however many lanes. */
export interface LaneClass {
  kind: string;
  tier: string;
  state: LaneState;
  lanes: number;
  /** Of the one that is furthest behind; 0 when none was ever read. */
  lagSeconds: number;
  /** How far they may be behind, by their tier and kind. */
  objectiveSeconds: number;
}

@Injectable()
export class LaneClassRepository {
  async list(tx: Transaction): Promise<LaneClass[]> {
    const rows = await select<{
      kind: string;
      tier: string;
      state: LaneState;
      lanes: string;
      lag: string | null;
      objective: string;
    }>(
      tx,
      `SELECT l.kind, l.tier, ${STATE} AS state, COUNT(*) AS lanes,
         MAX(TIMESTAMPDIFF(MICROSECOND, l.fresh_at, UTC_TIMESTAMP(6))) / 1000000 AS lag,
         MAX(t.objective_ms * l.slowness) / 1000 AS objective
       FROM ${LANES} GROUP BY l.kind, l.tier, state`,
    );
    return rows.map((row) => ({
      kind: row.kind,
      tier: row.tier,
      state: row.state,
      lanes: Number(row.lanes),
      lagSeconds: Number(row.lag ?? 0),
      objectiveSeconds: Number(row.objective),
    }));
  }
}
