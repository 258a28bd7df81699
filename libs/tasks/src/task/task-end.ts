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
 * What follows from the end of a task, in the same transaction: its parent counts it, and who waited for it is made
 * due. Returns whom to ring for after the commit.
 */
export async function afterEnd(tx: Transaction, ended: EndedTask): Promise<TaskRef[]> {
  const woken = await wakeWaitersOf(tx, ended.id);
  if (ended.parentId === null) return woken;
  return [...woken, ...(await countInParent(tx, ended.parentId, ended.succeeded))];
}

async function wakeWaitersOf(tx: Transaction, taskId: string): Promise<TaskRef[]> {
  const waiters = await select<RefRow>(
    tx,
    `SELECT id, domain, conductor_group, traceparent FROM task
     WHERE wait_key = ? AND wait_on = 'task' AND status = 'waiting' FOR UPDATE`,
    [taskId],
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

async function countInParent(tx: Transaction, parentId: string, succeeded: boolean): Promise<TaskRef[]> {
  const counter = succeeded ? 'children_succeeded' : 'children_failed';
  await change(
    tx,
    `UPDATE task SET ${counter} = ${counter} + 1, version = version + 1, updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
    [parentId],
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
  return afterEnd(tx, { id: parent.id, parentId: parent.parent_id, succeeded: status === 'succeeded' });
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
