import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type ClusterQosPolicyInput,
} from '@ultron/network/lifecycle/network-task';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { awaitPredecessor } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { endPart, listMarked } from './qos-policy-realise.saga.js';

type Step = StepContext<PortNetworkDeps, ClusterQosPolicyInput, object>;

/** Deletes the policy of a cluster. What is gone cannot be brought back. */
export const qosPolicyRemove = saga<PortNetworkDeps, ClusterQosPolicyInput>(
  NETWORK_TASK.removeQosPolicy,
  NETWORK_DOMAIN,
)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('policy', { do: removePolicy, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return (tx) => endPart(deps, tx, input, { taskId, status: 'deleted' });
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: (tx) => endPart(deps, tx, input, { taskId, status: 'error', fault }),
    }),
  });

async function removePolicy(step: Step): Promise<StepResult<null>> {
  const { deps, input, signal } = step;
  const { qos_policy_id: policyId, cluster_id: clusterId } = input;
  const { qosPolicies } = (await deps.clouds.get(clusterId)).network;
  const part = await deps.qosPolicies.findPart(deps.database.read, policyId, clusterId);
  const known = part?.openstackId ?? null;
  if (known !== null) await qosPolicies.delete(known, callOptions(signal));
  for (const { id } of await listMarked(step)) await qosPolicies.delete(id, callOptions(signal));
  return done(null, (tx) => deps.qosPolicies.setPartOpenstackId(tx, policyId, clusterId, null));
}
