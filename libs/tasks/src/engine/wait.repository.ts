import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { makeDue } from '../task/task-end.js';
import type { RefRow } from '../task/task-ref.js';
import type { TaskEntity } from '../task/task.entity.js';
import type { ObservationWait, TaskRef } from '../task/task.types.js';

@Injectable()
export class WaitRepository {
  async list(tx: Transaction, clusterId: string, resource: string): Promise<ObservationWait[]> {
    const rows = await select<TaskEntity>(
      tx,
      `SELECT id, wait_key, wait_until, wait_what, due_at FROM task
       WHERE wait_cluster_id = ? AND wait_resource = ? AND status = 'waiting'`,
      [clusterId, resource],
    );
    return rows.map((row) => ({
      taskId: row.id,
      key: row.wait_key ?? '',
      until: row.wait_until ?? {},
      what: row.wait_what ?? '',
      deadline: row.due_at,
    }));
  }

  async wanted(tx: Transaction): Promise<{ clusterId: string; resource: string; count: number }[]> {
    return select(
      tx,
      `SELECT wait_cluster_id AS clusterId, wait_resource AS resource, COUNT(*) AS count FROM task
       WHERE wait_cluster_id IS NOT NULL AND status = 'waiting' GROUP BY wait_cluster_id, wait_resource`,
    );
  }

  async wake(tx: Transaction, taskIds: readonly string[]): Promise<TaskRef[]> {
    const waiting = await select<RefRow>(
      tx,
      `SELECT id, domain, conductor_group, traceparent FROM task
       WHERE id IN (?) AND status = 'waiting' ORDER BY id FOR UPDATE`,
      [taskIds],
    );
    return makeDue(tx, waiting);
  }
}
