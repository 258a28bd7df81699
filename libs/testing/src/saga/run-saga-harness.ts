import { TaskRepository } from '@ultron/tasks/task/task.repository';
import { TaskViewRepository } from '@ultron/tasks/task/task-view.repository';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { NOTHING, type Saga } from '@ultron/tasks/saga/saga';
import type { TaskView } from '@ultron/tasks/task/task.types';
import type { TaskStatus } from '@ultron/tasks/task/task.state';
import { driveTask } from './drive-task.js';
import { longLife, type Fate } from './mortal-database.js';
import type { HarnessWorld, SagaHarness, ScenarioReport } from './saga-harness.js';
import { describeScenario, type FailMoment, type KillMoment, type Scenario } from './scenario.js';
import { injectedRefusal, stressed } from './stressed-saga.js';

/**
 * Runs the saga once per scenario, each in a world of its own, and reports them all; a scenario without a `problem` is
 * fine. First the plain ones, which also count the records at which a process can die.
 */
export async function runSagaHarness<Deps, Snapshot>(
  harness: SagaHarness<Deps, Snapshot>,
): Promise<ScenarioReport[]> {
  const reports: ScenarioReport[] = [];
  const run = async (scenario: Scenario, fate: Fate = longLife()): Promise<void> => {
    if (harness.only?.(scenario) === false) return;
    reports.push((await runScenario(harness, scenario, fate)).report);
  };
  const forward = longLife();
  const plain = await runScenario(harness, { kind: 'plain' }, forward);
  reports.push(plain.report);
  for (const scenario of troubles(harness.saga, stepsThatWait(plain.task))) await run(scenario);

  const back = longLife();
  const lastFails: Scenario = {
    kind: 'fail',
    step: lastStep(harness.saga),
    moment: 'after_first',
    final: true,
  };
  await runScenario(harness, lastFails, back);
  for (const scenario of [...kills(forward, false), ...kills(back, true)])
    await run(scenario, fateOf(scenario));
  return reports;
}

/** The scenarios that went wrong, one line each: `expect(problemsOf(reports)).toEqual([])`. */
export function problemsOf(reports: readonly ScenarioReport[]): string[] {
  return reports
    .filter((report) => report.problem !== null)
    .map((report) => `${report.title}: ${report.problem}`);
}

/** All scenarios but the kills. */
function troubles<Deps>(saga: Saga<Deps>, waiting: ReadonlySet<string>): Scenario[] {
  return saga.steps.flatMap(({ name: step, definition }): Scenario[] => {
    const moments: FailMoment[] = [
      'before',
      'after_first',
      ...(waiting.has(step) ? (['after_done'] as const) : []),
    ];
    const faults = moments.flatMap((moment): Scenario[] => [
      { kind: 'fail', step, moment, final: false },
      { kind: 'fail', step, moment, final: true },
    ]);
    const undos: Scenario[] = [
      { kind: 'repeat_undo', step },
      { kind: 'fail_undo', step, moment: 'before' },
      { kind: 'fail_undo', step, moment: 'after' },
      { kind: 'stuck_undo', step },
    ];
    return [{ kind: 'repeat', step }, ...faults, ...(definition.undo === NOTHING ? [] : undos)];
  });
}

/** A process dies at each record that the run made, once before and once after the commit. */
function kills(run: Fate, unwinding: boolean): Scenario[] {
  const first = unwinding ? (run.turnedAt ?? 0) + 1 : 1;
  const records = Array.from({ length: run.records - first + 1 }, (_, index) => first + index);
  const single = records.flatMap((record): Scenario[] => [
    { kind: 'kill', record, moment: 'before_commit', unwinding },
    { kind: 'kill', record, moment: 'after_commit', unwinding },
  ]);
  return [...single, { kind: 'kill_everywhere', unwinding }];
}

function fateOf(scenario: Scenario): Fate {
  if (scenario.kind === 'kill') return dyingAt(scenario.record, scenario.moment);
  return scenario.kind === 'kill_everywhere' ? dyingEverywhere() : longLife();
}

function stepsThatWait(task: TaskView | undefined): ReadonlySet<string> {
  return new Set((task?.steps ?? []).filter((step) => step.tries > 1).map((step) => step.name));
}

async function runScenario<Deps, Snapshot>(
  harness: SagaHarness<Deps, Snapshot>,
  scenario: Scenario,
  fate: Fate,
): Promise<{ report: ScenarioReport; task?: TaskView }> {
  const about = { scenario, title: describeScenario(scenario) };
  let status: ScenarioReport['status'] = 'unfinished';
  let world: HarnessWorld<Deps, Snapshot> | undefined;
  try {
    world = await harness.open(scenario);
    const before = await world.snapshot();
    const task = await world.begin();
    await world.database.transaction((tx) => new TaskRepository().insertMany(tx, [task]));
    status = await toTheEnd(harness, scenario, fate, world, task.id);
    const view = await new TaskViewRepository(new TraceRepository()).find(world.database.read, task.id);
    if (!view) throw new Error('the row of the task has vanished');
    await harness.check({ scenario, status, task: view, before, after: await world.snapshot() });
    return { report: { ...about, status, problem: unexpected(scenario, status) }, task: view };
  } catch (error) {
    return { report: { ...about, status, problem: error instanceof Error ? error.message : String(error) } };
  } finally {
    await world?.close?.();
  }
}

async function toTheEnd<Deps, Snapshot>(
  harness: SagaHarness<Deps, Snapshot>,
  scenario: Scenario,
  fate: Fate,
  world: HarnessWorld<Deps, Snapshot>,
  taskId: string,
): Promise<TaskStatus> {
  const finalFault = harness.finalFault ?? injectedRefusal;
  const turned = () => (fate.turnedAt ??= fate.records);
  const saga = stressed(harness.saga, scenario, { finalFault, turned });
  const driven = { world, saga, taskId, classify: harness.classify, fate };
  const status = await driveTask(driven);
  if (scenario.kind !== 'stuck_undo') return status;
  if (status !== 'stuck') throw new Error(`the task should have been stuck, and ${status}`);
  await world.database.transaction((tx) => new TaskRepository().operatorRetry(tx, taskId));
  return driveTask(driven);
}

/** What no saga may do, whatever `check` says. */
function unexpected(scenario: Scenario, status: TaskStatus): string | null {
  if (status === 'stuck') return 'the task is stuck';
  const passes = scenario.kind === 'repeat' || (scenario.kind === 'fail' && !scenario.final);
  const survives = (scenario.kind === 'kill' || scenario.kind === 'kill_everywhere') && !scenario.unwinding;
  const mustSucceed = scenario.kind === 'plain' || passes || survives;
  return mustSucceed && status !== 'succeeded' ? `the task should have succeeded, and ${status}` : null;
}

function dyingAt(record: number, moment: KillMoment): Fate {
  return { ...longLife(), dies: (present) => (present === record ? moment : undefined) };
}

// Every second record is the one that its successor makes.
function dyingEverywhere(): Fate {
  return { ...longLife(), dies: (record) => (record % 2 === 1 ? 'before_commit' : undefined) };
}

function lastStep<Deps>(saga: Saga<Deps>): string {
  const last = saga.steps.at(-1);
  if (!last) throw new Error(`${saga.kind} has no steps`);
  return last.name;
}
