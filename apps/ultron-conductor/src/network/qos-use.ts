import { Fault } from '@ultron/kernel/fault';
import { waitFor, type Waiting } from '@ultron/tasks/saga/saga';
import { isFinal } from '@ultron/tasks/task/task.state';
import type { PortNetworkDeps } from './port-network.deps.js';

const POLICY_MS = 60_000;

/** The Neutron policy that the cluster has for ours; waits for the task that makes it. */
export async function policyInCluster(
  deps: Pick<PortNetworkDeps, 'database' | 'qosPolicies' | 'tasks'>,
  use: { policyId: string | null; clusterId: string; taskId: string | null },
): Promise<{ openstackId: string | null } | Waiting> {
  const { policyId, clusterId, taskId } = use;
  if (policyId === null) return { openstackId: null };
  const part = await deps.qosPolicies.findPart(deps.database.read, policyId, clusterId);
  if (part?.openstackId != null && part.status !== 'building') return { openstackId: part.openstackId };
  const task = taskId === null ? null : await deps.tasks.find(taskId);
  if (task && !isFinal(task.status) && task.status !== 'stuck') {
    const what = `QoS policy ${policyId} to be there in the cluster`;
    return waitFor({ on: 'task', taskId: task.id, timeoutMs: POLICY_MS, what });
  }
  throw new Fault({
    code: 'qos_policy_not_built',
    category: 'conflict',
    detail: `The cluster could not be given QoS policy ${policyId}: ${part?.fault?.detail ?? 'it has none'}`,
    retryable: false,
    whoCanFix: part?.fault?.who_can_fix ?? 'operator',
    extra: { qos_policy_id: policyId, cause: part?.fault ?? null },
  });
}
