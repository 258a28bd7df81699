import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { COMING } from './segment.state.js';

@Injectable()
export class SegmentLockRepository {
  /**
   * Locks all segments of these VPCs that hand out addresses, or will: what is counted in them stays as it is until the
   * transaction ends. It comes after the locks of VPCs and before those of capacity.
   */
  async lockHandingOut(tx: Transaction, vpcIds: readonly string[]): Promise<void> {
    if (vpcIds.length === 0) return;
    // The index is forced because a scan of the table would lock the segments of others too.
    await select(
      tx,
      `SELECT id FROM segment FORCE INDEX (segment_cluster)
        WHERE vpc_id IN (?) AND cluster_id IS NOT NULL AND state IN (?) FOR UPDATE`,
      [vpcIds.toSorted(), ['active', ...COMING]],
    );
  }
}
