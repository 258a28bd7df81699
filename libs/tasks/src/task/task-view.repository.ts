import { Inject, Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import type { TaskAttemptEntity } from './task-attempt.entity.js';
import type { TaskStepEntity } from './task-step.entity.js';
import { toView, type ViewRow } from './task-view.js';
import type { TaskFilter, TaskPage, TaskView } from './task.types.js';

const COLUMNS = `id, kind, domain, conductor_group, project_id, parent_id, resource_kind, resource_id, status, unwinding,
  run, epoch, claimed_by, due_at, current_step, step_count, step_tries, step_in_doubt, takeovers, step_began_at, failures,
  failing_since, wait_on, wait_cluster_id, wait_resource, wait_key, wait_what, cancel_requested, last_fault, fault,
  children_total, children_succeeded, children_failed, min_succeeded, trace_id, traceparent, version, created_at,
  started_at, run_started_at, finished_at, updated_at, JSON_VALUE(input, '$.cluster_id') AS cluster_id`;
const MOST_REQUEST_IDS = 50;
const MOST_OF_A_PAGE = 1_000;

/** Reading tasks as the API shows them. */
@Injectable()
export class TaskViewRepository {
  constructor(@Inject(TraceRepository) private readonly traces: TraceRepository) {}

  async find(tx: Transaction, id: string): Promise<TaskView | null> {
    const [row] = await select<ViewRow>(tx, `SELECT ${COLUMNS} FROM task WHERE id = ?`, [id]);
    if (!row) return null;
    const [steps, attempts, requestIds] = await Promise.all([
      select<TaskStepEntity>(tx, 'SELECT * FROM task_step WHERE task_id = ? AND run = ? ORDER BY position', [
        id,
        row.run,
      ]),
      select<TaskAttemptEntity>(tx, 'SELECT * FROM task_attempt WHERE task_id = ? ORDER BY run', [id]),
      this.traces.requestIdsOf(tx, id, MOST_REQUEST_IDS),
    ]);
    return toView(row, { steps, attempts, requestIds });
  }

  async countStuck(tx: Transaction): Promise<number> {
    const [row] = await select<{ n: number | string }>(
      tx,
      `SELECT COUNT(*) AS n FROM task WHERE status = 'stuck'`,
    );
    return Number(row?.n ?? 0);
  }

  async list(tx: Transaction, filter: TaskFilter, page: TaskPage): Promise<TaskView[]> {
    const descending = page.order !== 'asc';
    const { where, values } = conditions(filter);
    if (page.after !== undefined) {
      where.push(`id ${descending ? '<' : '>'} ?`);
      values.push(page.after);
    }
    const rows = await select<ViewRow>(
      tx,
      `SELECT ${COLUMNS} FROM task ${where.length ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ?`,
      [...values, Math.min(page.limit, MOST_OF_A_PAGE)],
    );
    return rows.map((row) => toView(row));
  }

  async ofTrace(tx: Transaction, traceId: string): Promise<TaskView[]> {
    const rows = await select<ViewRow>(
      tx,
      `SELECT ${COLUMNS} FROM task WHERE trace_id = ? ORDER BY id LIMIT ?`,
      [traceId, MOST_OF_A_PAGE],
    );
    if (rows.length === 0) return [];
    const steps = await select<TaskStepEntity>(
      tx,
      'SELECT * FROM task_step WHERE task_id IN (?) ORDER BY run, position',
      [rows.map((row) => row.id)],
    );
    return rows.map((row) =>
      toView(row, { steps: steps.filter((step) => step.task_id === row.id), attempts: [], requestIds: [] }),
    );
  }

  /** The versions of tasks, for the long poll. */
  async versions(tx: Transaction, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await select<{ id: string; version: number }>(
      tx,
      'SELECT id, version FROM task WHERE id IN (?)',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row.version]));
  }
}

function conditions(filter: TaskFilter): { where: string[]; values: unknown[] } {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, ...more: unknown[]) => {
    where.push(condition);
    values.push(...more);
  };
  if (filter.projectId !== undefined) add('project_id = ?', filter.projectId);
  if (filter.status !== undefined) addStatus(add, filter.status);
  if (filter.kind !== undefined) add('kind = ?', filter.kind);
  if (filter.resource) add('resource_kind = ? AND resource_id = ?', filter.resource.kind, filter.resource.id);
  if (filter.parentId !== undefined) add('parent_id = ?', filter.parentId);
  if (filter.topLevel) add('parent_id IS NULL');
  if (filter.createdAfter) add('created_at > ?', filter.createdAfter);
  if (filter.createdBefore) add('created_at < ?', filter.createdBefore);
  return { where, values };
}

// Filters by what `toView` shows: a queued or waiting row that unwinds is shown as unwinding.
function addStatus(add: (condition: string, ...values: unknown[]) => void, status: string): void {
  if (status === 'unwinding') add("unwinding = 1 AND status IN ('unwinding', 'queued', 'waiting')");
  else if (status === 'queued' || status === 'waiting') add('status = ? AND unwinding = 0', status);
  else add('status = ?', status);
}
