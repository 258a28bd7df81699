import {
  NETWORK_DOMAIN,
  NETWORK_TASK,
  type ClusterRouterInput,
} from '@ultron/network/lifecycle/network-task';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { callOptions } from '../openstack/call-options.js';
import { awaitPredecessor } from './neutron-step.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import { removeLeg, seenLegs } from './router-legs.js';
import { endPart, listMarked } from './router-realise.saga.js';

type Step = StepContext<PortNetworkDeps, ClusterRouterInput, object>;

/** Deletes the router of a cluster, with its legs. What is gone cannot be brought back. */
export const routerRemove = saga<PortNetworkDeps, ClusterRouterInput>(
  NETWORK_TASK.removeRouter,
  NETWORK_DOMAIN,
)
  .step('predecessor', { do: ({ deps, input }) => awaitPredecessor(deps, input.predecessor), undo: NOTHING })
  .step('router', { do: removeRouter, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return (tx) => endPart(deps, tx, input, { taskId, status: 'deleted' });
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: (tx) => endPart(deps, tx, input, { taskId, status: 'error', fault }),
    }),
  });

async function removeRouter(step: Step): Promise<StepResult<null>> {
  const { deps, input, signal } = step;
  const { router_id: routerId, cluster_id: clusterId } = input;
  const { routers } = (await deps.clouds.get(clusterId)).network;
  const part = await deps.clusterRouters.find(deps.database.read, routerId, clusterId);
  const marked = await listMarked(step);
  const known = part?.openstackId ?? null;
  const ids = new Set([...(known === null ? [] : [known]), ...marked.map(({ id }) => id)]);
  for (const openstackId of ids) {
    const place = { routerId, clusterId, openstackId };
    for (const { subnetId } of await seenLegs(deps, place, signal))
      await removeLeg(deps, place, subnetId, signal);
    await routers.delete(openstackId, callOptions(signal));
  }
  return done(null, (tx) => deps.clusterRouters.setUnseen(tx, routerId, clusterId));
}
