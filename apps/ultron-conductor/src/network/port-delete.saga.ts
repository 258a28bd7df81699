import { NETWORK_DOMAIN, NETWORK_TASK, type PortDeleteInput } from '@ultron/network/lifecycle/network-task';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { awaitPredecessor } from './neutron-step.js';
import { listMarked } from './port-create.saga.js';
import type { PortNetworkDeps } from './port-network.deps.js';

type Step = StepContext<PortNetworkDeps, PortDeleteInput, object>;

/** Deletes a port. Its address cools once the cluster says that it is gone. What is gone cannot be brought back. */
export const portDelete = saga<PortNetworkDeps, PortDeleteInput>(NETWORK_TASK.deletePort, NETWORK_DOMAIN)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('port', { do: deletePort, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      const port = await deps.ports.find(deps.database.read, input.port_id);
      return async (tx) => {
        if (port) await deps.portAddresses.release(tx, port);
        await deps.floatingIps.leadNowhere(tx, [input.port_id]);
        await deps.ports.move(tx, { id: input.port_id, taskId, to: 'deleted' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        await deps.ports.move(tx, { id: input.port_id, taskId, to: 'error', fault });
      },
    }),
  });

async function deletePort(step: Step): Promise<StepResult<null>> {
  const { deps, input, signal } = step;
  const { ports } = (await deps.clouds.get(input.cluster_id)).network;
  const row = await deps.ports.find(deps.database.read, input.port_id);
  if (row?.openstackId != null) await ports.delete(row.openstackId, callOptions(signal));
  // What was made without being recorded bears the mark.
  for (const { id } of await listMarked(step)) await ports.delete(id, callOptions(signal));
  return done(null);
}
