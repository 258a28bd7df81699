import type { FaultRecord } from '@ultron/kernel/fault';
import type { EngineTimes } from './engine-times.js';

/** Where a run stands between two steps. */
export interface Position {
  unwinding: boolean;
  /** The step to do or to undo next. */
  step: number;
  stepCount: number;
  /** Whether the present step was begun before without being recorded as done or undone. */
  begun: boolean;
  cancelRequested: boolean;
}

export type Move =
  | { kind: 'do'; step: number }
  | { kind: 'undo'; step: number }
  /** All steps are done. */
  | { kind: 'succeed' }
  /** All steps are undone. */
  | { kind: 'unwound' }
  /** Stop going forward; undo from this step on, -1 when there is nothing to undo. */
  | { kind: 'cancel'; from: number };

/** What a run does next: forward unless it unwinds, and a cancel is heard at every boundary. */
export function nextMove(at: Position): Move {
  if (at.unwinding) return at.step < 0 ? { kind: 'unwound' } : { kind: 'undo', step: at.step };
  if (at.cancelRequested) return { kind: 'cancel', from: lastBegun(at) };
  return at.step >= at.stepCount ? { kind: 'succeed' } : { kind: 'do', step: at.step };
}

// A step that was begun may have had an effect, so it is undone too.
function lastBegun(at: Position): number {
  const last = at.begun ? at.step : at.step - 1;
  return Math.min(last, at.stepCount - 1);
}

export interface Failures {
  /** Faults of the step in a row, this one included. */
  count: number;
  /** Since the first of them, in milliseconds. */
  sinceMs: number;
}

export type AfterFault = { kind: 'retry'; delayMs: number } | { kind: 'give_up' };

/** Even a cluster that asks for very short pauses does not get more tries than these. */
const MAX_TRIES = 500;
const MAX_RETRY_AFTER_MS = 10 * 60_000;
/** A final fault of an undo is tried again so often: what it left needs a person, so it is worth asking twice. */
const UNDO_TRIES = 3;

/** Whether a step that met a fault is tried again, and when. `random` is in [0, 1). */
export function afterFault(
  fault: { retryable: boolean; retryAfterMs?: number | undefined },
  failures: Failures,
  undoing: boolean,
  times: EngineTimes,
  random: number,
): AfterFault {
  const patient = fault.retryable && failures.sinceMs < times.stepDeadline && failures.count < MAX_TRIES;
  const insists = undoing && !fault.retryable && failures.count < UNDO_TRIES;
  if (!patient && !insists) return { kind: 'give_up' };
  return { kind: 'retry', delayMs: pause(fault.retryAfterMs, failures.count, times, random) };
}

/** Exponential, capped, and anywhere in its upper half, so that tasks that failed together do not return together. */
function pause(retryAfterMs: number | undefined, count: number, times: EngineTimes, random: number): number {
  const full = Math.min(times.maxBackoff, times.backoff * 2 ** Math.min(count - 1, 20));
  const own = full * (0.5 + random / 2);
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return Math.round(Math.max(own, asked * (1 + random / 4)));
}

export const CANCELLED: FaultRecord = {
  code: 'cancelled',
  category: 'conflict',
  detail: 'The task was cancelled.',
  retryable: false,
  who_can_fix: 'caller',
};

export const KILLS_CONDUCTORS: FaultRecord = {
  code: 'conductors_died',
  category: 'bug',
  detail: 'Conductor after conductor died, or lost its lease, in this step.',
  retryable: false,
  who_can_fix: 'operator',
};
