import { overlaps, parseBlock } from '@ultron/network/address-plan/block/block';
import type { ClusterPlace, SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import { done, waitFor, type StepResult, type Waiting } from '@ultron/tasks/saga/saga';
import { ownerOf } from './plan-marks.rules.js';
import type { PlanDeps } from './plan.deps.js';

const LOOK_MS = 2_000;
const HOLDER_MS = 60_000;

/**
 * One task at a time changes the networks and subnets that a cluster has of a VPC: they depend on each other, and Neutron
 * would show a half of it to the others. The turn belongs to the task, not to a claim of it, and ends with the task.
 */
export async function takeTurn(
  deps: Pick<PlanDeps, 'database' | 'realisation'>,
  place: ClusterPlace,
  taskId: string,
): Promise<Waiting | null> {
  const holder = await deps.database.transaction((tx) => deps.realisation.takeTurn(tx, place, taskId));
  if (holder === taskId) return null;
  const what = 'another change of the same VPC in this cluster';
  return waitFor({ on: 'task', taskId: holder, timeoutMs: HOLDER_MS, what });
}

/** A half of a segment is built once the whole of it is taken down; until then it would be in the way. */
export async function afterThoseInTheWay(
  deps: Pick<PlanDeps, 'database' | 'realisation'>,
  spec: SegmentSpec,
): Promise<StepResult<null>> {
  if (spec.infra.realisation === 'stretched') return done(null);
  const subnets = await deps.realisation.subnetsIn(deps.database.read, spec);
  const other = subnets.find(
    ({ ownerId, cidr }) => ownerId !== ownerOf(spec) && overlaps(parseBlock(cidr, '/cidr'), spec.block),
  );
  if (!other) return done(null);
  const what = `the subnet ${other.cidr}, of which this is a part, to be taken down`;
  return waitFor({ on: 'time', afterMs: LOOK_MS, what });
}
