import type { Transaction } from '@ultron/platform/database/transaction';
import type { TrailAction } from '@ultron/platform/trail/operator-event.types';
import { recordEvent } from '@ultron/platform/trail/trail';
import { shownLimits } from '../policy/brake.rules.js';
import type { ReconcileRound } from './reconcile-round.entity.js';

/** Who stopped repairs or let them go on, or changed how much is too much: the row itself forgets it. */
export async function recordBrake(
  tx: Transaction,
  action: TrailAction,
  before: ReconcileRound,
  after: ReconcileRound,
  reason: string | null = null,
): Promise<void> {
  await recordEvent(tx, {
    subject: { kind: 'reconcile_round', id: before.clusterId },
    action,
    before: brakeOf(before),
    after: brakeOf(after),
    reason,
  });
}

const brakeOf = (round: ReconcileRound) => ({
  braked_at: round.brakedAt,
  brake_reason: round.brakeReason,
  ...shownLimits(round),
});
