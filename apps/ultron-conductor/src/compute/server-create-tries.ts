import { waitFor, type StepResult } from '@ultron/tasks/saga/saga';
import type { CreateStep } from './server-create.types.js';

/** A request that was sent may still be on its way when its sender is long dead: it gets this long to show. */
export const SETTLE_MS = 2_000;

/** Whether an earlier try may have made what this one is to make: then it is looked for first. */
export function mayHaveHappened(
  { deps, taskId, epoch, inDoubt, tries }: CreateStep<object>,
  what: string,
): boolean {
  return (inDoubt || tries > 0) && !deps.refusals.take({ taskId, what, epoch });
}

/** A try after one that may have had its effect settles nothing by failing for certain itself. */
export function ask<T>(
  step: CreateStep<object>,
  what: string,
  doubtful: boolean,
  make: () => Promise<T>,
): Promise<T> {
  const { deps, taskId, epoch } = step;
  return doubtful ? make() : deps.refusals.watch({ taskId, what, epoch }, make);
}

export const settle = (what: string): StepResult<never> =>
  waitFor({ on: 'time', afterMs: SETTLE_MS, what: `${what}, to show` });
