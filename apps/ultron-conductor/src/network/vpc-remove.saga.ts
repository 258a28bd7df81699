import { Fault } from '@ultron/kernel/fault';
import {
  PLAN_DOMAIN,
  PLAN_TASK,
  type NetworkRemoveInput,
  type VpcRemoveInput,
} from '@ultron/network/realisation/plan-task';
import { done, NOTHING, saga, waitFor, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { patient, placeOf } from './plan-step.js';
import type { PlanDeps } from './plan.deps.js';
import { takeTurn } from './segment-turn.js';
import { removeNetwork } from './vpc-network.js';

const LOOK_MS = 1_000;
/** So many looks while the networks are being deleted; what is left then is left by a failure. */
const MOST_LOOKS = 60;

type NetworkStep = StepContext<PlanDeps, NetworkRemoveInput, object>;
type VpcStep = StepContext<PlanDeps, VpcRemoveInput, object>;

/** Deletes the Neutron network that a cluster has of a VPC without subnets. Nothing is undone: what is gone stays gone. */
export const vpcNetworkRemove = saga<PlanDeps, NetworkRemoveInput>(PLAN_TASK.removeNetwork, PLAN_DOMAIN)
  .step('turn', { do: begin, undo: NOTHING })
  .step('network', { do: patient(remove), undo: NOTHING })
  .ends({
    succeeded:
      async ({ deps, input }) =>
      (tx) =>
        deps.realisation.forgetNetwork(tx, placeOf(input)),
  });

async function begin({ deps, input, taskId }: NetworkStep): Promise<StepResult<null>> {
  return (await takeTurn(deps, placeOf(input), taskId)) ?? done(null);
}

async function remove({ deps, input, signal }: NetworkStep): Promise<StepResult<null>> {
  const persist = await removeNetwork(deps, placeOf(input), signal);
  if (persist) return done(null, persist);
  throw new Fault({
    code: 'vpc_network_in_use',
    category: 'conflict',
    detail:
      'Ports that Ultron does not know are in the network of the VPC. Delete them, and then the VPC again.',
    retryable: false,
    whoCanFix: 'operator',
    extra: { cluster_id: input.cluster_id },
  });
}

/** Removes a VPC from its pool once no cluster has anything of it. */
export const vpcRemove = saga<PlanDeps, VpcRemoveInput>(PLAN_TASK.removeVpc, PLAN_DOMAIN)
  .step('networks_gone', { do: awaitGone, undo: NOTHING })
  .ends({
    succeeded:
      async ({ deps, input }) =>
      (tx) =>
        deps.realisation.removeVpc(tx, input.vpc_id),
    unwound: async ({ deps, input }) => ({
      kind: 'give_up',
      persist: (tx) => deps.realisation.keepVpc(tx, input.vpc_id),
    }),
  });

async function awaitGone({ deps, input, tries }: VpcStep): Promise<StepResult<null>> {
  const left = await deps.realisation.networksLeft(deps.database.read, input.vpc_id);
  if (left.length === 0) return done(null);
  if (tries < MOST_LOOKS)
    return waitFor({ on: 'time', afterMs: LOOK_MS, what: 'the networks of the VPC to be gone' });
  throw new Fault({
    code: 'vpc_not_taken_down',
    category: 'conflict',
    detail: `${left.length} clusters still have a network of the VPC.`,
    retryable: false,
    whoCanFix: 'operator',
    extra: { cluster_ids: left },
  });
}
