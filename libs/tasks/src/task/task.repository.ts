import { Injectable } from '@nestjs/common';
import { Fault, type FaultRecord } from '@ultron/kernel/fault';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { refOf } from './task-ref.js';
import type { TaskEntity } from './task.entity.js';
import { allows, isFinal } from './task.state.js';
import type { NewTask, TaskRef } from './task.types.js';

const NEW_ROW = `(?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, NULL, UTC_TIMESTAMP(6)), ?, ?, ?, ?, ?,
  UTC_TIMESTAMP(6), IF(?, UTC_TIMESTAMP(6), NULL), UTC_TIMESTAMP(6))`;

const NO_REASON: FaultRecord = {
  code: 'abandoned',
  category: 'conflict',
  detail: 'An operator gave the task up.',
  retryable: false,
  who_can_fix: 'operator',
};

/** Writing tasks, and what callers and operators change in them. */
/** Tasks that the wrong groups have. */
export interface StrayedTasks {
  /** The clusters that `to` serves. */
  clusterIds: readonly string[];
  from: readonly string[];
  to: string;
  /** For how long nobody has taken them, in milliseconds. */
  graceMs: number;
}

@Injectable()
export class TaskRepository {
  async insertMany(tx: Transaction, tasks: readonly NewTask[]): Promise<void> {
    if (tasks.length === 0) return;
    await change(
      tx,
      `INSERT INTO task (id, kind, domain, conductor_group, project_id, parent_id, resource_kind, resource_id, status,
         due_at, input, children_total, min_succeeded, trace_id, traceparent, created_at, started_at, updated_at)
       VALUES ${rowsOf(tasks.length, NEW_ROW)}`,
      tasks.flatMap(newRow),
    );
  }

  /**
   * Marks the task and its children; what waits or pauses is made due at once. Locks parents before children, as the
   * end of a child does not: the transaction that loses the deadlock is run again.
   */
  async requestCancel(tx: Transaction, id: string): Promise<TaskRef[]> {
    const task = await this.lock(tx, id);
    if (isFinal(task.status)) return [];
    if (task.children_total === null) return this.cancelRows(tx, 'id', id);
    await change(tx, 'UPDATE task SET cancel_requested = 1, version = version + 1 WHERE id = ?', [id]);
    return this.cancelRows(tx, 'parent_id', id);
  }

  async operatorRetry(tx: Transaction, id: string): Promise<TaskRef> {
    const task = await this.lock(tx, id);
    if (!allows(task.status, 'operator_retry') || task.children_total !== null) throw notRetryable(task);
    if (task.status === 'failed') await this.beginAnew(tx, task);
    await change(
      tx,
      `UPDATE task SET status = 'queued', due_at = UTC_TIMESTAMP(6), failures = 0, failing_since = NULL, last_fault = NULL,
         takeovers = 0, finished_at = NULL, cancel_requested = 0, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [id],
    );
    return refOf(task);
  }

  /** Nothing more is undone; a conductor lets the saga write down that it failed, and ends the task. */
  async operatorAbandon(tx: Transaction, id: string, note?: string): Promise<TaskRef> {
    const task = await this.lock(tx, id);
    if (!allows(task.status, 'operator_abandon')) throw notStuck(task);
    const fault = { ...(task.fault ?? task.last_fault ?? NO_REASON), abandoned: note ?? true };
    await change(
      tx,
      `UPDATE task SET status = 'queued', due_at = UTC_TIMESTAMP(6), unwinding = 1, current_step = -1, step_tries = 0,
         step_in_doubt = 0, failures = 0, failing_since = NULL, takeovers = 0, fault = ?,
         version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [JSON.stringify(fault), id],
    );
    return refOf(task);
  }

  /**
   * All that is open, or may be let begin anew, about a cluster: the conductors of its former group may be gone. Found
   * without locks first: an UPDATE that looks for them waits for every task of the group that is being written.
   */
  async moveToGroup(tx: Transaction, clusterId: string, move: { from: string; to: string }): Promise<void> {
    for (const which of ['due_at IS NOT NULL', `status IN ('stuck', 'failed')`]) {
      const found = await select<{ id: string }>(
        tx,
        `SELECT id FROM task WHERE ${which} AND JSON_VALUE(input, '$.cluster_id') = ? AND conductor_group = ? ORDER BY id`,
        [clusterId, move.from],
      );
      if (found.length === 0) continue;
      await change(
        tx,
        `UPDATE task SET conductor_group = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6)
         WHERE id IN (?) AND ${which} AND conductor_group = ?`,
        [move.to, found.map(({ id }) => id), move.from],
      );
    }
  }

