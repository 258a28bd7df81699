/** Where a task stands. The last three are final. */
export const TASK_STATUSES = [
  'queued', // due at `due_at`, forward or unwinding
  'running', // a conductor runs its steps
  'waiting', // for what `wait_*` says, or until `due_at`
  'unwinding', // a conductor undoes its steps
  'stuck', // an undo failed: an operator decides
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** What can happen to a task. */
export const TASK_EVENTS = [
  'claim',
  'release',
  'retry_later',
  'wait',
  'wake',
  'fail_step',
  'run_again',
  'get_stuck',
  'succeed',
  'give_up',
  'end_cancelled',
  'operator_retry',
  'operator_abandon',
] as const;
export type TaskEvent = (typeof TASK_EVENTS)[number];

type Transitions = Partial<Record<TaskStatus, readonly TaskStatus[]>>;

/** From which status an event may come, and where it leads. A claim leads to where the task was going. */
const TRANSITIONS: Record<TaskEvent, Transitions> = {
  // A claim of a running task takes it over from a conductor whose lease ran out.
  claim: {
    queued: ['running', 'unwinding'],
    waiting: ['running', 'unwinding'],
    running: ['running'],
    unwinding: ['unwinding'],
  },
  release: { running: ['queued'], unwinding: ['queued'] },
  retry_later: { running: ['queued'], unwinding: ['queued'] },
  wait: { running: ['waiting'], unwinding: ['waiting'] },
  wake: { waiting: ['queued'] },
  fail_step: { running: ['unwinding'] },
  run_again: { unwinding: ['queued'] },
  get_stuck: { running: ['stuck'], unwinding: ['stuck'] },
  succeed: { running: ['succeeded'] },
  // A parent gives up straight from `running`: it has nothing of its own to undo.
  give_up: { running: ['failed'], unwinding: ['failed'] },
  end_cancelled: { running: ['cancelled'], unwinding: ['cancelled'] },
  operator_retry: { stuck: ['queued'], failed: ['queued'] },
  // Nothing more is undone, but the saga still writes down how it ended.
  operator_abandon: { stuck: ['queued'] },
};

/** The statuses that an event may lead to; none when it does not fit. */
export function nextStatuses(status: TaskStatus, event: TaskEvent): readonly TaskStatus[] {
  return TRANSITIONS[event][status] ?? [];
}

export function allows(status: TaskStatus, event: TaskEvent): boolean {
  return nextStatuses(status, event).length > 0;
}

/** The statuses from which an event may come. */
export function sourcesOf(event: TaskEvent): readonly TaskStatus[] {
  return TASK_STATUSES.filter((status) => allows(status, event));
}

const FINAL: ReadonlySet<TaskStatus> = new Set(['succeeded', 'failed', 'cancelled']);

export function isFinal(status: TaskStatus): boolean {
  return FINAL.has(status);
}

export interface Children {
  total: number;
  succeeded: number;
  /** Failed or cancelled. */
  failed: number;
  /** So many must succeed for the parent to succeed. */
  minSucceeded: number;
}

/** How a parent ends, or undefined while children are under way. */
export function parentOutcome(children: Children, cancelled: boolean): TaskStatus | undefined {
  if (children.succeeded + children.failed < children.total) return undefined;
  if (children.succeeded >= children.minSucceeded) return 'succeeded';
  return cancelled ? 'cancelled' : 'failed';
}
