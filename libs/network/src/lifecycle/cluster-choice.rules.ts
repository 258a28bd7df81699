import { takesChanges, takesNewServers } from '@ultron/cluster/cluster/cluster.state';
import { NETWORK_CAPABILITIES, type NetworkCapability } from '@ultron/cluster/inventory/network-capability';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { Fault } from '@ultron/kernel/fault';

/** Something of a cluster's networking that a request needs, and the field that asks for it. */
export interface NetworkNeed {
  capability: NetworkCapability;
  /** A JSON pointer into the body of the request. */
  pointer: string;
}

/** Where something could be, from the point of view of what is asked for. */
export interface Candidate {
  clusterId: string;
  /** Free addresses; more is better. */
  room: number;
}

export interface ClusterReason {
  cluster: string;
  reasons: string[];
}

/**
 * The cluster, of those that come into question, that can do all that is needed and has the most room.
 * @throws Fault `network_no_cluster_fits` with the reasons, cluster by cluster.
 */
export function chooseCluster(
  clusters: readonly ClusterFacts[],
  candidates: readonly Candidate[],
  needs: readonly NetworkNeed[],
): ClusterFacts {
  const rooms = new Map(candidates.map(({ clusterId, room }) => [clusterId, room]));
  const judged = clusters.map((cluster) => ({ cluster, reasons: reasonsAgainst(cluster, rooms, needs) }));
  const [best] = judged
    .filter(({ reasons }) => reasons.length === 0)
    .toSorted((a, b) => (rooms.get(b.cluster.id) ?? 0) - (rooms.get(a.cluster.id) ?? 0));
  if (best) return best.cluster;
  throw noClusterFits(judged.map(({ cluster, reasons }) => ({ cluster: cluster.name, reasons })));
}

function reasonsAgainst(
  cluster: ClusterFacts,
  rooms: ReadonlyMap<string, number>,
  needs: readonly NetworkNeed[],
): string[] {
  const room = rooms.get(cluster.id);
  if (room === undefined) return ['it has no part of the network'];
  const reasons = lackingIn(cluster, needs).map(({ capability }) => lackInWords(capability));
  if (!takesNewServers(cluster.state)) reasons.push(`it is ${cluster.state}`);
  if (!cluster.reachable) reasons.push('it does not answer');
  if (room <= 0) reasons.push('it has no free address');
  return reasons;
}

/** The needs that the cluster cannot meet. */
export function lackingIn(cluster: ClusterFacts, needs: readonly NetworkNeed[]): NetworkNeed[] {
  return needs.filter(({ capability }) => !cluster.capabilities.has(capability));
}

/**
 * For what is in its cluster already: it must take changes and be able to do what is needed.
 * @throws Fault `network_capability_missing`, each field named.
 */
export function requireCapabilities(cluster: ClusterFacts, needs: readonly NetworkNeed[]): void {
  const lacking = lackingIn(cluster, needs);
  if (lacking.length === 0) return;
  throw new Fault({
    code: 'network_capability_missing',
    category: 'conflict',
    detail: `${cluster.name} cannot do this: ${lacking.map(({ capability }) => lackInWords(capability)).join('; ')}.`,
    fields: lacking.map(({ capability, pointer }) => ({ pointer, detail: lackInWords(capability) })),
    extra: { cluster: cluster.name, capabilities: lacking.map(({ capability }) => capability) },
  });
}

const lackInWords = (capability: NetworkCapability): string =>
  `its network cannot do: ${NETWORK_CAPABILITIES[capability].toLowerCase()} (${capability})`;

function noClusterFits(clusters: ClusterReason[]): Fault {
  const detail = clusters.map(({ cluster, reasons }) => `${cluster}: ${reasons.join(', ')}`).join('; ');
  return new Fault({
    code: 'network_no_cluster_fits',
    category: 'capacity',
    detail: `No cluster can have it. ${detail || 'No cluster is registered'}.`,
    whoCanFix: 'caller',
    extra: { explain: { clusters } },
  });
}

/** Whether what exists there may be changed. */
export const isOpenToChanges = (cluster: ClusterFacts): boolean => takesChanges(cluster.state);
