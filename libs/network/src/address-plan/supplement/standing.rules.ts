import { countsAsReachable } from '@ultron/cluster/cluster/cluster.rules';
import { takesNewServers } from '@ultron/cluster/cluster/cluster.state';
import type { Capacity } from '@ultron/cluster/capacity/capacity';
import type { ClusterState } from '@ultron/cluster/cluster/cluster.state';
import type { ClusterDemand } from './floor.rules.js';

/** What is known of a cluster apart from addresses. */
export interface ClusterStatus {
  clusterId: string;
  idcId: string;
  state: ClusterState;
  probe: string;
  outages: number;
  capacity: Pick<Capacity, 'hosts' | 'total' | 'used' | 'promised' | 'observedAt'> | null;
}

/**
 * How a cluster stands towards the plan. `eligible`: it is given addresses and keeps its floor. `away`: it does not
 * answer at present; it is dealt its part of a subnet, but has no floor. `full`: it has no room for a server, so
 * addresses would be wasted on it. `out`: an operator has taken it out of use.
 */
export type Standing = 'eligible' | 'away' | 'full' | 'out';

export function standingOf({ state, probe, outages, capacity }: ClusterStatus): Standing {
  if (!takesNewServers(state)) return 'out';
  if (probe !== 'ok' || !countsAsReachable(outages)) return 'away';
  // What was never looked at may have room.
  if (capacity === null || capacity.observedAt === null) return 'away';
  return hasRoom(capacity) ? 'eligible' : 'full';
}

function hasRoom({ hosts, total, used, promised }: NonNullable<ClusterStatus['capacity']>): boolean {
  const left = (of: 'vcpus' | 'ramMb') => total[of] - used[of] - promised[of];
  return hosts > 0 && left('vcpus') > 0 && left('ramMb') > 0;
}

/** `pinned`: clusters that requests are bound to; for them room is somebody else's question. */
export function demandOf(cluster: ClusterStatus, pinned: readonly string[] = []): ClusterDemand {
  const standing = standingOf(cluster);
  const bound = standing === 'full' && pinned.includes(cluster.clusterId);
  return { clusterId: cluster.clusterId, eligible: standing === 'eligible' || bound };
}

/** The clusters among which a new subnet is cut. */
export function sharers(clusters: readonly ClusterStatus[]): string[] {
  return clusters
    .filter((cluster) => ['eligible', 'away'].includes(standingOf(cluster)))
    .map(({ clusterId }) => clusterId);
}
