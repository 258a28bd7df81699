import type { FaultRecord } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { refOf, type RefRow } from './task-ref.js';
import type { TaskEntity } from './task.entity.js';
import { isFinal, parentOutcome } from './task.state.js';
import type { TaskRef } from './task.types.js';

export interface EndedTask {
  id: string;
  parentId: string | null;
  succeeded: boolean;
}

/**
 * What follows from the ends of tasks, in the same transaction: their parents count them, and who waited for them is made
 * due. Returns whom to ring for after the commit.
 */
export async function afterEnds(tx: Transaction, ended: readonly EndedTask[]): Promise<TaskRef[]> {
  if (ended.length === 0) return [];
  const woken = await wakeWaitersOf(
    tx,
    ended.map((task) => task.id),
  );
  // In order, so that two transactions with children of the same parents do not wait for each other.
  const parents = [...new Set(ended.map((task) => task.parentId))].filter((id) => id !== null).sort();
  for (const parentId of parents) {
    const children = ended.filter((task) => task.parentId === parentId);
    const succeeded = children.filter((task) => task.succeeded).length;
    woken.push(...(await countInParent(tx, parentId, succeeded, children.length - succeeded)));
  }
  return woken;
}

async function wakeWaitersOf(tx: Transaction, taskIds: readonly string[]): Promise<TaskRef[]> {
  const waiters = await select<RefRow>(
    tx,
    `SELECT id, domain, conductor_group, traceparent FROM task
     WHERE wait_key IN (?) AND wait_on = 'task' AND status = 'waiting' FOR UPDATE`,
    [taskIds],
  );
  return makeDue(tx, waiters);
}

/** Lets waiting tasks, locked by the caller, run their step again. */
export async function makeDue(tx: Transaction, waiters: readonly RefRow[]): Promise<TaskRef[]> {
  if (waiters.length === 0) return [];
  await change(
    tx,
    `UPDATE task SET status = 'queued', due_at = UTC_TIMESTAMP(6), wait_on = NULL, wait_cluster_id = NULL,
       wait_resource = NULL, wait_key = NULL, wait_until = NULL, wait_what = NULL,
       version = version + 1, updated_at = UTC_TIMESTAMP(6)
     WHERE id IN (?) AND status = 'waiting'`,
    [waiters.map((waiter) => waiter.id)],
  );
  return waiters.map(refOf);
}

async function countInParent(
  tx: Transaction,
  parentId: string,
  succeeded: number,
  failed: number,
): Promise<TaskRef[]> {
  await change(
    tx,
    `UPDATE task SET children_succeeded = children_succeeded + ?, children_failed = children_failed + ?,
       version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
    [succeeded, failed, parentId],
  );
  const [parent] = await select<TaskEntity>(
    tx,
    `SELECT id, parent_id, status, children_total, children_succeeded, children_failed, min_succeeded,
       cancel_requested FROM task WHERE id = ?`,
    [parentId],
  );
  if (!parent || isFinal(parent.status)) return [];
  return endParent(tx, parent);
}

async function endParent(tx: Transaction, parent: TaskEntity): Promise<TaskRef[]> {
  const total = parent.children_total ?? 0;
  const children = {
    total,
    succeeded: parent.children_succeeded,
    failed: parent.children_failed,
    minSucceeded: parent.min_succeeded ?? total,
  };
  const status = parentOutcome(children, parent.cancel_requested === 1);
  if (status === undefined) return [];
  const fault = status === 'succeeded' ? null : JSON.stringify(batchFault(children, status));
  await change(
    tx,
    `UPDATE task SET status = ?, fault = ?, finished_at = UTC_TIMESTAMP(6), version = version + 1,
       updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
    [status, fault, parent.id],
  );
  return afterEnds(tx, [{ id: parent.id, parentId: parent.parent_id, succeeded: status === 'succeeded' }]);
}

function batchFault(children: { total: number; failed: number }, status: string): FaultRecord {
  if (status === 'cancelled') {
    return {
      code: 'cancelled',
      category: 'conflict',
      detail: `The batch was cancelled; ${children.failed} of ${children.total} items did not succeed.`,
      retryable: false,
      who_can_fix: 'caller',
    };
  }
  return {
    code: 'batch_failed',
    category: 'unavailable',
    detail: `${children.failed} of ${children.total} items did not succeed; each says why.`,
    retryable: false,
    who_can_fix: 'operator',
  };
}
