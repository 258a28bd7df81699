import { change as run, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { afterEnds } from '../task/task-end.js';
import { isFinal, type TaskStatus } from '../task/task.state.js';
import type { TaskRef } from '../task/task.types.js';
import type { Change, StepRecord } from './change.js';

/** Thrown inside the transaction when the task belongs to somebody else by now: nothing of it is written. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** What became of a change. */
export interface Written {
  /** The task shall be cancelled. */
  cancel: boolean;
  ring: readonly TaskRef[];
}

const TOUCH = 'version = version + 1, updated_at = UTC_TIMESTAMP(6)';
const STEP_ROW = '(?, ?, ?, ?, ?, ?, ?, ?, IF(?, NULL, UTC_TIMESTAMP(6)), ?)';

/**
 * Writes changes of several tasks in one transaction. The statements on `task` come first and are fenced by the epochs
 * of the claims: they lock the rows, so nobody can take a task over before the commit.
 */
export class RecordRepository {
  /** @throws ClaimLost when one of the tasks was taken over: then write each for itself. */
  async write(tx: Transaction, asked: readonly Change[]): Promise<Written[]> {
    const changes: Change[] = [];
    for (const each of asked) changes.push(await unlessEnded(tx, each));
    await this.keepAttempts(tx, changes);
    const cancelled = await this.updateTasks(tx, changes);
    for (const { persist } of changes) await persist?.(tx);
    await putSteps(
      tx,
      changes.flatMap(({ held, steps }) => steps.map((step) => ({ taskId: held.id, step }))),
    );
    await this.markUndone(tx, changes);
    const woken = await afterEnds(
      tx,
      changes.flatMap(({ held, ended }) => (ended ? [{ id: held.id, ...ended }] : [])),
    );
    return changes.map((each, index) => ({
      cancel: cancelled.has(each),
      ring: index === 0 ? [...each.ring, ...woken] : each.ring,
    }));
  }

  /** Returns the changes whose tasks shall be cancelled. */
  private async updateTasks(tx: Transaction, changes: readonly Change[]): Promise<ReadonlySet<Change>> {
    const cancelled = new Set<Change>();
    for (const group of alike(changes)) {
      if (group.every((each) => each.shared) && (await this.update(tx, group, 'AND cancel_requested = 0')))
        continue;
      for (const each of group) {
        if (each.shared && (await this.update(tx, [each], 'AND cancel_requested = 0'))) continue;
        if (!(await this.update(tx, [each], ''))) throw new ClaimLost(`task ${each.held.id} was taken over`);
        if (each.shared) cancelled.add(each);
      }
    }
    return cancelled;
  }

  /** Whether all of the tasks are still held. */
  private async update(tx: Transaction, alike: readonly Change[], and: string): Promise<boolean> {
    const [first] = alike;
    if (!first) return true;
    const matched = await run(
      tx,
      `UPDATE task SET ${first.set}, ${TOUCH} WHERE id IN (?) AND (id, epoch) IN (${rowsOf(alike.length, '(?, ?)')})
         AND claimed_by IS NOT NULL ${and}`,
      [
        ...first.values,
        alike.map(({ held }) => held.id),
        ...alike.flatMap(({ held }) => [held.id, held.epoch]),
      ],
    );
    return matched === alike.length;
  }

  // A step that failed goes on saying so.
  private async markUndone(tx: Transaction, changes: readonly Change[]): Promise<void> {
    for (const { held, undoneAbove: above } of changes) {
      if (!above) continue;
      await run(
        tx,
        `UPDATE task_step SET status = 'undone', finished_at = UTC_TIMESTAMP(6)
         WHERE task_id = ? AND run = ? AND position > ? AND status <> 'failed'`,
        [held.id, above.run, above.position],
      );
    }
  }

  private async keepAttempts(tx: Transaction, changes: readonly Change[]): Promise<void> {
    for (const { held, keepsAttempt } of changes) {
      if (!keepsAttempt) continue;
      await run(
        tx,
        `INSERT INTO task_attempt (task_id, run, input, cluster_id, fault, started_at, finished_at)
         SELECT id, run, input, JSON_VALUE(input, '$.cluster_id'), COALESCE(fault, '{}'), run_started_at,
           UTC_TIMESTAMP(6) FROM task WHERE id = ? AND epoch = ?
         ON DUPLICATE KEY UPDATE fault = VALUES(fault)`,
        [held.id, held.epoch],
      );
    }
  }
}

/** Writes what is shown of steps; a step keeps the time when it was first begun. */
export async function putSteps(
  tx: Transaction,
  rows: readonly { taskId: string; step: StepRecord }[],
): Promise<void> {
  if (rows.length === 0) return;
  await run(
    tx,
    `INSERT INTO task_step (task_id, run, position, name, status, output, tries, started_at, finished_at, fault)
     VALUES ${rowsOf(rows.length, STEP_ROW)}
     ON DUPLICATE KEY UPDATE status = VALUES(status), output = VALUES(output), tries = VALUES(tries),
       finished_at = VALUES(finished_at), fault = VALUES(fault)`,
    rows.flatMap(({ taskId, step }) => [
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
    ]),
  );
}

/** Changes that one statement can write. */
function alike(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  changes.forEach((each, index) => {
    const key = each.shared ? `${each.set}\n${JSON.stringify(each.values)}` : String(index);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  });
  return [...groups.values()];
}

/** Locks the other task's row, so that its end either is seen here or sees the one who waits. */
async function unlessEnded(tx: Transaction, asked: Change): Promise<Change> {
  if (!asked.waitsFor) return asked;
  const { taskId, ifEnded } = asked.waitsFor;
  const [other] = await select<{ status: TaskStatus }>(
    tx,
    'SELECT status FROM task WHERE id = ? LOCK IN SHARE MODE',
    [taskId],
  );
  return !other || isFinal(other.status) ? ifEnded : asked;
}
