import type { Fault, FaultRecord } from '@ultron/kernel/fault';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Condition } from '../saga/condition.js';
import { afterEnd } from '../task/task-end.js';
import { isFinal, type TaskStatus } from '../task/task.state.js';
import type { TaskRef } from '../task/task.types.js';
import type { Held } from './claim.repository.js';

/** Thrown inside the transaction when the task belongs to somebody else by now: nothing of it is written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

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

/** A step that goes on later. */
export interface Pause {
  /** How often the step was begun so far. */
  tries: number;
  startedAt: Date;
  stepCount?: number | undefined;
  /** What is shown of the step; not given for an undo, whose step keeps what it returned. */
  step?: StepRecord | undefined;
}

const TOUCH = 'version = version + 1, updated_at = UTC_TIMESTAMP(6)';
const FREE = 'claimed_by = NULL';
const FRESH_STEP =
  'step_tries = 0, step_in_doubt = 0, step_began_at = NULL, failures = 0, failing_since = NULL, last_fault = NULL';
const US_PER_MS = 1_000;

/**
 * What a worker writes about a task. Each statement on `task` is fenced by the epoch of the worker's claim, and comes
 * first in its transaction: it locks the row, so nobody can take the task over before the commit.
 */
export class RecordRepository {
  /** Returns whether the task shall be cancelled. */
  async stepDone(
    tx: Transaction,
    held: Held,
    stepCount: number,
    step: StepRecord,
  ): Promise<{ cancel: boolean }> {
    const set = `current_step = ?, step_count = ?, ${FRESH_STEP}`;
    const values = [step.position + 1, stepCount];
    const undisturbed = await this.tryUpdate(tx, held, set, values, 'AND cancel_requested = 0');
    if (!undisturbed) await this.update(tx, held, set, values);
    await this.putStep(tx, held.id, step);
    return { cancel: !undisturbed };
  }

  /** Returns what it waits for in fact: a task that has ended is not waited for. */
  async wait(tx: Transaction, held: Held, at: Pause, condition: Condition): Promise<Condition> {
    const actual = await unlessEnded(tx, condition);
    const wait = waitColumns(actual);
    await this.update(
      tx,
      held,
      `status = 'waiting', ${FREE}, due_at = ${dueIn('?')}, step_count = ?, step_tries = ?, step_in_doubt = 0,
       step_began_at = ?, failures = 0, failing_since = NULL, last_fault = NULL, wait_on = ?, wait_cluster_id = ?,
       wait_resource = ?, wait_key = ?, wait_until = ?, wait_what = ?`,
      [wait.ms * US_PER_MS, at.stepCount ?? null, at.tries, at.startedAt, ...wait.columns],
    );
    if (at.step) await this.putStep(tx, held.id, at.step);
    return actual;
  }

  async retryLater(
    tx: Transaction,
    held: Held,
    at: Pause & { fault: Fault; delayMs: number },
  ): Promise<void> {
    const fault = at.fault.toRecord();
    await this.update(
      tx,
      held,
      `status = 'queued', ${FREE}, due_at = ${dueIn('?')}, step_count = ?, step_tries = ?, step_in_doubt = 1,
       step_began_at = ?, failures = failures + 1, failing_since = COALESCE(failing_since, UTC_TIMESTAMP(6)),
       last_fault = ?`,
      [at.delayMs * US_PER_MS, at.stepCount ?? null, at.tries, at.startedAt, JSON.stringify(fault)],
    );
    if (at.step) await this.putStep(tx, held.id, { ...at.step, fault });
  }

  /** Turns round: from now on the steps are undone, beginning with `from`. */
  async beginUnwinding(
    tx: Transaction,
    held: Held,
    from: number,
    fault: FaultRecord,
    failed?: StepRecord,
  ): Promise<void> {
    await this.update(
      tx,
      held,
      `status = 'unwinding', unwinding = 1, current_step = ?, fault = ?, ${FRESH_STEP}`,
      [from, JSON.stringify(fault)],
    );
    if (failed) await this.putStep(tx, held.id, failed);
  }

  /** All steps above `next` are undone. A step that failed goes on saying so. */
  async undone(tx: Transaction, held: Held, run: number, next: number): Promise<void> {
    await this.update(tx, held, `current_step = ?, ${FRESH_STEP}`, [next]);
    await change(
      tx,
      `UPDATE task_step SET status = 'undone', finished_at = UTC_TIMESTAMP(6)
       WHERE task_id = ? AND run = ? AND position > ? AND status <> 'failed'`,
      [held.id, run, next],
    );
  }

