import type { FaultRecord } from '@ultron/kernel/fault';
import { Fault } from '@ultron/kernel/fault';
import { retryAfterS } from '@ultron/network/realisation/segment-retry.rules';
import { PLAN_DOMAIN, PLAN_TASK, type SegmentInput } from '@ultron/network/realisation/plan-task';
import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import {
  done,
  NOTHING,
  saga,
  type AfterUnwind,
  type Persist,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import { awaitDhcp, takeOutInfra } from './segment-infra.js';
import { closePools, openPools } from './segment-pools.js';
import { ensureSubnet, type MadeSubnet } from './segment-subnet.js';
import { removeSubnets } from './segment-takedown.js';
import { afterThoseInTheWay, takeTurn } from './segment-turn.js';
import { patient, placeOf, settle, specOf, whenAnswered, type SegmentStep } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';
import { ensureNetwork, removeNetwork, type MadeNetwork } from './vpc-network.js';

interface Built {
  network: MadeNetwork;
  subnet: MadeSubnet;
}

type Undoing<Outputs, Output> = UndoContext<PlanDeps, SegmentInput, Outputs, Output>;

/**
 * Builds a segment in its cluster: the network of the VPC, then its own subnet (routed) or its pools in the subnet that
 * the cluster has (stretched). Each step looks for what an earlier try may have made.
 */
export const segmentBuild = saga<PlanDeps, SegmentInput>(PLAN_TASK.buildSegment, PLAN_DOMAIN)
  .step('turn', { do: begin, undo: NOTHING })
  .step('network', { do: patient(ensureNetwork), undo: undoNetwork })
  .step('subnet', { do: patient(ensureSubnet), undo: undoSubnet })
  .step('pools', { do: patient(open), undo: undoPools })
  .ends({
    succeeded: async ({ deps, input, outputs }) => succeed(deps, input, outputs.subnet.openstack_id),
    unwound: async ({ deps, input, fault, cancelled }) => giveUp(deps, input, fault, cancelled),
  });

async function begin(step: SegmentStep): Promise<StepResult<null>> {
  const { deps, input, taskId } = step;
  const spec = await specOf(step);
  requireWanted(spec);
  const inTheWay = await afterThoseInTheWay(deps, spec);
  if (inTheWay.kind === 'wait') return inTheWay;
  const waiting = await takeTurn(deps, placeOf(input), taskId);
  if (waiting) return waiting;
  return done(null, async (tx) => {
    const state = await deps.realisation.lockState(tx, input.vpc_id, input.segment_id);
    if (state === 'reserved' || state === 'error')
      await deps.segments.moveIn(tx, input.segment_id, 'creating');
  });
}

/** @throws Fault `segment_not_wanted` */
function requireWanted({ state, segmentId }: SegmentSpec): void {
  if (state === 'reserved' || state === 'creating' || state === 'error' || state === 'active') return;
  throw new Fault({
    code: 'segment_not_wanted',
    category: 'conflict',
    detail: `Segment ${segmentId} is ${state}: it is not to be built any more.`,
    retryable: false,
  });
}

async function open(step: SegmentStep<Built>): Promise<StepResult<null>> {
  const { deps, signal } = step;
  const spec = await specOf(step);
  const subnetId = step.outputs.subnet.openstack_id;
  const waiting = await awaitDhcp(step, spec, subnetId);
  if (waiting) return waiting;
  const recordPools = await openPools(deps, spec, subnetId, signal);
  const takeOut = await takeOutInfra(deps, spec, subnetId, signal);
  return done(null, async (tx) => {
    await recordPools(tx);
    await takeOut(tx);
  });
}

async function undoNetwork(step: Undoing<object, MadeNetwork>): Promise<StepResult<void>> {
  const { deps, input, output, signal } = step;
  if (output?.made === false) return done(undefined);
  if (!output && step.inDoubt) return settle('a network');
  let persist: Persist | null = null;
  await whenAnswered(async () => {
    if (await isUsed(deps, input)) return;
    persist = await removeNetwork(deps, placeOf(input), signal);
  });
  return done(undefined, persist ?? undefined);
}

/** Other segments of the VPC are in the network. */
async function isUsed(deps: PlanDeps, input: SegmentInput): Promise<boolean> {
  return (await deps.realisation.subnetsIn(deps.database.read, placeOf(input))).length > 0;
}

async function undoSubnet(step: Undoing<{ network: MadeNetwork }, MadeSubnet>): Promise<StepResult<void>> {
  const { deps, output, signal } = step;
  if (output?.made === false) return done(undefined);
  if (!output && step.inDoubt) return settle('a subnet');
  const spec = await specOf(step);
  let persist: Persist | null = null;
  await whenAnswered(async () => {
    persist = await removeSubnets(deps, spec, signal);
  });
  return done(undefined, persist ?? undefined);
}

/** What was open before this task stays open, and what goes with its subnet needs no closing. */
async function undoPools(step: Undoing<Built, null>): Promise<StepResult<void>> {
  const { deps, outputs, signal } = step;
  const spec = await specOf(step);
  if (outputs.subnet.made || spec.openstackSubnetId !== null) return done(undefined);
  let persist: Persist | undefined;
  await whenAnswered(async () => {
    persist = await closePools(deps, spec, outputs.subnet.openstack_id, signal);
  });
  return done(undefined, persist);
}

function succeed(deps: PlanDeps, input: SegmentInput, openstackSubnetId: string): Persist {
  return async (tx) => {
    const state = await deps.realisation.lockState(tx, input.vpc_id, input.segment_id);
    await deps.realisation.setBuilt(tx, input.segment_id, openstackSubnetId);
    // It may be drained already, because its subnet is deleted or its cluster retired.
    if (state !== 'creating') return;
    await deps.segments.moveIn(tx, input.segment_id, 'active');
    const { traceId, traceparent } = currentContext() ?? newContext();
    await deps.routerTasks.segmentBuilt(tx, input.segment_id, { traceId, traceparent });
  };
}

function giveUp(
  deps: PlanDeps,
  input: SegmentInput,
  fault: FaultRecord,
  cancelled: boolean,
): AfterUnwind<SegmentInput> {
  const persist: Persist = async (tx) => {
    const spec = await deps.realisation.spec(tx, input.segment_id);
    const state = await deps.realisation.lockState(tx, input.vpc_id, input.segment_id);
    if (!spec || state === null) return;
    if (state === 'creating') await deps.segments.moveIn(tx, input.segment_id, 'error');
    const retry = cancelled || state !== 'creating' ? null : retryAfterS(spec.tries);
    await deps.realisation.setFault(tx, input.segment_id, fault, retry);
  };
  return { kind: 'give_up', persist };
}
