import { change, rowsOf } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { SyncTierRepository } from '../tier/sync-tier.repository.js';
import type { Tier } from '../tier/tier.types.js';
import { NEVER } from './lane.repository.js';
import type { LaneWish } from './lane.types.js';
import { paceOf } from './schedule.rules.js';

const US_PER_MS = 1000;
/** Many lanes change their tier together, and are not to be due together ever after. */
const WITHIN = 'UTC_TIMESTAMP(6) + INTERVAL ROUND(? * (1 + RAND()) / 2) MICROSECOND';

/** What follows for a lane from another tier. */
export class LaneTierRepository {
  constructor(private readonly tiers = new SyncTierRepository()) {}

  /**
   * Lanes that are about to be of another tier are due when they would be, had they been of it all along; those whose
   * time comes sooner anyway, as when the tier is a lesser one, keep it.
   */
  async hasten(tx: Transaction, wishes: readonly LaneWish[]): Promise<void> {
    if (wishes.length === 0) return;
    const tiers = new Map((await this.tiers.list(tx)).map((tier) => [tier.name, tier]));
    const alike = Map.groupBy(wishes, ({ tier, strategy: { changes, deletions }, slowness }) =>
      [tier, changes, deletions, slowness].join('/'),
    );
    for (const some of alike.values()) {
      const tier = tiers.get(some[0]?.tier ?? '');
      if (tier) await this.hastenTo(tx, tier, some);
    }
  }

  private async hastenTo(tx: Transaction, tier: Tier, wishes: readonly LaneWish[]): Promise<void> {
    const [first] = wishes;
    if (!first) return;
    const pace = paceOf(tier, first.strategy, first.slowness);
    const us = (ms: number | null): number | null => (ms === null ? null : ms * US_PER_MS);
    await change(
      tx,
      `UPDATE lane SET full_due_at = LEAST(full_due_at, ${WITHIN}), changes_due_at = LEAST(changes_due_at, ${WITHIN}),
         ids_due_at = LEAST(ids_due_at, ${WITHIN}),
         next_due_at = IF(pass_started_at IS NULL, LEAST(next_due_at, full_due_at, COALESCE(changes_due_at, ${NEVER}),
           COALESCE(ids_due_at, ${NEVER})), next_due_at)
       WHERE (cluster_id, kind) IN (${rowsOf(wishes.length, '(?, ?)')}) AND tier <> ?`,
      [
        us(pace.full),
        us(pace.changes),
        us(pace.ids),
        ...wishes.flatMap(({ clusterId, kind }) => [clusterId, kind]),
        tier.name,
      ],
    );
  }
}
