import { clusterTakesNoChanges } from '@ultron/cluster/cluster/cluster.faults';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { Fault } from '@ultron/kernel/fault';
import { isOpenToChanges } from './cluster-choice.rules.js';
import { badFields } from './network.faults.js';

/** The cluster of something that exists, when it may be changed there. Throws `cluster_unknown`, `cluster_takes_no_changes`. */
export function clusterOpenToChanges(clusters: readonly ClusterFacts[], id: string): ClusterFacts {
  const cluster = clusters.find((one) => one.id === id);
  if (!cluster) {
    throw new Fault({
      code: 'cluster_unknown',
      category: 'conflict',
      detail: 'The cluster of this is not registered any more.',
      whoCanFix: 'operator',
    });
  }
  if (!isOpenToChanges(cluster)) throw clusterTakesNoChanges(cluster);
  return cluster;
}

/** The cluster that a caller names. Throws `invalid_body`. */
export function clusterNamed(
  clusters: readonly ClusterFacts[],
  nameOrId: string,
  pointer: string,
): ClusterFacts {
  const cluster = clusters.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (cluster) return cluster;
  const known = clusters.map(({ name }) => name).join(', ');
  throw badFields([{ pointer, detail: `there is no cluster '${nameOrId}'; known are: ${known || 'none'}` }]);
}
