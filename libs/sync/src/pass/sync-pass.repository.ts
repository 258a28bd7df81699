import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LaneClaim, PassEnd } from '../lane/lane.types.js';

/** Passes that are remembered of each lane, and shown. */
export const PASSES_KEPT = 20;

/** What the passes of the lanes did; the last few that did anything. */
@Injectable()
export class SyncPassRepository {
  /** Records the pass that the lane is at; to be called before `LaneRepository.finish` in the same transaction. */
  async record(tx: Transaction, claim: LaneClaim, end: PassEnd): Promise<void> {
    const { counts } = end;
    await change(
      tx,
      `INSERT INTO sync_pass (cluster_id, kind, number, mode, conductor_id, epoch, started_at, finished_at, outcome,
         pages, seen_count, written_count, missing_count, gone_count, fault)
       SELECT cluster_id, kind, pass_number, ?, ?, ?, COALESCE(pass_started_at, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6), ?,
         ?, ?, ?, ?, ?, ?
       FROM lane WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ?
       ON DUPLICATE KEY UPDATE finished_at = VALUES(finished_at)`,
      [
        end.mode,
        claim.conductorId,
        claim.epoch,
        end.outcome,
        counts.pages,
        counts.seen,
        counts.written,
        counts.missing,
        counts.gone,
        end.fault === null ? null : JSON.stringify(end.fault),
        claim.clusterId,
        claim.kind,
        claim.conductorId,
        claim.epoch,
      ],
    );
    await this.keepTheLast(tx, claim);
  }

  private async keepTheLast(tx: Transaction, { clusterId, kind }: LaneClaim): Promise<void> {
    const rows = await select<{ number: string }>(
      tx,
      `SELECT number FROM sync_pass WHERE cluster_id = ? AND kind = ? ORDER BY number DESC LIMIT 1 OFFSET ?`,
      [clusterId, kind, PASSES_KEPT],
    );
    if (!rows[0]) return;
    await change(tx, 'DELETE FROM sync_pass WHERE cluster_id = ? AND kind = ? AND number <= ?', [
      clusterId,
      kind,
      rows[0].number,
    ]);
  }
}