  /**
   * Takes in tasks about a group's own clusters that another group has: such as were written while the cluster was
   * being moved. Only those that nobody has taken for a while are looked at, so that there are few. How many they were.
   */
  async takeIn(tx: Transaction, strayed: StrayedTasks): Promise<number> {
    const { clusterIds, from, to, graceMs } = strayed;
    if (clusterIds.length === 0 || from.length === 0) return 0;
    const strays = await select<{ id: string }>(
      tx,
      `SELECT id FROM task WHERE conductor_group IN (?) AND due_at <= UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND
         AND JSON_VALUE(input, '$.cluster_id') IN (?) LIMIT 500`,
      [from, graceMs * 1000, clusterIds],
    );
    if (strays.length === 0) return 0;
    return change(
      tx,
      'UPDATE task SET conductor_group = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id IN (?)',
      [to, strays.map(({ id }) => id)],
    );
  }

  /** How many tasks of each group have been due for so long. */
  async overdueByGroup(tx: Transaction, graceMs: number): Promise<Map<string, number>> {
    const rows = await select<{ name: string; tasks: string }>(
      tx,
      `SELECT conductor_group AS name, COUNT(*) AS tasks FROM task
       WHERE due_at <= UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND GROUP BY conductor_group`,
      [graceMs * 1000],
    );
    return new Map(rows.map(({ name, tasks }) => [name, Number(tasks)]));
  }

  private async lock(tx: Transaction, id: string): Promise<TaskEntity> {
    const [task] = await select<TaskEntity>(tx, 'SELECT * FROM task WHERE id = ? FOR UPDATE', [id]);
    if (!task) throw taskNotFound(id);
    return task;
  }

  private async cancelRows(tx: Transaction, column: 'id' | 'parent_id', id: string): Promise<TaskRef[]> {
    const open = await select<TaskEntity>(
      tx,
      `SELECT id, domain, conductor_group, traceparent, status FROM task
       WHERE ${column} = ? AND finished_at IS NULL AND cancel_requested = 0 ORDER BY id FOR UPDATE`,
      [id],
    );
    if (open.length === 0) return [];
    await change(
      tx,
      `UPDATE task SET cancel_requested = 1, version = version + 1, updated_at = UTC_TIMESTAMP(6),
         due_at = IF(status IN ('queued', 'waiting'), UTC_TIMESTAMP(6), due_at) WHERE id IN (?)`,
      [open.map((task) => task.id)],
    );
    return open.filter((task) => task.status === 'queued' || task.status === 'waiting').map(refOf);
  }

  // The failed run is kept as an attempt, and the parent counts the task as open again.
  private async beginAnew(tx: Transaction, task: TaskEntity): Promise<void> {
    await change(
      tx,
      `INSERT IGNORE INTO task_attempt (task_id, run, input, cluster_id, fault, started_at, finished_at)
       SELECT id, run, input, JSON_VALUE(input, '$.cluster_id'), COALESCE(fault, '{}'), run_started_at,
         COALESCE(finished_at, UTC_TIMESTAMP(6)) FROM task WHERE id = ?`,
      [task.id],
    );
    await change(
      tx,
      `UPDATE task SET run = run + 1, unwinding = 0, current_step = 0, step_tries = 0, step_in_doubt = 0, fault = NULL
       WHERE id = ?`,
      [task.id],
    );
    if (!task.parent_id) return;
    await change(
      tx,
      `UPDATE task SET children_failed = children_failed - 1, status = 'running', finished_at = NULL, fault = NULL,
         version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ? AND children_failed > 0`,
      [task.parent_id],
    );
  }
}

export function taskNotFound(id: string): Fault {
  return new Fault({ code: 'task_not_found', category: 'not_found', detail: `There is no task ${id}.` });
}

function newRow(task: NewTask): unknown[] {
  const isParent = task.childCount !== undefined;
  return [
    task.id,
    task.kind,
    task.domain,
    task.conductorGroup,
    task.projectId,
    task.parentId ?? null,
    task.resource?.kind ?? null,
    task.resource?.id ?? null,
    isParent ? 'running' : 'queued',
    isParent,
    JSON.stringify(task.input ?? null),
    task.childCount ?? null,
    isParent ? (task.minSucceeded ?? task.childCount) : null,
    task.traceId,
    task.traceparent,
    isParent,
  ];
}

function notRetryable(task: TaskEntity): Fault {
  const detail =
    task.children_total === null
      ? `The task is ${task.status}; only a stuck or failed task can be retried.`
      : 'The task stands for a batch; retry its items.';
  return new Fault({ code: 'task_not_retryable', category: 'conflict', detail });
}

function notStuck(task: TaskEntity): Fault {
  const detail = `The task is ${task.status}; only a stuck task can be abandoned. Cancel it to stop it.`;
  return new Fault({ code: 'task_not_stuck', category: 'conflict', detail });
}
