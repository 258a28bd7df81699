import type { ServerNicLapseRepository } from '@ultron/compute/server-nic/server-nic-lapse.repository';
import { Fault } from '@ultron/kernel/fault';
import type { AddressService } from '@ultron/network/address-plan/address/address.service';
import { freeSlots } from '@ultron/network/address-plan/plan.facts';
import { subnetsPerVpc } from '@ultron/network/address-plan/pool/pool.rules';
import type { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import type { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import type { SupplementService } from '@ultron/network/address-plan/supplement/supplement.service';
import type { PlanDue } from '@ultron/network/address-plan/upkeep/plan-due.rules';
import type { Kept, PlanUpkeep } from '@ultron/network/address-plan/upkeep/plan-upkeep';
import type { VpcPlan, VpcPlanRepository } from '@ultron/network/address-plan/vpc/vpc-plan.repository';
import { PLAN_TASK, type PlanChangeKind } from '@ultron/network/realisation/plan-task';
import type {
  IdleSegment,
  PlanPlace,
  PlanUpkeepRepository,
} from '@ultron/network/realisation/plan-upkeep.repository';
import type { RealisationRepository } from '@ultron/network/realisation/realisation.repository';
import type { PlanWork, SegmentTasks } from '@ultron/network/realisation/segment-tasks';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskService } from '@ultron/tasks/task/task.service';
import type { PlanJob } from './plan-keeper.js';

export interface PlanJobDeps {
  database: Database;
  tasks: Pick<TaskService, 'ring'>;
  upkeep: PlanUpkeep;
  upkeepRows: PlanUpkeepRepository;
  serverNics: ServerNicLapseRepository;
  realisation: RealisationRepository;
  segmentChanges: SegmentTasks;
  segments: SegmentService;
  addresses: AddressService;
  supplements: SupplementService;
  statuses: ClusterStatusRepository;
  plans: VpcPlanRepository;
}

const MANY = 100;
/** VPCs that are looked at at once: some thousand are gone through in a few seconds. */
const VPCS_AT_ONCE = 400;
/** Reservations are prolonged this long before they would lapse. */
const RENEW_AHEAD_S = 600;
const MOST_RENEWED = 1_000;

/** All that is done for the plan without anybody asking for it. */
export function planJobs(deps: PlanJobDeps): PlanJob[] {
  const due = new DueWork(deps);
  const job = (name: string, everyMs: number, run: PlanJob['run']): PlanJob => ({ name, everyMs, run });
  return [
    job('due', 1_000, (signal) => due.some(signal)),
    job('waiting', 2_000, (signal) => serveWaiting(deps, signal)),
    job('retry', 1_000, () => retrySegments(deps)),
    job('forgotten', 10_000, () => resumeForgotten(deps)),
    job('emptied', 5_000, () => removeEmptied(deps)),
    job('quarantine', 5_000, async () => void (await deps.segments.endQuarantines())),
    job('renew', 30_000, () => renew(deps)),
    job('expire', 5_000, async () => void (await deps.addresses.expire())),
    job('reclaim', 60_000, (signal) => reclaim(deps, signal)),
  ];
}

/**
 * Clusters that run low get more before they have to refuse anyone; those that are new in an IDC get their part, and
 * those that left it give theirs back.
 */
class DueWork {
  private after: string | null = null;

  constructor(private readonly deps: PlanJobDeps) {}

  async some(signal: AbortSignal): Promise<void> {
    const { due, next } = await this.deps.upkeep.next(this.after, VPCS_AT_ONCE);
    this.after = next;
    for (const one of due) {
      if (signal.aborted) return;
      await deal(this.deps, one.vpcId, KIND_OF[one.kind], (tx) => this.deps.upkeep.doIn(tx, one));
    }
  }
}

const KIND_OF: Record<PlanDue['kind'], PlanChangeKind> = {
  low_water: PLAN_TASK.supplement,
  newcomer: PLAN_TASK.addCluster,
  leaver: PLAN_TASK.retireCluster,
};

async function serveWaiting(deps: PlanJobDeps, signal: AbortSignal): Promise<void> {
  for (const { vpcId, idcId } of await deps.supplements.waiting(MANY)) {
    if (signal.aborted) return;
    await deal(deps, vpcId, PLAN_TASK.supplement, (tx) => deps.upkeep.serveWaitingIn(tx, vpcId, idcId));
  }
}

async function retrySegments(deps: PlanJobDeps): Promise<void> {
  await workOn(deps, await deps.upkeepRows.dueRetries(deps.database.read, MANY));
}

async function resumeForgotten(deps: PlanJobDeps): Promise<void> {
  await workOn(deps, await deps.upkeepRows.forgotten(deps.database.read, MANY));
}

async function workOn(deps: PlanJobDeps, idle: readonly IdleSegment[]): Promise<void> {
  for (const segment of idle) {
    const { segmentId, vpcId, subnetId, projectId, state } = segment;
    await tell(deps, async (tx) => {
      if (!(await deps.upkeepRows.claim(tx, segment))) return null;
      return deps.segmentChanges.change(tx, {
        kind: PLAN_TASK.retrySegment,
        vpcId,
        resource: { kind: 'subnet', id: subnetId },
        ...(state === 'draining' ? { drain: [segmentId] } : { build: [{ segmentId }] }),
        origin: originOf(projectId),
      });
    });
  }
}

/** Subnets whose deletion was stopped by a segment that could be taken down later. */
async function removeEmptied(deps: PlanJobDeps): Promise<void> {
  for (const { subnetId, vpcId } of await deps.upkeepRows.emptied(deps.database.read, MANY)) {
    await deps.database.transaction(async (tx) => {
      await deps.realisation.lockVpc(tx, vpcId);
      if ((await deps.realisation.notTakenDown(tx, subnetId)).length > 0) return;
      await deps.realisation.removeSubnet(tx, subnetId);
    });
  }
}

async function renew(deps: PlanJobDeps): Promise<void> {
  const { read } = deps.database;
  const ids = [
    ...(await deps.upkeepRows.lapsing(read, RENEW_AHEAD_S, MOST_RENEWED)),
    ...(await deps.serverNics.lapsing(read, RENEW_AHEAD_S, MOST_RENEWED)),
  ];
  if (ids.length > 0) await deps.addresses.renew(ids);
}

async function reclaim(deps: PlanJobDeps, signal: AbortSignal): Promise<void> {
  let last: PlanPlace | null = null;
  for (;;) {
    const places: PlanPlace[] = await deps.upkeepRows.places(deps.database.read, last, MANY);
    for (const place of places) {
      if (signal.aborted) return;
      await reclaimPlace(deps, place);
    }
    last = places.at(-1) ?? null;
    if (places.length < MANY) return;
  }
}

/** Only where the next supplement would find nothing: elsewhere, what nobody needs may stay where it is. */
async function reclaimPlace(deps: PlanJobDeps, { vpcId, idcId }: PlanPlace): Promise<void> {
  const plan = await deps.plans.get(deps.database.read, vpcId);
  if (plan.deleting || hasSomeLeft(plan, idcId)) return;
  await deal(deps, vpcId, PLAN_TASK.reclaim, async (tx) => {
    const demands = await deps.statuses.demands(tx, idcId);
    return deps.supplements.reclaimIn(tx, vpcId, idcId, demands);
  });
}

function hasSomeLeft(plan: VpcPlan, idcId: string): boolean {
  const own = plan.subnets.filter((subnet) => subnet.idcId === idcId && !subnet.deleting);
  if (own.some(({ segments }) => segments.some(({ state }) => state === 'spare'))) return true;
  const { free, keptFor } = freeSlots(plan, subnetsPerVpc(plan.policy));
  return free.length > keptFor.length;
}

/** Deals something out and tells the clusters of it, in one transaction. */
async function deal(
  deps: PlanJobDeps,
  vpcId: string,
  kind: PlanChangeKind,
  work: (tx: Transaction) => Promise<Pick<Kept, 'dealt' | 'draining'>>,
): Promise<void> {
  try {
    await tell(deps, async (tx) => {
      const { dealt, draining } = await work(tx);
      return deps.segmentChanges.change(tx, {
        kind,
        vpcId,
        resource: { kind: 'vpc', id: vpcId },
        build: dealt,
        drain: draining,
        origin: originOf(await deps.upkeepRows.projectOf(tx, vpcId)),
      });
    });
  } catch (error) {
    // The VPC was deleted, or the cluster taken out of use, since it was looked at.
    if (!(error instanceof Fault) || !['not_found', 'conflict'].includes(error.category)) throw error;
  }
}

async function tell(deps: PlanJobDeps, work: (tx: Transaction) => Promise<PlanWork | null>): Promise<void> {
  const written = await deps.database.transaction(work);
  if (written) deps.tasks.ring(written.ring);
}

function originOf(projectId: string | null) {
  const { traceId, traceparent } = currentContext() ?? newContext();
  return { projectId, traceId, traceparent };
}
