import { Fault } from '@ultron/kernel/fault';
import { CLUSTER_STATES, type ClusterState, takesChanges } from './cluster.state.js';

/** For a wish to change something in a cluster whose state forbids that. */
export const clusterTakesNoChanges = (cluster: { name: string; state: ClusterState }): Fault =>
  new Fault({
    code: 'cluster_takes_no_changes',
    category: 'conflict',
    detail: `Cluster ${cluster.name} is ${cluster.state}: nothing is changed there until it is ${CLUSTER_STATES.filter(takesChanges).join(' or ')}.`,
    whoCanFix: 'operator',
    extra: { cluster_state: cluster.state },
  });
