import { Fault } from '@ultron/kernel/fault';
import type { Cloud } from '@ultron/openstack/cloud';
import type { CallOptions } from '@ultron/openstack/call';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import type { ClusterPlace } from '@ultron/reconcile/cluster-place.repository';
import type { Condition } from '@ultron/tasks/saga/condition';
import type { Persist } from '@ultron/tasks/saga/saga';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { ConductorDeps } from '../../conductor.deps.js';

/** All that a repair needs; what it does to rows it returns, so that it is written with the step. */
export interface RepairScene {
  deps: ConductorDeps;
  finding: Finding;
  place: ClusterPlace;
  cloud: Cloud;
  call: CallOptions;
  signal: AbortSignal;
  /** The task of the repair. */
  taskId: string;
  /** How often it was begun before. */
  tries: number;
}

export type RepairResult =
  /** It does not hold any more: nothing was done. */
  | { kind: 'moot'; why: string }
  | { kind: 'mended'; what: string; persist?: Persist }
  /** Another task does it: it is written with the step and waited for. */
  | { kind: 'follow'; what: string; task: NewTask; persist: Persist }
  | { kind: 'wait'; condition: Condition };

/**
 * Looks once more whether the finding holds, in the cluster and in our rows, and only then acts. It may be run again
 * after it had its effect, and then says that it is moot.
 */
export type Repair = (scene: RepairScene) => Promise<RepairResult>;

export const moot = (why: string): RepairResult => ({ kind: 'moot', why });
export const mended = (what: string, persist?: Persist): RepairResult =>
  persist ? { kind: 'mended', what, persist } : { kind: 'mended', what };

/** Somebody is at work on what was to be repaired: what was found may be over when they have ended. */
export const subjectBusy = (what: string): Fault =>
  new Fault({
    code: 'finding_subject_busy',
    category: 'conflict',
    detail: `A task is at work on ${what}: the finding is looked at again when it has ended.`,
    retryable: false,
    whoCanFix: 'operator',
  });

/** What a repair was asked to do that it must not. */
export const notOurs = (what: string): Fault =>
  new Fault({
    code: 'finding_not_ours',
    category: 'conflict',
    detail: `${what} does not bear the mark of something of ours that is dead: it is left alone.`,
    whoCanFix: 'operator',
  });
