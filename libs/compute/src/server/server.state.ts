import { Fault } from '@ultron/kernel/fault';

/**
 * The states of a server as Ultron shows them. The caller's wishes move a server into the states that end in
 * `…ing`; the sagas move it out of them.
 */
export const SERVER_STATUSES = [
  'requested',
  'building',
  'active',
  'stopping',
  'stopped',
  'starting',
  'rebooting',
  'error',
  'deleting',
  'deleted',
] as const;

export type ServerStatus = (typeof SERVER_STATUSES)[number];

const TRANSITIONS: Record<ServerStatus, readonly ServerStatus[]> = {
  // Back to `requested` from `building`: the cluster had no room, another one is tried.
  requested: ['building', 'error', 'deleting', 'deleted'],
  building: ['active', 'requested', 'error', 'deleting', 'deleted'],
  active: ['stopping', 'rebooting', 'error', 'deleting'],
  stopping: ['stopped', 'active', 'error', 'deleting'],
  stopped: ['starting', 'rebooting', 'error', 'deleting'],
  starting: ['active', 'stopped', 'error', 'deleting'],
  rebooting: ['active', 'stopped', 'error', 'deleting'],
  // `building` and `deleted`: an operator let the task go on that had failed.
  error: ['building', 'stopping', 'starting', 'rebooting', 'deleting', 'deleted'],
  deleting: ['deleted', 'error'],
  deleted: [],
};

/** Whether a server may go from one state to the other. */
export function mayBecome(from: ServerStatus, to: ServerStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The states in which a saga is at work on the server. */
export const CHANGING: ReadonlySet<ServerStatus> = new Set<ServerStatus>([
  'requested',
  'building',
  'stopping',
  'starting',
  'rebooting',
  'deleting',
]);

export const SERVER_ACTIONS = ['start', 'stop', 'reboot_soft', 'reboot_hard', 'update', 'delete'] as const;

export type ServerAction = (typeof SERVER_ACTIONS)[number];

interface ActionRule {
  allowedIn: readonly ServerStatus[];
  /** The state the server has while the action runs; null when the action does not change it. */
  meanwhile: ServerStatus | null;
  /** The state the server has once the action succeeded; null: as before. */
  afterwards: ServerStatus | null;
}

export const ACTION_RULES: Record<ServerAction, ActionRule> = {
  start: { allowedIn: ['stopped'], meanwhile: 'starting', afterwards: 'active' },
  stop: { allowedIn: ['active', 'error'], meanwhile: 'stopping', afterwards: 'stopped' },
  // Nova refuses a soft reboot of a server that does not run; a hard one starts it again.
  reboot_soft: { allowedIn: ['active'], meanwhile: 'rebooting', afterwards: 'active' },
  reboot_hard: { allowedIn: ['active', 'stopped', 'error'], meanwhile: 'rebooting', afterwards: 'active' },
  update: { allowedIn: ['active', 'stopped', 'error'], meanwhile: null, afterwards: null },
  delete: {
    allowedIn: SERVER_STATUSES.filter((status) => status !== 'deleted'),
    meanwhile: 'deleting',
    afterwards: 'deleted',
  },
};

/** Refuses an action that does not fit the state, naming the states that do. Throws `server_state_conflict`. */
export function requireAllowed(action: ServerAction, status: ServerStatus): void {
  const { allowedIn } = ACTION_RULES[action];
  if (allowedIn.includes(status)) return;
  throw new Fault({
    code: 'server_state_conflict',
    category: 'conflict',
    detail: `A server that is ${status} cannot ${inWords(action)}; that is allowed when it is ${allowedIn.join(' or ')}.`,
    // Once the running task has ended the same action may fit.
    retryable: CHANGING.has(status) && status !== 'deleting',
    extra: { server_status: status, action, allowed_in: allowedIn },
  });
}

function inWords(action: ServerAction): string {
  const [verb, how] = action.split('_');
  return how ? `be ${verb}ed (${how})` : `be ${PARTICIPLES[action] ?? `${verb}ed`}`;
}

const PARTICIPLES: Partial<Record<ServerAction, string>> = {
  stop: 'stopped',
  update: 'updated',
  delete: 'deleted',
};
