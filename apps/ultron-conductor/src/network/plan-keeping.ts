import type { ModuleRef } from '@nestjs/core';
import type { Type } from '@nestjs/common';
import { ServerNicLapseRepository } from '@ultron/compute/server-nic/server-nic-lapse.repository';
import { AddressService } from '@ultron/network/address-plan/address/address.service';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { SupplementService } from '@ultron/network/address-plan/supplement/supplement.service';
import { PlanUpkeep } from '@ultron/network/address-plan/upkeep/plan-upkeep';
import { VpcPlanRepository } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import { PlanUpkeepRepository } from '@ultron/network/realisation/plan-upkeep.repository';
import { SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import type { LockService } from '@ultron/platform/lock/lock.service';
import type { Log } from '@ultron/platform/logging/logger';
import { PlanReader } from '@ultron/reconcile/plan/plan.reader';
import { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import type { ConductorDeps } from '../conductor.deps.js';
import { PlanDrift } from './plan-drift.js';
import { planJobs } from './plan-jobs.js';
import { PlanKeeper } from './plan-keeper.js';

const DRIFT_MS = 60_000;

/** The keeper of the plan, with all its jobs. */
export function planKeeping(
  modules: ModuleRef,
  parts: ConductorDeps,
  { conductorGroup, locks, log }: { conductorGroup: string; locks: LockService; log: Log },
): PlanKeeper {
  const get = <T>(type: Type<T>): T => modules.get(type, { strict: false });
  const jobs = planJobs({
    ...parts,
    upkeep: get(PlanUpkeep),
    upkeepRows: get(PlanUpkeepRepository),
    serverNics: new ServerNicLapseRepository(),
    segmentChanges: get(SegmentTasks),
    addresses: get(AddressService),
    supplements: get(SupplementService),
    statuses: get(ClusterStatusRepository),
    plans: get(VpcPlanRepository),
  });
  const drift = new PlanDrift({
    ...parts,
    drift: get(PlanDriftRepository),
    plans: new PlanReader(),
    policy: get(ClusterPolicy),
    log,
  });
  const look = {
    name: `drift.${conductorGroup}`,
    everyMs: DRIFT_MS,
    run: (signal: AbortSignal) => drift.lookAtAll(conductorGroup, signal),
  };
  return new PlanKeeper({ locks, log }, [...jobs, look]);
}
