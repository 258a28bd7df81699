import type { Fault } from '@ultron/kernel/fault';
import type { PassCounts, PassMode, PassOutcome } from '../pass/pass.types.js';

export interface LessonPass {
  mode: PassMode;
  outcome: PassOutcome;
  counts: Pick<PassCounts, 'asked' | 'answered'>;
  /** Null when nothing went wrong. */
  fault: Pick<Fault, 'category' | 'code' | 'retryAfterMs'> | null;
}

/** `refused`: the client did not even ask. */
export type Lesson = 'answered' | 'outage' | 'refused' | 'nothing';

/** What a pass tells of its cluster. */
export function lessonOf({ mode, outcome, counts, fault }: LessonPass): Lesson {
  if (mode === 'confirm') {
    if (counts.answered > 0) return 'answered';
    // A pass that found nothing to ask for, and one object that cannot be read, tell nothing of the cluster.
    if (counts.asked === 1 || (counts.asked === 0 && fault === null)) return 'nothing';
  }
  if (fault === null) return 'answered';
  if (outcome !== 'failed' || !isOutage(fault)) return 'nothing';
  return fault.retryAfterMs === undefined ? 'outage' : 'refused';
}

/** A cluster that does not answer, or lets nobody in; not the outage of our own database. */
const isOutage = ({ category, code }: Pick<Fault, 'category' | 'code'>): boolean =>
  (category === 'unavailable' || category === 'throttled') && !code.startsWith('database_');
