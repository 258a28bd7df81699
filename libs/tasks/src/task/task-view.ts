import type { FaultRecord } from '@ultron/kernel/fault';
import type { TaskAttemptEntity } from './task-attempt.entity.js';
import type { TaskStepEntity } from './task-step.entity.js';
import type { TaskEntity } from './task.entity.js';
import { isFinal, type TaskStatus } from './task.state.js';
import type { AttemptView, StepView, TaskProgress, TaskView } from './task.types.js';

/** A row with the name of the step that it is at, and the cluster of its input. */
export type ViewRow = Omit<TaskEntity, 'input' | 'wait_until'> & { cluster_id: string | null };

export interface Details {
  steps: readonly TaskStepEntity[];
  attempts: readonly TaskAttemptEntity[];
  requestIds: { service: string; request_id: string }[];
}

/** The row as the API shows it; lists go without details. */
export function toView(row: ViewRow, details?: Details): TaskView {
  const failing = row.status === 'queued' && row.failures > 0;
  return {
    id: row.id,
    kind: row.kind,
    domain: row.domain,
    conductor_group: row.conductor_group,
    project_id: row.project_id,
    parent_id: row.parent_id,
    resource: row.resource_kind && row.resource_id ? { kind: row.resource_kind, id: row.resource_id } : null,
    status: shownStatus(row),
    version: row.version,
    cancel_requested: row.cancel_requested === 1,
    progress: progressOf(row),
    steps: details ? details.steps.map(stepView) : null,
    attempts: details ? attemptViews(row, details.attempts) : null,
    waiting_for:
      row.status === 'waiting'
        ? { what: row.wait_what ?? '', until: row.due_at?.toISOString() ?? null }
        : null,
    next_retry_at: failing ? (row.due_at?.toISOString() ?? null) : null,
    last_fault: row.last_fault,
    error: errorOf(row),
    who_can_fix: whoCanFix(row),
    openstack_request_ids: details ? details.requestIds : null,
    trace_id: row.trace_id,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    updated_at: row.updated_at.toISOString(),
  };
}

// Between two undos the row is queued or waiting; for people it goes on unwinding.
function shownStatus(row: ViewRow): TaskStatus {
  return row.unwinding && (row.status === 'queued' || row.status === 'waiting') ? 'unwinding' : row.status;
}

function progressOf(row: ViewRow): TaskProgress {
  if (row.children_total !== null) {
    const { children_succeeded: succeeded, children_failed: failed } = row;
    return { unit: 'tasks', done: succeeded + failed, total: row.children_total, succeeded, failed };
  }
  return { unit: 'steps', done: Math.max(0, row.current_step), total: row.step_count };
}

function errorOf(row: ViewRow): FaultRecord | null {
  return row.status === 'stuck' ? (row.last_fault ?? row.fault) : row.fault;
}

function whoCanFix(row: ViewRow): TaskView['who_can_fix'] {
  if (row.status === 'stuck') return 'operator';
  return (errorOf(row) ?? (isFinal(row.status) ? null : row.last_fault))?.who_can_fix ?? null;
}

function stepView(step: TaskStepEntity): StepView {
  return {
    name: step.name,
    status: step.status,
    tries: step.tries,
    started_at: step.started_at?.toISOString() ?? null,
    finished_at: step.finished_at?.toISOString() ?? null,
    error: step.fault,
  };
}

function attemptViews(row: ViewRow, past: readonly TaskAttemptEntity[]): AttemptView[] {
  const present: AttemptView = {
    attempt: row.run + 1,
    cluster_id: row.cluster_id,
    started_at: row.run_started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    reason: row.fault,
  };
  const earlier = past.map((attempt) => ({
    attempt: attempt.run + 1,
    cluster_id: attempt.cluster_id,
    started_at: attempt.started_at?.toISOString() ?? null,
    finished_at: attempt.finished_at.toISOString(),
    reason: attempt.fault,
  }));
  return row.children_total === null ? [...earlier, present] : [];
}
