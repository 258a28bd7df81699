import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type FloatingIpDeleteInput,
} from '@ultron/network/lifecycle/network-task';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { listMarked } from './floating-ip-create.saga.js';
import { awaitPredecessor } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';

type Step = StepContext<PortNetworkDeps, FloatingIpDeleteInput, object>;

/** Releases a floating IP. The cluster may give its address to others at once, so nothing is undone. */
export const floatingIpDelete = saga<PortNetworkDeps, FloatingIpDeleteInput>(
  NETWORK_TASK.deleteFloatingIp,
  NETWORK_DOMAIN,
)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('floating_ip', { do: release, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.floatingIps.move(tx, { id: input.floating_ip_id, taskId, to: 'deleted' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        await deps.floatingIps.move(tx, { id: input.floating_ip_id, taskId, to: 'error', fault });
      },
    }),
  });

async function release(step: Step): Promise<StepResult<null>> {
  const { deps, input, signal } = step;
  const { floatingIps } = (await deps.clouds.get(input.cluster_id)).network;
  const row = await deps.floatingIps.find(deps.database.read, input.floating_ip_id);
  if (row?.openstackId != null) await floatingIps.delete(row.openstackId, callOptions(signal));
  // What was made without being recorded bears the mark.
  for (const { id } of await listMarked(step)) await floatingIps.delete(id, callOptions(signal));
  return done(null);
}
