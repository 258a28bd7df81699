import type { FaultRecord, WhoCanFix } from '@ultron/kernel/fault';
import type { TaskStatus } from './task.state.js';

/** A task to be written, in the same transaction as the intent that it serves. */
export interface NewTask {
  id: string;
  /** The saga: `server.create`. */
  kind: string;
  /** Names the queue, and the processes that serve it: `compute`. */
  domain: string;
  conductorGroup: string;
  projectId: string | null;
  parentId?: string | undefined;
  resource?: { kind: string; id: string } | undefined;
  /** The saga's input, as JSON. A member `cluster_id` is shown as the cluster of the attempt. */
  input: unknown;
  traceId: string;
  traceparent: string;
  /** Makes the task a parent: it is never run, its progress and end follow from so many children. */
  childCount?: number | undefined;
  /** Of a parent: so many children must succeed; all of them when it is not given. */
  minSucceeded?: number | undefined;
}

/** What the queue needs to know of a task. A `NewTask` is one; a parent is passed over. */
export interface TaskRef {
  id: string;
  domain: string;
  conductorGroup: string;
  traceparent: string;
  childCount?: number | undefined;
  /** Ring only after so many milliseconds. */
  delayMs?: number | undefined;
}

/** A task as the API shows it. */
export interface TaskView {
  id: string;
  kind: string;
  domain: string;
  conductor_group: string;
  project_id: string | null;
  parent_id: string | null;
  resource: { kind: string; id: string } | null;
  status: TaskStatus;
  /** Grows with every visible change; give it to the long poll. */
  version: number;
  cancel_requested: boolean;
  progress: TaskProgress;
  /** Oldest first, of the present attempt; null in lists. */
  steps: StepView[] | null;
  /** The runs that ended and were begun anew elsewhere, oldest first, then the present one; null in lists. */
  attempts: AttemptView[] | null;
  /** What it waits for now. */
  waiting_for: { what: string; until: string | null } | null;
  /** When it goes on by itself after a fault; null when it is not pausing. */
  next_retry_at: string | null;
  /** The fault of the last try, while it is being retried; `error` once it decided the task. */
  last_fault: FaultRecord | null;
  error: FaultRecord | null;
  who_can_fix: WhoCanFix | null;
  /** The request ids that OpenStack gave, newest last, at most 50; null in lists. */
  openstack_request_ids: { service: string; request_id: string }[] | null;
  trace_id: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  updated_at: string;
}

export interface TaskProgress {
  /** Steps, or children of a parent. */
  unit: 'steps' | 'tasks';
  done: number;
  /** Null while it is unknown: the number of steps is known once a conductor has begun. */
  total: number | null;
  /** Of a parent only. */
  succeeded?: number;
  failed?: number;
}

export interface StepView {
  name: string;
  status: 'running' | 'done' | 'undone' | 'failed';
  tries: number;
  started_at: string | null;
  finished_at: string | null;
  error: FaultRecord | null;
}

export interface AttemptView {
  attempt: number;
  cluster_id: string | null;
  started_at: string | null;
  finished_at: string | null;
  /** Why it ended; null for the present one. */
  reason: FaultRecord | null;
}

export interface TaskFilter {
  /** Only this project's; every project's when it is not given (operators). */
  projectId?: string | undefined;
  status?: TaskStatus | undefined;
  kind?: string | undefined;
  resource?: { kind: string; id: string } | undefined;
  parentId?: string | undefined;
  /** Only tasks that are no part of a batch. */
  topLevel?: boolean | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

/** Keyset paging by id, which is by time. */
export interface TaskPage {
  /** At most 1000. */
  limit: number;
  /** The id of the last task of the page before. */
  after?: string | undefined;
  /** Newest first when it is not given. */
  order?: 'asc' | 'desc' | undefined;
}

/** A task that waits for the watcher of a cluster. */
export interface ObservationWait {
  taskId: string;
  /** The resource's id in OpenStack. */
  key: string;
  until: Record<string, unknown>;
  what: string;
  deadline: Date | null;
}

/** A running conductor, by its own word. */
export interface ConductorView {
  id: string;
  name: string;
  conductor_group: string;
  domains: string[];
  host: string;
  pid: number;
  started_at: string;
  heartbeat_at: string;
  stopping: boolean;
  /** Whether an operator wants it to take nothing more. */
  draining: boolean;
  /** Whether it was heard within the last 15 seconds. */
  alive: boolean;
}
