import { COMPUTE_DOMAIN, SERVER_TASK, type ServerUpdateInput } from '@ultron/compute/server/server-task';
import type { Server } from '@ultron/compute/server/server.entity';
import type { Servers } from '@ultron/openstack/compute/servers';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { done, saga, type StepContext, type StepResult, type UndoContext } from '@ultron/tasks/saga/saga';
import type { ComputeDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import type { ReconcileDeps } from '../reconcile/reconcile.deps.js';
import { OWNER_KEY } from './owner-mark.rules.js';

type Deps = ComputeDeps & Pick<ReconcileDeps, 'adoptionRows'>;
type Step = StepContext<Deps, ServerUpdateInput, object>;

/**
 * Tells the cluster the name and the metadata that Ultron keeps now, not those that were asked for then: of several
 * updates that overtake each other the last one told is right. Saying it twice changes nothing.
 */
export const serverUpdate = saga<Deps, ServerUpdateInput>(SERVER_TASK.update, COMPUTE_DOMAIN)
  .step('tell', { do: tell, undo: tellAsBefore })
  .ends({
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        const { server_id: id, before } = input;
        if (before) await deps.servers.restoreIntent(tx, { id, taskId, ...before });
        await deps.servers.setFault(tx, { id, taskId, fault });
      },
    }),
  });

async function tell(step: Step): Promise<StepResult<null>> {
  const { deps, input } = step;
  let server = await find(step);
  // A server that is not, or no more, in its cluster needs nothing told.
  while (server?.openstackId) {
    const cloud = await deps.clouds.get(input.cluster_id);
    await ignoreGone(tellServer(cloud.compute.servers, server.openstackId, server, step));
    const told: Server = server;
    server = await find(step);
    if (server?.version === told.version) break;
  }
  return done(null);
}

/** What the cluster was told of a server that nobody else changed since is taken back; Ultron's row follows at the end. */
async function tellAsBefore(
  step: UndoContext<Deps, ServerUpdateInput, object, null>,
): Promise<StepResult<void>> {
  const { deps, input, taskId } = step;
  const server = await find(step);
  if (!input.before || !server?.openstackId || server.taskId !== taskId) return done(undefined);
  const cloud = await deps.clouds.get(input.cluster_id);
  const before = { id: server.id, ...input.before };
  await ignoreRefusal(ignoreGone(tellServer(cloud.compute.servers, server.openstackId, before, step)));
  return done(undefined);
}

/** Who does not let servers be changed did not let the update change it either. */
async function ignoreRefusal(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OpenStackError) || !['invalid', 'auth', 'conflict'].includes(error.kind))
      throw error;
  }
}

const find = ({ deps, input }: Pick<Step, 'deps' | 'input'>): Promise<Server | null> =>
  deps.servers.find(deps.database.read, input.server_id);

/** All of it each time: an update before this one may have failed, or been cancelled, halfway. */
async function tellServer(
  servers: Servers,
  id: string,
  server: Pick<Server, 'id' | 'name' | 'metadata'>,
  step: Pick<Step, 'deps' | 'signal'>,
): Promise<void> {
  const { deps, signal } = step;
  const call = callOptions(signal);
  await servers.rename(id, server.name, call);
  // What was adopted without a mark gets none.
  const unmarked = await deps.adoptionRows.isUnmarked(deps.database.read, server.id);
  const mark: Record<string, string> = unmarked ? {} : { [OWNER_KEY]: server.id };
  await servers.replaceMetadata(id, { ...server.metadata, ...mark }, call);
}

async function ignoreGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OpenStackError) || error.kind !== 'gone') throw error;
  }
}