  async stuck(tx: Transaction, held: Held, fault: FaultRecord): Promise<void> {
    await this.update(
      tx,
      held,
      `status = 'stuck', ${FREE}, due_at = NULL, step_in_doubt = 1, last_fault = ?`,
      [JSON.stringify(fault)],
    );
  }

  async end(tx: Transaction, held: Held, status: TaskStatus, parentId: string | null): Promise<TaskRef[]> {
    await this.update(
      tx,
      held,
      `status = ?, ${FREE}, due_at = NULL, finished_at = UTC_TIMESTAMP(6), ${FRESH_STEP}`,
      [status],
    );
    return afterEnd(tx, { id: held.id, parentId, succeeded: status === 'succeeded' });
  }

  /** Keeps the run that failed as an attempt and begins another. */
  async runAgain(tx: Transaction, held: Held, input: unknown, conductorGroup: string): Promise<void> {
    await change(
      tx,
      `INSERT INTO task_attempt (task_id, run, input, cluster_id, fault, started_at, finished_at)
       SELECT id, run, input, JSON_VALUE(input, '$.cluster_id'), COALESCE(fault, '{}'), run_started_at,
         UTC_TIMESTAMP(6) FROM task WHERE id = ? AND epoch = ?
       ON DUPLICATE KEY UPDATE fault = VALUES(fault)`,
      [held.id, held.epoch],
    );
    await this.update(
      tx,
      held,
      `status = 'queued', ${FREE}, due_at = UTC_TIMESTAMP(6), unwinding = 0, run = run + 1, current_step = 0,
       input = ?, conductor_group = ?, fault = NULL, run_started_at = NULL, ${FRESH_STEP}`,
      [JSON.stringify(input ?? null), conductorGroup],
    );
  }

  private async update(tx: Transaction, held: Held, set: string, values: readonly unknown[]): Promise<void> {
    if (!(await this.tryUpdate(tx, held, set, values, '')))
      throw new ClaimLost(`task ${held.id} was taken over`);
  }

  private async tryUpdate(
    tx: Transaction,
    held: Held,
    set: string,
    values: readonly unknown[],
    and: string,
  ): Promise<boolean> {
    const sql = `UPDATE task SET ${set}, ${TOUCH} WHERE id = ? AND epoch = ? AND claimed_by IS NOT NULL ${and}`;
    return (await change(tx, sql, [...values, held.id, held.epoch])) === 1;
  }

  private async putStep(tx: Transaction, taskId: string, step: StepRecord): Promise<void> {
    await change(
      tx,
      `INSERT INTO task_step (task_id, run, position, name, status, output, tries, started_at, finished_at, fault)
       VALUES ${rowsOf(1, `(?, ?, ?, ?, ?, ?, ?, ?, IF(?, NULL, UTC_TIMESTAMP(6)), ?)`)}
       ON DUPLICATE KEY UPDATE status = VALUES(status), output = VALUES(output), tries = VALUES(tries),
         finished_at = VALUES(finished_at), fault = VALUES(fault)`,
      [
        taskId,
        step.run,
        step.position,
        step.name,
        step.status,
        step.status === 'done' ? JSON.stringify({ value: step.output }) : null,
        step.tries,
        step.startedAt,
        step.status === 'running',
        step.fault ? JSON.stringify(step.fault) : null,
      ],
    );
  }
}

// A cancel that came while the worker wrote must not wait for the condition or the pause.
function dueIn(microseconds: string): string {
  return `UTC_TIMESTAMP(6) + INTERVAL IF(cancel_requested AND NOT unwinding, 0, ${microseconds}) MICROSECOND`;
}

/** Nobody would wake one who waits for a task that has ended: it looks at once instead. */
async function unlessEnded(tx: Transaction, condition: Condition): Promise<Condition> {
  if (condition.on !== 'task' || !(await hasEnded(tx, condition.taskId))) return condition;
  return { on: 'time', afterMs: 0, what: condition.what };
}

/** Locks the other task's row, so that its end either is seen here or sees the one who waits. */
async function hasEnded(tx: Transaction, taskId: string): Promise<boolean> {
  const [other] = await select<{ status: TaskStatus }>(
    tx,
    'SELECT status FROM task WHERE id = ? LOCK IN SHARE MODE',
    [taskId],
  );
  return !other || isFinal(other.status);
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
