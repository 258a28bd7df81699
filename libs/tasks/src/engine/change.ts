import type { Fault, FaultRecord } from '@ultron/kernel/fault';
import type { Condition } from '../saga/condition.js';
import type { Persist } from '../saga/saga.js';
import type { TaskStatus } from '../task/task.state.js';
import type { TaskRef } from '../task/task.types.js';
import type { Held } from './claim.repository.js';

/** What is recorded of a step. */
export interface StepRecord {
  run: number;
  position: number;
  name: string;
  status: 'running' | 'done' | 'failed';
  output?: unknown;
  /** How often it was begun, this time included. */
  tries: number;
  startedAt: Date;
  fault?: FaultRecord | undefined;
}

/** What a worker has to say about a task that it holds: one row of `task`, and what goes with it. */
export interface Change {
  held: Held;
  /** Of the UPDATE of `task`. */
  set: string;
  values: readonly unknown[];
  /** The same `set` and `values` of several tasks may be written by one statement: writing them twice is harmless. */
  shared: boolean;
  /** What is shown of steps: the present one, and the next one that begins with its end. */
  steps: readonly StepRecord[];
  /** All steps above this one are undone. */
  undoneAbove?: { run: number; position: number } | undefined;
  /** The run that ends here is kept as an attempt. */
  keepsAttempt?: boolean | undefined;
  ended?: { parentId: string | null; succeeded: boolean } | undefined;
  /** The task that is waited for. If it has ended already, the other change is written: nobody would wake the waiter. */
  waitsFor?: { taskId: string; ifEnded: Change } | undefined;
  /** Whom to ring for after the commit. */
  ring: readonly TaskRef[];
  /** The saga's own rows. */
  persist?: Persist | undefined;
}

/** A step that goes on later. */
export interface Pause {
  /** How often the step was begun so far. */
  tries: number;
  startedAt: Date;
  stepCount: number | null;
  /** What is shown of the step; not given for an undo, whose step keeps what it returned. */
  step?: StepRecord | undefined;
}

const FREE = 'claimed_by = NULL';
const FRESH_STEP =
  'step_tries = 0, step_in_doubt = 0, takeovers = 0, step_began_at = NULL, failures = 0, failing_since = NULL, last_fault = NULL';
const US_PER_MS = 1_000;

// A cancel that came while the worker wrote must not wait for the condition or the pause.
const DUE_LATER =
  'due_at = UTC_TIMESTAMP(6) + INTERVAL IF(cancel_requested AND NOT unwinding, 0, ?) MICROSECOND';

export function stepDone(
  held: Held,
  stepCount: number,
  steps: readonly [StepRecord, ...StepRecord[]],
  persist?: Persist,
): Change {
  const set = `current_step = ?, step_count = ?, ${FRESH_STEP}`;
  return { held, set, values: [steps[0].position + 1, stepCount], shared: true, steps, ring: [], persist };
}

export function waiting(
  held: Held,
  ref: TaskRef,
  at: Pause,
  condition: Condition,
  persist?: Persist,
): Change {
  const wait = waitColumns(condition);
  const change: Change = {
    held,
    set: `status = 'waiting', ${FREE}, ${DUE_LATER}, step_count = ?, step_tries = ?, step_in_doubt = 0,
       takeovers = 0, step_began_at = ?, failures = 0, failing_since = NULL, last_fault = NULL, wait_on = ?, wait_cluster_id = ?,
       wait_resource = ?, wait_key = ?, wait_until = ?, wait_what = ?`,
    values: [wait.ms * US_PER_MS, at.stepCount, at.tries, at.startedAt, ...wait.columns],
    shared: false,
    steps: at.step ? [at.step] : [],
    ring: condition.on === 'time' ? [{ ...ref, delayMs: condition.afterMs }] : [],
    persist,
  };
  if (condition.on !== 'task') return change;
  const now = { on: 'time', afterMs: 0, what: condition.what } as const;
  return { ...change, waitsFor: { taskId: condition.taskId, ifEnded: waiting(held, ref, at, now, persist) } };
}

export function retryLater(held: Held, ref: TaskRef, at: Pause, fault: Fault, delayMs: number): Change {
  const record = fault.toRecord();
  return {
    held,
    set: `status = 'queued', ${FREE}, ${DUE_LATER}, step_count = ?, step_tries = ?, step_in_doubt = 1,
       step_began_at = ?, failures = failures + 1, failing_since = COALESCE(failing_since, UTC_TIMESTAMP(6)),
       last_fault = ?`,
    values: [delayMs * US_PER_MS, at.stepCount, at.tries, at.startedAt, JSON.stringify(record)],
    shared: false,
    steps: at.step ? [{ ...at.step, fault: record }] : [],
    ring: [{ ...ref, delayMs }],
  };
}

/** Turns round: from now on the steps are undone, beginning with `from`. */
export function beginUnwinding(held: Held, from: number, fault: FaultRecord, failed?: StepRecord): Change {
  const set = `status = 'unwinding', unwinding = 1, current_step = ?, fault = ?, ${FRESH_STEP}`;
  return {
    held,
    set,
    values: [from, JSON.stringify(fault)],
    shared: true,
    steps: failed ? [failed] : [],
    ring: [],
  };
}

/** All steps above `next` are undone. */
export function undone(held: Held, run: number, next: number, persist?: Persist): Change {
  const set = `current_step = ?, ${FRESH_STEP}`;
  return {
    held,
    set,
    values: [next],
    shared: true,
    steps: [],
    undoneAbove: { run, position: next },
    ring: [],
    persist,
  };
}

export function stuck(held: Held, fault: FaultRecord): Change {
  const set = `status = 'stuck', ${FREE}, due_at = NULL, step_in_doubt = 1, last_fault = ?`;
  return { held, set, values: [JSON.stringify(fault)], shared: false, steps: [], ring: [] };
}

export function ended(held: Held, status: TaskStatus, parentId: string | null, persist?: Persist): Change {
  return {
    held,
    set: `status = ?, ${FREE}, due_at = NULL, finished_at = UTC_TIMESTAMP(6), ${FRESH_STEP}`,
    values: [status],
    // The second writing would find the claim gone.
    shared: false,
    steps: [],
    ended: { parentId, succeeded: status === 'succeeded' },
    ring: [],
    persist,
  };
}

export function runAgain(held: Held, ref: TaskRef, input: unknown, persist?: Persist): Change {
  return {
    held,
    set: `status = 'queued', ${FREE}, due_at = UTC_TIMESTAMP(6), unwinding = 0, run = run + 1, current_step = 0,
       input = ?, conductor_group = ?, fault = NULL, run_started_at = NULL, ${FRESH_STEP}`,
    values: [JSON.stringify(input ?? null), ref.conductorGroup],
    shared: false,
    steps: [],
    keepsAttempt: true,
    ring: [ref],
    persist,
  };
}

function waitColumns(condition: Condition): { ms: number; columns: unknown[] } {
  const what = condition.what.slice(0, 255);
  switch (condition.on) {
    case 'observation': {
      const { clusterId, resource, key, until, timeoutMs } = condition;
      return {
        ms: timeoutMs,
        columns: ['observation', clusterId, resource, key, JSON.stringify(until), what],
      };
    }
    case 'task':
      return { ms: condition.timeoutMs, columns: ['task', null, null, condition.taskId, null, what] };
    case 'time':
      return { ms: condition.afterMs, columns: ['time', null, null, null, null, what] };
  }
}
