import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import { RealisationRepository } from '@ultron/network/realisation/realisation.repository';
import { SegmentTaskRepository } from '@ultron/network/realisation/segment-task.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { PlanDeps } from './plan.deps.js';

/** The part of a conductor's dependencies that is about the rows of the plan. */
export function planRows(
  database: Database,
): Pick<PlanDeps, 'segments' | 'withdrawals' | 'realisation' | 'segmentTasks'> {
  const { segments, withdrawal: withdrawals } = new AddressPlanFixture(database);
  return {
    segments,
    withdrawals,
    realisation: new RealisationRepository(),
    segmentTasks: new SegmentTaskRepository(),
  };
}
