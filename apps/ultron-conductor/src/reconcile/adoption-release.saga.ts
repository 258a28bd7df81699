import { Fault } from '@ultron/kernel/fault';
import type { Transaction } from '@ultron/platform/database/transaction';
import { adoptionSubjectBusy } from '@ultron/reconcile/adoption/adoption.faults';
import type { Adoption } from '@ultron/reconcile/adoption/adoption.entity';
import { ADOPTION_TASK, type AdoptInput } from '@ultron/reconcile/adoption/adoption.task';
import { RECONCILE_DOMAIN } from '@ultron/reconcile/finding/repair.task';
import { done, NOTHING, saga, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import type { ConductorDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { adoptionOf } from './adoption-adopt.saga.js';
import { putMarkBack, takeMark } from './adoption.mark.js';
import { giveUp } from './adoption.undo.js';

type Step = StepContext<ConductorDeps, AdoptInput, object>;

/** Gives up what was adopted: it stays in its cluster as it is, without our mark, and is nobody's again. */
export const adoptionRelease = saga<ConductorDeps, AdoptInput>(ADOPTION_TASK.release, RECONCILE_DOMAIN)
  .step('unmark', { do: unmark, undo: markAgain })
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
  if (adoption.subjectKind === 'server')
    await takeMark(await deps.clouds.get(adoption.clusterId), adoption, callOptions(signal));
  return done(null);
}

async function markAgain({ deps, input, signal }: Step): Promise<StepResult<void>> {
  const adoption = await deps.adoptions.find(deps.database.read, input.adoption_id);
  if (adoption?.subjectKind === 'server' && adoption.mark)
    await putMarkBack(await deps.clouds.get(adoption.clusterId), adoption, callOptions(signal));
  return done(undefined);
}

async function drop(step: Step): Promise<StepResult<null>> {
  const { deps, taskId } = step;
  const adoption = await adoptionOf(step);
  return done(null, async (tx) => {
    await requireIdle(deps, tx, adoption, taskId);
    await giveUp(deps, tx, adoption);
    await deps.refreshes.sooner(tx, [
      { clusterId: adoption.clusterId, kind: adoption.subjectKind, objectId: adoption.openstackId },
    ]);
  });
}

/** Nobody has begun anything with it since the release was asked for: that may have marked it again. */
async function requireIdle(
  deps: ConductorDeps,
  tx: Transaction,
  { subjectKind: kind, resourceId: id }: Adoption,
  taskId: string,
): Promise<void> {
  if (kind === 'network') {
    if (await deps.adopted.networkInUse(tx, id)) throw networkInUse(id);
    return;
  }
  const row = await deps.adopted.lock(tx, kind, id);
  if (row && row.taskId !== taskId) throw adoptionSubjectBusy(kind, id);
}

const networkInUse = (id: string): Fault =>
  new Fault({
    code: 'network_in_use',
    category: 'conflict',
    detail: `Servers or ports of Ultron are on the network ${id}: give those up or delete them first.`,
  });
