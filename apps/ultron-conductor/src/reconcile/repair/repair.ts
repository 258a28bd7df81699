import { Fault } from '@ultron/kernel/fault';
import type { Cloud } from '@ultron/openstack/cloud';
import type { CallOptions } from '@ultron/openstack/call';
import type { WishNow } from '@ultron/reconcile/finding/repair-facts.repository';
import type { Recipe } from '@ultron/reconcile/finding/repairs';
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
  /** What it asks of the cluster, as the dry run shows it. */
  recipe: Recipe;
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

/** What our rows say at this moment; null when the subject is not to be in the cluster any more. */
export const wishOf = ({ deps, finding }: RepairScene): Promise<WishNow | null> =>
  deps.repairFacts.wish(deps.database.read, finding);

/** For people: the subject of a finding. */
export const wordFor = ({ subjectKind }: Finding): string =>
  subjectKind === 'floating_ip' ? 'floating IP' : subjectKind.replaceAll('_', ' ');

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

export const noRepair = (what: string): Fault =>
  new Fault({
    code: 'finding_not_repairable',
    category: 'conflict',
    detail: `There is no repair for ${what}.`,
    whoCanFix: 'operator',
  });

/** It is tried again until the cell is back: nothing is over only because it cannot be seen. */
export const cellDown = (id: string): Fault =>
  new Fault({
    code: 'cluster_cell_down',
    category: 'unavailable',
    detail: `Server ${id} is in a cell that is down: nobody can tell whose it is.`,
  });

/** Somebody was quicker: nothing was overwritten, and the next try reads anew. */
export const changedMeanwhile = (detail: string): Fault =>
  new Fault({
    code: 'finding_subject_busy',
    category: 'conflict',
    detail: `It was changed while it was repaired: ${detail}`,
    retryable: true,
    whoCanFix: 'operator',
  });
