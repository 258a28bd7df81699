import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { Fault } from '@ultron/kernel/fault';
import { done, waitFor, type StepContext, type StepResult, type Waiting } from '@ultron/tasks/saga/saga';
import { isFinal } from '@ultron/tasks/task/task.state';
import { clusterHas } from '../openstack/cluster-features.js';
import { faultOfOpenStack } from '../openstack/openstack-fault.translate.js';
import type { PortNetworkDeps } from './port-network.deps.js';

type Doubt = Pick<StepContext<unknown, unknown, unknown>, 'inDoubt' | 'tries'>;

/** A request that was sent may still be on its way when its sender is long dead: it gets this long to show. */
const SETTLE_MS = 2_000;
/** The task before was asked to stop, or does its work: in a slow cluster that takes its time. */
const PREDECESSOR_MS = 60_000;
/** Somebody else changed the thing while we did: it is read and changed again so often. */
const MOST_RACES = 5;

export const settle = (what: string): Waiting =>
  waitFor({ on: 'time', afterMs: SETTLE_MS, what: `${what}, which may have been asked for, to show` });

/** Whether an earlier try may have made what this one is to make: then it is looked for first. */
export const mayHaveHappened = ({ inDoubt, tries }: Doubt): boolean => inDoubt || tries > 0;

/** Waits until the task before has let go: it would go on changing what is changed here. */
export async function awaitPredecessor(
  deps: Pick<PortNetworkDeps, 'tasks'>,
  predecessor: string | null,
): Promise<StepResult<null>> {
  const task = predecessor === null ? null : await deps.tasks.find(predecessor);
  // A stuck one does nothing until an operator lets it; what it left behind is found by its mark.
  if (!task || isFinal(task.status) || task.status === 'stuck') return done(null);
  return waitFor({
    on: 'task',
    taskId: task.id,
    timeoutMs: PREDECESSOR_MS,
    what: `the task ${task.id} (${task.kind}) to end`,
  });
}

/**
 * Changes something of Neutron as it was when it was read, where the cluster lets a change depend on that
 * (`revision-if-match`): if somebody else was faster it is read and changed again.
 */
export async function changeAtRevision<Wire extends { revision_number?: number | undefined }>(
  deps: Pick<PortNetworkDeps, 'offers'>,
  clusterId: string,
  read: () => Promise<Wire>,
  write: (revision: number | undefined, seen: Wire) => Promise<Wire>,
): Promise<Wire> {
  const conditional = await clusterHas(deps, clusterId, 'revision_if_match');
  for (let race = 0; ; race++) {
    const seen = await read();
    try {
      return await write(conditional ? seen.revision_number : undefined, seen);
    } catch (error) {
      if (!wasChangedMeanwhile(error)) throw error;
      if (race >= MOST_RACES) throw changedMeanwhile(error);
    }
  }
}

const wasChangedMeanwhile = (error: unknown): error is OpenStackError =>
  error instanceof OpenStackError &&
  (error.status === 412 || error.code === 'RevisionNumberConstraintFailed');

function changedMeanwhile(error: OpenStackError): Fault {
  return new Fault({
    ...faultOfOpenStack(error).toRecord(),
    detail: `${error.cluster}: somebody else keeps changing what is to be changed.`,
    retryable: true,
    cause: error,
  });
}

export const isGone = (error: unknown): boolean => error instanceof OpenStackError && error.kind === 'gone';

/** What Ultron has a row of, but the cluster does not have any more. */
export function goneInCluster(what: string): Fault {
  return new Fault({
    code: 'gone_in_cluster',
    category: 'conflict',
    detail: `The cluster does not have ${what} any more; somebody else deleted it. Delete it here too.`,
    retryable: false,
    whoCanFix: 'caller',
  });
}

/** The row a task is about has vanished, or belongs to another task now. */
export function notOurs(what: string): Fault {
  return new Fault({
    code: 'task_superseded',
    category: 'conflict',
    detail: `${what} is not this task's to change any more.`,
    retryable: false,
  });
}
