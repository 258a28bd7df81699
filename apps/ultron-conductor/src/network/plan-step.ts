import { Fault } from '@ultron/kernel/fault';
import type { SegmentInput } from '@ultron/network/realisation/plan-task';
import type { ClusterPlace, SegmentSpec } from '@ultron/network/realisation/realisation.repository';
import { waitFor, type StepContext, type StepResult, type Waiting } from '@ultron/tasks/saga/saga';
import { classify } from '../openstack/openstack-fault.translate.js';
import type { PlanDeps } from './plan.deps.js';

export type SegmentStep<Outputs = object> = StepContext<PlanDeps, SegmentInput, Outputs>;

/** A request that was sent may still be on its way when its sender is long dead: it gets this long to show. */
const SETTLE_MS = 2_000;

/**
 * How often a step asks a cluster that does not answer. Then the segment shows its fault, and is tried again by a new
 * task: a subnet is not to look as if it were being built while one of its clusters is away.
 */
const MOST_TRIES = 6;

export const settle = (what: string): Waiting =>
  waitFor({ on: 'time', afterMs: SETTLE_MS, what: `${what}, which may have been asked for, to show` });

export const placeOf = (input: { vpc_id: string; cluster_id: string }): ClusterPlace => ({
  vpcId: input.vpc_id,
  clusterId: input.cluster_id,
});

/** @throws Fault `segment_gone` */
export async function specOf({ deps, input }: Pick<SegmentStep, 'deps' | 'input'>): Promise<SegmentSpec> {
  const spec = await deps.realisation.spec(deps.database.read, input.segment_id);
  if (spec && spec.clusterId === input.cluster_id) return spec;
  throw new Fault({
    code: 'segment_gone',
    category: 'conflict',
    detail: `The cluster has no segment ${input.segment_id} any more.`,
    retryable: false,
  });
}

/** Gives up after a while, where the engine would go on for long. */
export function patient<Context, Output>(
  step: (context: Context) => Promise<StepResult<Output>>,
): (context: Context & { tries: number }) => Promise<StepResult<Output>> {
  return async (context) => {
    try {
      return await step(context);
    } catch (error) {
      const fault = classify(error);
      if (!fault.retryable || context.tries < MOST_TRIES) throw error;
      throw asFinal(fault);
    }
  };
}

/**
 * Undoes what can be undone now. A cluster that does not answer keeps what it has: it bears its mark, and the next try,
 * or the end of the segment, finds it.
 */
export async function whenAnswered(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (classify(error).retryable) return false;
    throw error;
  }
}

function asFinal(fault: Fault): Fault {
  const { code, category, whoCanFix, extra, fields } = fault;
  return new Fault({
    code,
    category,
    detail: fault.message,
    retryable: false,
    whoCanFix,
    extra,
    fields,
    cause: fault,
  });
}
