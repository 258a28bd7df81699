import { Fault } from '@ultron/kernel/fault';
import {
  NOTHING,
  type Saga,
  type StepContext,
  type StepDefinition,
  type StepResult,
  type UndoContext,
} from '@ultron/tasks/saga/saga';
import type { Scenario } from './scenario.js';

type Step<Deps> = StepDefinition<Deps, unknown, unknown, unknown>;
type Do<Deps> = Step<Deps>['do'];
type UndoWork<Deps> = (context: UndoContext<Deps, unknown, unknown, unknown>) => Promise<StepResult<void>>;

export interface Stress {
  /** Makes the fault that ends a run. */
  finalFault: () => Fault;
  /** Called when a final fault is thrown. */
  turned: () => void;
}

/** The saga with the trouble of the scenario built in; killing is not its matter. */
export function stressed<Deps>(saga: Saga<Deps>, scenario: Scenario, stress: Stress): Saga<Deps> {
  switch (scenario.kind) {
    case 'repeat':
      return withDo(saga, scenario.step, repeated);
    case 'fail':
      return withDo(saga, scenario.step, (work) => failing(work, scenario, stress));
    case 'repeat_undo':
      return withUndo(unwinding(saga, stress), scenario.step, repeatedUndo);
    case 'fail_undo':
      return withUndo(unwinding(saga, stress), scenario.step, (work) => failingUndo(work, scenario.moment));
    case 'stuck_undo':
      return withUndo(unwinding(saga, stress), scenario.step, (work) => brokenUndo(work, stress));
    case 'kill':
    case 'kill_everywhere':
      return scenario.unwinding ? unwinding(saga, stress) : saga;
    case 'plain':
      return saga;
  }
}

/** The last step has its effect and then fails for good, so that everything is undone. */
function unwinding<Deps>(saga: Saga<Deps>, stress: Stress): Saga<Deps> {
  const last = saga.steps.at(-1);
  if (!last) throw new Error(`${saga.kind} has no steps`);
  return withDo(saga, last.name, (work) => failing(work, { moment: 'after_first', final: true }, stress));
}

const repeated =
  <Deps>(work: Do<Deps>): Do<Deps> =>
  async (context) => {
    await work(context);
    return work(again(context));
  };

const repeatedUndo =
  <Deps>(work: UndoWork<Deps>): UndoWork<Deps> =>
  async (context) => {
    await work(context);
    return work({ ...context, inDoubt: true, tries: context.tries + 1 });
  };

function failing<Deps>(
  work: Do<Deps>,
  how: { moment: 'before' | 'after_first' | 'after_done'; final: boolean },
  stress: Stress,
): Do<Deps> {
  let failed = false;
  const fail = () => {
    failed = true;
    if (!how.final) throw passing();
    stress.turned();
    throw stress.finalFault();
  };
  return async (context) => {
    if (failed) return work(context);
    if (how.moment === 'before') fail();
    const result = await work(context);
    if (how.moment === 'after_first' || result.kind === 'done') fail();
    return result;
  };
}

function failingUndo<Deps>(work: UndoWork<Deps>, moment: 'before' | 'after'): UndoWork<Deps> {
  let failed = false;
  return async (context) => {
    if (failed) return work(context);
    failed = true;
    if (moment === 'after') await work(context);
    throw passing();
  };
}

/** Fails until the task is stuck; the operator's retry finds it mended. */
function brokenUndo<Deps>(work: UndoWork<Deps>, stress: Stress): UndoWork<Deps> {
  let failures = 0;
  return async (context) => {
    if (++failures <= TRIES_UNTIL_STUCK) throw stress.finalFault();
    return work(context);
  };
}
const TRIES_UNTIL_STUCK = 3;

function withDo<Deps>(saga: Saga<Deps>, name: string, change: (work: Do<Deps>) => Do<Deps>): Saga<Deps> {
  return withStep(saga, name, (step) => ({ ...step, do: change((context) => step.do(context)) }));
}

function withUndo<Deps>(
  saga: Saga<Deps>,
  name: string,
  change: (work: UndoWork<Deps>) => UndoWork<Deps>,
): Saga<Deps> {
  return withStep(saga, name, (step) => {
    const { undo } = step;
    return undo === NOTHING ? step : { ...step, undo: change((context) => undo(context)) };
  });
}

function withStep<Deps>(
  saga: Saga<Deps>,
  name: string,
  change: (step: Step<Deps>) => Step<Deps>,
): Saga<Deps> {
  const steps = saga.steps.map((step) =>
    step.name === name ? { name, definition: change(step.definition) } : step,
  );
  return { ...saga, steps };
}

function again<Deps>(context: StepContext<Deps, unknown, unknown>): StepContext<Deps, unknown, unknown> {
  return { ...context, inDoubt: true, tries: context.tries + 1 };
}

function passing(): Fault {
  return new Fault({
    code: 'injected_outage',
    category: 'unavailable',
    detail: 'The harness pretends that the cluster did not answer.',
  });
}

export function injectedRefusal(): Fault {
  return new Fault({
    code: 'injected_refusal',
    category: 'invalid',
    detail: 'The harness pretends that the cluster refused.',
  });
}
