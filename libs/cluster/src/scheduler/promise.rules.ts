import type { Reservation } from '../capacity/capacity.js';
import type { ClusterFacts } from './placement.js';

/** The facts after these reservations: what they take is promised. */
export function promise(clusters: readonly ClusterFacts[], taken: readonly Reservation[]): ClusterFacts[] {
  const byCluster = Map.groupBy(taken, (reservation) => reservation.clusterId);
  return clusters.map((cluster) => {
    const reservations = byCluster.get(cluster.id);
    return reservations && cluster.capacity ? lessBy(cluster, cluster.capacity, reservations) : cluster;
  });
}

function lessBy(
  cluster: ClusterFacts,
  capacity: NonNullable<ClusterFacts['capacity']>,
  taken: readonly Reservation[],
): ClusterFacts {
  const promised = { ...capacity.promised };
  for (const { vcpus, ramMb, diskGb } of taken) {
    promised.servers += 1;
    promised.vcpus += vcpus;
    promised.ramMb += ramMb;
    promised.diskGb += diskGb;
  }
  return { ...cluster, capacity: { ...capacity, promised } };
}
