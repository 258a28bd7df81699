import type { PlacementRequest } from '@ultron/cluster/scheduler/placement';
import type { Placed } from '@ultron/cluster/scheduler/scheduler.service';
import type { Offer } from '@ultron/compute/offer/offer';
import type { ServerCreateInput } from '@ultron/compute/server/server-task';
import type { Server } from '@ultron/compute/server/server.entity';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import type { AfterUnwind } from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';

/** Faults of one cluster that another cluster need not have. */
const ELSEWHERE: ReadonlySet<FaultRecord['category']> = new Set(['capacity', 'quota']);

export const isWorthAnotherCluster = (fault: FaultRecord): boolean => ELSEWHERE.has(fault.category);

/**
 * Chooses the next cluster for a server whose creation failed for want of room and was unwound. Its promise moves
 * with it; repeating the choice gives back the one made before. Null when no cluster is left.
 */
export async function runElsewhere(
  deps: ComputeDeps,
  task: { id: string; input: ServerCreateInput; fault: FaultRecord },
): Promise<AfterUnwind<ServerCreateInput> | Fault> {
  const { server_id: serverId, cluster_id: from } = task.input;
  const tried = [...new Set([...task.input.tried, from])];
  const server = await deps.servers.find(deps.database.read, serverId);
  const request = server && requestFor(server, await deps.offers.fresh(), tried);
  if (!request) return nowhere(serverId);
  const placed = await deps.database.transaction(async (tx) => {
    await deps.scheduler.recordFailure(tx, from, serverId, task.fault.detail);
    return deps.scheduler.placeAnew(tx, request);
  });
  return placed instanceof Fault ? placed : goTo(deps, task, tried, placed, server.projectId);
}

function goTo(
  deps: ComputeDeps,
  task: { id: string; input: ServerCreateInput },
  tried: string[],
  placed: Placed,
  projectId: string,
): AfterUnwind<ServerCreateInput> | Fault {
  const [assignment] = placed.assignments;
  if (!assignment) return nowhere(task.input.server_id);
  const { clusterId, conductorGroup } = assignment;
  return {
    kind: 'run_again',
    input: { server_id: task.input.server_id, cluster_id: clusterId, tried },
    conductorGroup,
    persist: async (tx) => {
      await deps.servers.moveToCluster(tx, task.input.server_id, task.id, clusterId);
      await deps.decisions.insertMany(tx, [{ taskId: task.id, projectId, explain: placed.explain }]);
    },
  };
}

function requestFor(server: Server, offer: Offer, exclude: readonly string[]): PlacementRequest | null {
  const flavor = offer.flavors.get(server.flavorId);
  const image = offer.images.get(server.imageId);
  const network = offer.networks.get(server.networkId);
  if (!flavor || !image || !network) return null;
  return {
    serverIds: [server.id],
    flavor,
    image,
    networks: [network],
    securityGroups: server.securityGroups.flatMap((name) => offer.securityGroups.find(name) ?? []),
    placement: server.placement,
    exclude,
  };
}

function nowhere(serverId: string): Fault {
  return new Fault({
    code: 'no_cluster_fits',
    category: 'capacity',
    detail: `What server ${serverId} is made of is not known any more; no cluster can take it.`,
    whoCanFix: 'operator',
  });
}
