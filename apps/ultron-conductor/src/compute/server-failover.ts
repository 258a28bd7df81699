import type { NeededResource, PlacementRequest } from '@ultron/cluster/scheduler/placement';
import type { Placed } from '@ultron/cluster/scheduler/scheduler.service';
import type { Offer } from '@ultron/compute/offer/offer';
import type { ServerCreateInput } from '@ultron/compute/server/server-task';
import type { Server } from '@ultron/compute/server/server.entity';
import type { Shortage } from '@ultron/compute/server-nic/address-replenishment';
import type { ResolvedNic } from '@ultron/compute/server-nic/nic-request.rules';
import {
  NeedsAddresses,
  shortagesOf,
  withSupplements,
  type NicWish,
} from '@ultron/compute/server-nic/server-addresses';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { currentContext, newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { AfterUnwind } from '@ultron/tasks/saga/saga';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import type { ComputeDeps } from '../conductor.deps.js';
import { releaseUntold } from './server-addresses.js';

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
  const request = server && (await requestFor(deps, server, tried));
  if (!request) return nowhere(serverId);
  const wish = await nicWishOf(deps, server, from);
  const { placed, ring } = await withSupplements((shortages) =>
    deps.database.transaction(async (tx) => {
      await deps.scheduler.recordFailure(tx, from, serverId, task.fault.detail);
      return placeAnew(tx, deps, { request, wish, shortages });
    }),
  );
  deps.tasks.ring(ring);
  return placed instanceof Fault ? placed : goTo(deps, task, tried, placed, server.projectId);
}

/** Chooses a cluster and takes addresses there. What an earlier choice took, that nobody heard of, is given back. */
async function placeAnew(
  tx: Transaction,
  deps: ComputeDeps,
  { request, wish, shortages }: { request: PlacementRequest; wish: NicWish; shortages: readonly Shortage[] },
): Promise<{ placed: Placed | Fault; ring: TaskRef[] }> {
  const { parts, ring } = await deps.serverAddresses.open(tx, [wish], shortages);
  const [part = {}] = parts;
  for (const id of wish.serverIds) await releaseUntold(tx, deps, id);
  const placed = await deps.scheduler.placeAnew(tx, { ...request, ...part });
  if (placed instanceof Fault) return { placed, ring };
  const lacking = shortagesOf([{ wish, part, explain: placed.explain }]);
  if (lacking.length > 0) throw new NeedsAddresses(lacking);
  const [nics = []] = await deps.serverAddresses.take(tx, [{ wish, assignments: placed.assignments }]);
  // What the placement promised must not stay when there is no address after all.
  if (nics instanceof Fault) await deps.scheduler.release(tx, wish.serverIds);
  if (nics instanceof Fault) return { placed: nics, ring };
  for (const nic of nics) if (nic.vpcId !== null) await deps.serverNics.setAddress(tx, nic);
  return { placed, ring };
}

/** What the server is to have of networks, as its rows say; an address that was asked for cannot follow it. */
async function nicWishOf(deps: ComputeDeps, server: Server, from: string): Promise<NicWish> {
  const rows = await deps.serverNics.listOfServers(deps.database.read, [server.id]);
  const nics = rows.flatMap((nic): ResolvedNic[] => {
    // Logical networks are in the placement request already.
    if (nic.vpcId === null)
      return [{ network: { id: nic.networkId ?? '', name: '', clusters: new Set<string>() } }];
    const { address } = nic;
    const reason = `${address} belongs to it and cannot follow the server`;
    const fixed =
      nic.addressAsked && address !== null ? [{ address, pin: { clusterId: from, reason } }] : null;
    const vpc = { id: nic.vpcId, name: nic.vpcName ?? nic.vpcId };
    return [{ vpc, subnetId: nic.subnetAsked ? nic.subnetId : null, name: `VPC ${vpc.name}`, fixed }];
  });
  const { traceId, traceparent } = currentContext() ?? newContext();
  const origin = { projectId: server.projectId, traceId, traceparent };
  return { serverIds: [server.id], nics, preemptible: server.preemptible, origin };
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

async function requestFor(
  deps: ComputeDeps,
  server: Server,
  exclude: readonly string[],
): Promise<PlacementRequest | null> {
  const offer = await deps.offers.fresh();
  const flavor = offer.flavors.get(server.flavorId ?? '');
  const image = offer.images.get(server.imageId ?? '');
  const networks = await logicalNetworksOf(deps, server, offer);
  if (!flavor || !image || !networks) return null;
  return {
    serverIds: [server.id],
    flavor,
    image,
    networks,
    securityGroups: server.securityGroups.flatMap((name) => offer.securityGroups.find(name) ?? []),
    placement: server.placement,
    exclude,
  };
}

/** Null when one of them is not known any more. */
async function logicalNetworksOf(
  deps: ComputeDeps,
  server: Server,
  offer: Offer,
): Promise<NeededResource[] | null> {
  const rows = await deps.serverNics.listOfServers(deps.database.read, [server.id]);
  const ids = server.networkId === null ? rows.flatMap((nic) => nic.networkId ?? []) : [server.networkId];
  const found = ids.flatMap((id) => offer.networks.get(id) ?? []);
  return found.length === ids.length ? found : null;
}

function nowhere(serverId: string): Fault {
  return new Fault({
    code: 'no_cluster_fits',
    category: 'capacity',
    detail: `What server ${serverId} is made of is not known any more; no cluster can take it.`,
    whoCanFix: 'operator',
  });
}
