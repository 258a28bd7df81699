import { newId } from '@ultron/kernel/id';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { ClusterProbeInput, ClusterSummary } from './cluster.types.js';

export const CLUSTER_DOMAIN = 'cluster';
export const CLUSTER_PROBE = 'cluster.probe';

/** Who asked, for the trace and the visibility of the task. */
export interface TaskOrigin {
  traceId: string;
  traceparent: string;
  projectId: string | null;
}

export function probeTask(cluster: ClusterSummary, origin: TaskOrigin): NewTask {
  const input: ClusterProbeInput = {
    cluster_id: cluster.id,
    connection_version: cluster.connectionVersion,
  };
  return {
    id: newId(),
    kind: CLUSTER_PROBE,
    domain: CLUSTER_DOMAIN,
    conductorGroup: cluster.conductorGroup.name,
    projectId: origin.projectId,
    resource: { kind: 'cluster', id: cluster.id },
    input,
    traceId: origin.traceId,
    traceparent: origin.traceparent,
  };
}
