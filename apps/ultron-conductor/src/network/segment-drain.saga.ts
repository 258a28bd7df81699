import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { retryAfterS } from '@ultron/network/realisation/segment-retry.rules';
import { PLAN_DOMAIN, PLAN_TASK, type SegmentInput } from '@ultron/network/realisation/plan-task';
import type { SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import type { ClusterRouterInterface } from '@ultron/network/router/cluster-router.entity';
import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import {
  done,
  NOTHING,
  saga,
  type AfterUnwind,
  type Persist,
  type StepResult,
} from '@ultron/tasks/saga/saga';
import { classify } from '../openstack/openstack-fault.translate.js';
import { patient, placeOf, specOf, type SegmentStep } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';
import { detachSegment } from './router-legs.js';
import { addressesSeen, type SeenAddress } from './segment-infra.js';
import { closePools } from './segment-pools.js';
import { knownSubnet } from './segment-subnet.js';
import { removeSubnets } from './segment-takedown.js';
import { takeTurn } from './segment-turn.js';
import { removeNetwork } from './vpc-network.js';

/** The most ports that are named when a segment cannot be taken down. */
const MOST_NAMED = 20;

/**
 * Takes a draining segment down in its cluster, once no port is left in it. Nothing is undone: what is down stays down,
 * the segment goes on draining, and is tried again.
 */
export const segmentDrain = saga<PlanDeps, SegmentInput>(PLAN_TASK.drainSegment, PLAN_DOMAIN)
  .step('turn', { do: begin, undo: NOTHING })
  .step('take_down', { do: patient(takeDown), undo: NOTHING })
  .step('network', { do: patient(dropNetwork), undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input }) => succeed(deps, input),
    unwound: async ({ deps, input, fault, cancelled }) => giveUp(deps, input, fault, cancelled),
  });

async function begin(step: SegmentStep): Promise<StepResult<null>> {
  const { deps, input, taskId } = step;
  const spec = await specOf(step);
  if (spec.state !== 'draining' && spec.state !== 'quarantined') throw notDraining(spec);
  const waiting = await takeTurn(deps, placeOf(input), taskId);
  return waiting ?? done(null);
}

async function takeDown(step: SegmentStep): Promise<StepResult<null>> {
  const { deps, signal } = step;
  const spec = await specOf(step);
  const alone = spec.infra.realisation === 'routed' || !(await hasSiblings(deps, spec));
  return alone ? takeSubnetDown(deps, spec, signal) : takePoolsDown(deps, spec, signal);
}

/** Other segments are in the same Neutron subnet. */
async function hasSiblings(deps: PlanDeps, spec: SegmentSpec): Promise<boolean> {
  const all = await deps.realisation.specsIn(deps.database.read, spec);
  return all.some(
    (one) =>
      one.segmentId !== spec.segmentId &&
      one.subnetId === spec.subnetId &&
      (one.openstackSubnetId !== null || one.state === 'creating'),
  );
}

async function takeSubnetDown(
  deps: PlanDeps,
  spec: SegmentSpec,
  signal: AbortSignal,
): Promise<StepResult<null>> {
  const subnetId = await knownSubnet(deps, spec);
  const leg = await deps.clusterRouters.findInterface(deps.database.read, spec.segmentId);
  if (subnetId !== null) {
    const seen = await addressesSeen(deps, spec, subnetId, signal);
    // Neutron deletes its own DHCP and metadata ports with the subnet; the leg of our router goes right before it.
    requireNone(
      spec,
      seen.filter(({ port }) => !GOES_WITH_SUBNET.has(port.device_owner) && !(leg && isOfLeg(leg, port))),
    );
  }
  const detached = await detachSegment(deps, spec.segmentId, signal);
  try {
    const removed = await removeSubnets(deps, spec, signal);
    return done(null, async (tx) => {
      await detached?.(tx);
      await removed(tx);
    });
  } catch (error) {
    throw inUseMeanwhile(error) ?? error;
  }
}

function isOfLeg(leg: ClusterRouterInterface, port: SeenAddress['port']): boolean {
  return port.id === leg.openstackPortId || port.device_owner === DEVICE_OWNERS.centralizedSnat;
}

const GOES_WITH_SUBNET: ReadonlySet<string> = new Set([DEVICE_OWNERS.dhcp, DEVICE_OWNERS.distributed]);

/** A port came between the look and the deletion: the next try names it. */
function inUseMeanwhile(error: unknown): Fault | null {
  if (!(error instanceof OpenStackError) || error.kind !== 'conflict') return null;
  const { code, message, ...rest } = classify(error);
  return new Fault({ ...rest, code, detail: message, retryable: true, retryAfterMs: 1_000, cause: error });
}

/** The pools go first: after that Neutron gives nobody an address of the segment, and what is seen is all there is. */
async function takePoolsDown(
  deps: PlanDeps,
  spec: SegmentSpec,
  signal: AbortSignal,
): Promise<StepResult<null>> {
  const subnetId = await knownSubnet(deps, spec);
  const { subnets } = (await deps.clouds.get(spec.clusterId)).network;
  if (subnetId === null || !(await subnets.find(subnetId))) return done(null);
  const persist = await closePools(deps, spec, subnetId, signal);
  requireNone(spec, await addressesSeen(deps, spec, subnetId, signal));
  return done(null, persist);
}

/** @throws Fault `segment_has_ports` */
function requireNone(spec: SegmentSpec, seen: readonly SeenAddress[]): void {
  if (seen.length === 0) return;
  const named = seen.slice(0, MOST_NAMED).map(({ address, port }) => ({
    address,
    port_id: port.id,
    name: port.name,
    device_owner: port.device_owner,
    project_id: port.project_id,
  }));
  throw new Fault({
    code: 'segment_has_ports',
    category: 'conflict',
    detail: `${spec.clusterName} has ${seen.length} ports with addresses of the segment, for example ${named[0]?.port_id} (${named[0]?.address}). It cannot be taken down before they are gone.`,
    retryable: false,
    whoCanFix: 'operator',
    extra: { ports: named, count: seen.length },
  });
}

/** The network goes with the last thing that is in it. */
async function dropNetwork(step: SegmentStep): Promise<StepResult<null>> {
  const { deps, input, signal } = step;
  const place = placeOf(input);
  const others = (await deps.realisation.specsIn(deps.database.read, place)).filter(
    ({ segmentId, state }) => segmentId !== input.segment_id && state !== 'quarantined',
  );
  const subnets = await deps.realisation.subnetsIn(deps.database.read, place);
  if (others.length > 0 || subnets.length > 0) return done(null);
  const persist = await removeNetwork(deps, place, signal);
  return done(null, persist ?? undefined);
}

function succeed(deps: PlanDeps, input: SegmentInput): Persist {
  return async (tx) => {
    const spec = await deps.realisation.spec(tx, input.segment_id);
    const state = await deps.realisation.lockState(tx, input.vpc_id, input.segment_id);
    if (!spec || state !== 'draining') return;
    await deps.realisation.clearDrained(tx, input.segment_id, spec.subnetDeleting);
    await deps.segments.drainedIn(tx, input.segment_id);
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
    if (spec?.state !== 'draining') return;
    await deps.realisation.setFault(tx, input.segment_id, fault, cancelled ? null : retryAfterS(spec.tries));
  };
  return { kind: 'give_up', persist };
}

function notDraining({ segmentId, state }: SegmentSpec): Fault {
  return new Fault({
    code: 'segment_not_draining',
    category: 'conflict',
    detail: `Segment ${segmentId} is ${state}: it is not to be taken down.`,
    retryable: false,
  });
}
