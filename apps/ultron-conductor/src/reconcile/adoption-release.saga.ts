import { Fault } from '@ultron/kernel/fault';
import { ADOPTION_TASK, type AdoptInput } from '@ultron/reconcile/adoption/adoption.task';
import { RECONCILE_DOMAIN } from '@ultron/reconcile/finding/repair.task';
import { SERVER_MARK } from '@ultron/reconcile/intent/server.source';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import type { ConductorDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { adoptionOf, dropAdopted } from './adoption-adopt.saga.js';

type Step = StepContext<ConductorDeps, AdoptInput, object>;

/** Gives up what was adopted: it stays in its cluster as it is, without our mark, and is nobody's again. */
export const adoptionRelease = saga<ConductorDeps, AdoptInput>(ADOPTION_TASK.release, RECONCILE_DOMAIN)
  .step('unmark', { do: unmark, undo: NOTHING })
  .step('rows', { do: drop, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId }) => {
      return async (tx) => {
        await deps.adoptions.move(tx, { id: input.adoption_id, taskId, to: 'released' });
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => ({
      kind: 'give_up',
      persist: async (tx) => {
        await deps.adoptions.move(tx, { id: input.adoption_id, taskId, to: 'adopted', fault });
      },
    }),
  });

/** A mark that named a row which is dead would have the server deleted as left over. */
async function unmark(step: Step): Promise<StepResult<null>> {
  const { deps, signal } = step;
  const adoption = await adoptionOf(step);
  if (adoption.subjectKind !== 'server') return done(null);
  const { servers } = (await deps.clouds.get(adoption.clusterId)).compute;
  const call = callOptions(signal);
  if (await servers.find(adoption.openstackId, call))
    await servers.deleteMetadataKey(adoption.openstackId, SERVER_MARK, call);
  return done(null);
}

async function drop(step: Step): Promise<StepResult<null>> {
  const { deps } = step;
  const adoption = await adoptionOf(step);
  if (adoption.subjectKind === 'network') {
    const inUse = await deps.adoptionRows.networkInUse(deps.database.read, adoption.resourceId);
    if (inUse) throw networkInUse(adoption.resourceId);
  }
  return done(null, async (tx) => {
    await dropAdopted(deps, tx, adoption);
    await deps.refreshes.sooner(tx, [
      { clusterId: adoption.clusterId, kind: adoption.subjectKind, objectId: adoption.openstackId },
    ]);
  });
}

const networkInUse = (id: string): Fault =>
  new Fault({
    code: 'network_in_use',
    category: 'conflict',
    detail: `Servers or ports of Ultron are on the network ${id}: give those up or delete them first.`,
  });
