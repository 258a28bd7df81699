import type { ServerSpec } from '@ultron/compute/server/server-spec.repository';
import { Fault } from '@ultron/kernel/fault';
import type { ComputeDeps } from '../conductor.deps.js';

/** @throws Fault `server_vanished` when the row, or its cluster's, is not there: a bug or a person's doing. */
export async function specOf(
  deps: Pick<ComputeDeps, 'serverSpecs' | 'database'>,
  input: { server_id: string; cluster_id: string },
): Promise<ServerSpec> {
  const spec = await deps.serverSpecs.find(deps.database.read, input.server_id, input.cluster_id);
  if (spec) return spec;
  throw new Fault({
    code: 'server_vanished',
    category: 'not_found',
    detail: `There is no row of server ${input.server_id} or of cluster ${input.cluster_id} any more.`,
    whoCanFix: 'operator',
  });
}

/**
 * An operator may let a task begin anew whose server was deleted since, or changed by another task.
 * @throws Fault `server_state_conflict` when the server is not the task's any more: it must not be touched.
 */
export function requireOwn(server: Pick<ServerSpec, 'id' | 'taskId'>, taskId: string): void {
  if (server.taskId === taskId) return;
  throw new Fault({
    code: 'server_state_conflict',
    category: 'conflict',
    detail: `Server ${server.id} belongs to task ${server.taskId} now; this one comes too late.`,
    retryable: false,
  });
}
