import type { ObservationCondition } from '@ultron/tasks/saga/condition';

/** What a task waits for in a server; the watcher compares it with what the cluster shows. */
export type ServerUntil =
  /** It left BUILD: it is there, or it failed. */
  | { built: true }
  /** The cluster says that it is deleted, or does not know it any more. */
  | { gone: true }
  /** Nothing is at work on it any more. */
  | { idle: true };

export interface ServerWait {
  clusterId: string;
  openstackId: string;
  until: ServerUntil;
  timeoutMs: number;
  what: string;
}

export function serverCondition(wait: ServerWait): ObservationCondition {
  return {
    on: 'observation',
    clusterId: wait.clusterId,
    resource: 'server',
    key: wait.openstackId,
    // The watcher lists what changed since then.
    until: { ...wait.until, since: new Date().toISOString() },
    timeoutMs: wait.timeoutMs,
    what: wait.what,
  };
}

/** What is known of a server, from a list or by its id. */
export interface SeenServer {
  status: string;
  taskState: string | null;
}

/** Whether a server that looks like this is worth waking the task for, which then looks for itself. */
export function isMet(until: Record<string, unknown>, seen: SeenServer): boolean {
  if (seen.status === 'UNKNOWN') return false;
  const deleted = seen.status === 'DELETED' || seen.status === 'SOFT_DELETED';
  if (until['gone'] === true) return deleted;
  if (deleted || seen.status === 'ERROR') return true;
  if (until['built'] === true) return seen.status !== 'BUILD' && seen.taskState === null;
  return seen.taskState === null;
}
