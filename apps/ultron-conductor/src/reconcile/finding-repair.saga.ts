import { Fault } from '@ultron/kernel/fault';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import { thingOf } from '@ultron/reconcile/finding/finding.kinds';
import { FINDING_REPAIR, RECONCILE_DOMAIN, type RepairInput } from '@ultron/reconcile/finding/repair.task';
import { recipeFor, type Recipe } from '@ultron/reconcile/finding/repairs';
import { pauseAfter } from '@ultron/reconcile/policy/repair-pause.rules';
import { done, NOTHING, saga, waitFor, type StepContext, type StepResult } from '@ultron/tasks/saga/saga';
import { isFinal } from '@ultron/tasks/task/task.state';
import type { ConductorDeps } from '../conductor.deps.js';
import { callOptions } from '../openstack/call-options.js';
import { noRepair, type RepairScene } from './repair/repair.js';
import { DOES } from './repair/repairs.js';

type Step<Outputs = object> = StepContext<ConductorDeps, RepairInput, Outputs>;

interface Mended {
  outcome: string;
  /** Nothing had to be done: what was found did not hold any more. */
  moot: boolean;
  /** The task that does it. */
  follow: string | null;
}

/** A task that ended before the wait for it was written wakes nobody: it is looked at again after so long. */
const FOLLOW_MS = 2_000;
/** Repairs one finding, if it still holds. */
export const findingRepair = saga<ConductorDeps, RepairInput>(FINDING_REPAIR, RECONCILE_DOMAIN)
  .step('repair', { do: repair, undo: NOTHING })
  .step('followed', { do: followed, undo: NOTHING })
  .ends({
    succeeded: async ({ deps, input, taskId, outputs }) => {
      const { outcome, moot } = outputs.repair;
      const finding = await deps.findings.find(deps.database.read, input.finding_id);
      const thing = finding && thingOf(finding);
      return async (tx) => {
        await deps.findings.repaired(tx, { id: input.finding_id, taskId, outcome: { what: outcome, moot } });
        // Also where nothing had to be done: what was seen is not how it is then.
        if (thing)
          await deps.refreshes.sooner(tx, [
            { clusterId: input.cluster_id, kind: thing.kind, objectId: thing.id },
          ]);
      };
    },
    unwound: async ({ deps, input, taskId, fault }) => {
      const finding = await deps.findings.find(deps.database.read, input.finding_id);
      const afterMs = pauseAfter(finding?.repairs ?? 1);
      return {
        kind: 'give_up',
        persist: (tx) => deps.findings.repairFailed(tx, { id: input.finding_id, taskId, fault, afterMs }),
      };
    },
  });

async function repair(step: Step): Promise<StepResult<Mended>> {
  const { deps, input, taskId } = step;
  const finding = await deps.findings.find(deps.database.read, input.finding_id);
  if (!finding || finding.taskId !== taskId || finding.state !== 'repairing')
    return done({ outcome: 'the finding is not this task’s any more', moot: true, follow: null });
  const recipe = recipeFor(finding.kind, finding.subjectKind);
  if (!recipe) throw noRepair(`${finding.kind} of a ${finding.subjectKind}`);
  const result = await DOES[recipe.name](await sceneOf(step, finding, recipe));
  if (result.kind === 'wait') return waitFor(result.condition);
  if (result.kind === 'moot') return done(mootAfter(result.why, step.tries));
  const follow = result.kind === 'follow' ? result.task.id : null;
  return done({ outcome: result.what, moot: false, follow }, result.persist);
}

/** What does not hold any more at a later try may well be over because of an earlier one. */
const mootAfter = (why: string, tries: number): Mended =>
  tries === 0
    ? { outcome: why, moot: true, follow: null }
    : { outcome: `${why}, after an earlier try of this repair`, moot: false, follow: null };

async function followed({ deps, outputs }: Step<{ repair: Mended }>): Promise<StepResult<null>> {
  const { follow } = outputs.repair;
  if (follow === null) return done(null);
  const task = await deps.tasks.find(follow);
  if (!task || task.status === 'succeeded') return done(null);
  if (isFinal(task.status) || task.status === 'stuck') throw followFailed(follow, task.error?.detail);
  return waitFor({
    on: 'task',
    taskId: follow,
    timeoutMs: FOLLOW_MS,
    what: `the task ${follow} (${task.kind})`,
  });
}

async function sceneOf(
  { deps, taskId, tries, signal }: Step,
  finding: Finding,
  recipe: Recipe,
): Promise<RepairScene> {
  return {
    deps,
    finding,
    recipe,
    place: await deps.clusterPlaces.get(deps.database.read, finding.clusterId),
    cloud: await deps.clouds.get(finding.clusterId),
    call: { ...callOptions(signal), lane: 'offline' },
    signal,
    taskId,
    tries,
  };
}

const followFailed = (id: string, detail: string | undefined): Fault =>
  new Fault({
    code: 'finding_repair_failed',
    category: 'conflict',
    detail: `The task ${id} that was to do it failed: ${detail ?? 'it does not say why'}`,
    whoCanFix: 'operator',
  });
