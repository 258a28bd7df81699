import type { SupplementOutcome } from '@ultron/network/address-plan/supplement/supplement.outcome';
import type { BelowFloor } from '@ultron/network/address-plan/supplement/supplement.rules';
import type { Places } from './plan.reader.js';
import { dealtView } from './subnet.presenter.js';
import type { BelowLowWaterBody, SupplementOutcomeBody } from './supplement.dto.js';

export function outcomeView(outcome: SupplementOutcome, places: Places): SupplementOutcomeBody {
  return {
    kind: outcome.kind,
    dealt: outcome.dealt.map((one) => dealtView(one, places)),
    draining: outcome.draining.length,
    short: outcome.short,
    below_low_water: outcome.belowFloor.map((one) => belowView(one, places)),
    free_elsewhere: outcome.freeElsewhere.map(({ clusterId, free }) => ({
      cluster: places.cluster(clusterId),
      free,
    })),
  };
}

export function belowView({ clusterId, floor, room, why }: BelowFloor, places: Places): BelowLowWaterBody {
  return { cluster: places.cluster(clusterId), low_water: floor, free: room, why };
}
