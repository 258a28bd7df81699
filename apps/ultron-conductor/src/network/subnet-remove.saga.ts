import { Fault } from '@ultron/kernel/fault';
import { PLAN_DOMAIN, PLAN_TASK, type SubnetRemoveInput } from '@ultron/network/realisation/plan-task';
import { done, NOTHING, saga, waitFor, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import type { PlanDeps } from './plan.deps.js';

const MOST_WAIT_MS = 10 * 60_000;

type Step = StepContext<PlanDeps, SubnetRemoveInput, object>;

/** Removes a subnet from the plan once no cluster has anything of it. */
export const subnetRemove = saga<PlanDeps, SubnetRemoveInput>(PLAN_TASK.removeSubnet, PLAN_DOMAIN)
  .step('taken_down', { do: awaitTakenDown, undo: NOTHING })
  .ends({
    succeeded:
      async ({ deps, input }) =>
      async (tx) => {
        await deps.realisation.lockVpc(tx, input.vpc_id);
        await deps.realisation.removeSubnet(tx, input.subnet_id);
      },
  });

async function awaitTakenDown({ deps, input }: Step): Promise<StepResult<null>> {
  const left = await deps.realisation.notTakenDown(deps.database.read, input.subnet_id);
  const busy = left.find(({ taskId, taskEnded }) => taskId !== null && !taskEnded);
  if (busy?.taskId) {
    const what = `segment ${busy.segmentId} to be taken down`;
    return waitFor({ on: 'task', taskId: busy.taskId, timeoutMs: MOST_WAIT_MS, what });
  }
  if (left.length === 0) return done(null);
  throw new Fault({
    code: 'subnet_not_taken_down',
    category: 'conflict',
    detail: `${left.length} segments of the subnet could not be taken down in their clusters; they are tried again, and the subnet goes when they have gone.`,
    retryable: false,
    whoCanFix: 'operator',
    extra: { segments: left.map(({ segmentId, clusterId, fault }) => ({ segmentId, clusterId, fault })) },
  });
}
