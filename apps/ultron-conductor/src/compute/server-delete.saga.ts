import { COMPUTE_DOMAIN, SERVER_TASK, type ServerDeleteInput } from '@ultron/compute/server/server-task';
import type { Server } from '@ultron/compute/server/server.entity';
import { Fault } from '@ultron/kernel/fault';
import { isFinal } from '@ultron/tasks/task/task.state';
import { done, NOTHING, saga, waitFor, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';
import { deletePorts, removePorts } from '../network/server-ports.js';
import { releaseAddresses } from './server-addresses.js';
import { removeServer } from './server-removal.js';

type Step<Outputs = object> = StepContext<ComputeDeps, ServerDeleteInput, Outputs>;

/** The predecessor was asked to stop: it unwinds, which in a slow cluster takes its time. */
const PREDECESSOR_MS = 60_000;

/** Deletes a server, its port and its promise, whatever of them there is. What is gone cannot be brought back. */
export const serverDelete = saga<ComputeDeps, ServerDeleteInput>(SERVER_TASK.delete, COMPUTE_DOMAIN)
  .step('predecessor', { do: awaitPredecessor, undo: NOTHING })
  .step('server', { do: deleteServer, undo: NOTHING })
  .step('port', { do: deletePort, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.scheduler.release(tx, [input.server_id]);
        await deps.ports.markDeleted(tx, input.server_id);
        await deps.servers.move(tx, { id: input.server_id, taskId, to: 'deleted' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        await deps.servers.move(tx, { id: input.server_id, taskId, to: 'error', fault });
      },
    }),
  });

/** What was at work on the server must have let go of it, or it would go on making what is deleted here. */
async function awaitPredecessor({ deps, input }: Step): Promise<StepResult<null>> {
  if (input.predecessor === null) return done(null);
  const task = await deps.tasks.find(input.predecessor);
  if (!task || isFinal(task.status)) return done(null);
  // A stuck one does nothing until an operator lets it; what it left behind is found by its mark.
  if (task.status === 'stuck') return done(null);
  return waitFor({
    on: 'task',
    taskId: input.predecessor,
    timeoutMs: PREDECESSOR_MS,
    what: `the task ${input.predecessor} (${task.kind}) to stop`,
  });
}

async function deleteServer({ deps, input, signal }: Step): Promise<StepResult<{ cluster_id: string }>> {
  const server = await rowOf(deps, input.server_id);
  // What a task that was stopped, or is stuck, may have made without recording it bears the mark.
  const marked = input.predecessor !== null || server.openstackId === null;
  let left = marked ? await removeServer(deps, server, null, signal) : null;
  if (server.openstackId !== null) left ??= await removeServer(deps, server, server.openstackId, signal);
  return left ? waitFor(left) : done({ cluster_id: server.clusterId });
}

async function deletePort({ deps, input, outputs, signal }: Step<{ server: { cluster_id: string } }>) {
  const { cluster_id: clusterId } = outputs.server;
  const recorded = await deps.ports.listOfServers(deps.database.read, [input.server_id]);
  const known = recorded.filter((port) => port.clusterId === clusterId).map((port) => port.openstackId);
  await deletePorts(deps, clusterId, known, signal);
  // What was made without being recorded bears the server's name.
  const nics = (await deps.serverNics.listOfServers(deps.database.read, [input.server_id])).length || 1;
  await removePorts(deps, { id: input.server_id, clusterId, nics }, signal);
  return done(null, (tx) => releaseAddresses(tx, deps, input.server_id));
}

/** Read anew: the predecessor may have taken the server to another cluster before it stopped. */
async function rowOf(deps: ComputeDeps, id: string): Promise<Server> {
  const server = await deps.servers.find(deps.database.read, id);
  if (server) return server;
  throw new Fault({
    code: 'server_vanished',
    category: 'not_found',
    detail: `There is no row of server ${id}.`,
  });
}
