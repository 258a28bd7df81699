import type { BrakePolicy } from '../pass/brake.rules.js';

/** How fresh things are to be, and how often they are read for that; milliseconds. */
export interface Tier {
  name: string;
  /** What was changed is seen within this time as a rule; a lane that is further behind is in debt. */
  objectiveMs: number;
  /** Between two lists of what changed. */
  changesMs: number;
  /** Between two lists of the ids alone, where deletions are not told otherwise. */
  idsMs: number;
  /** Between two full lists, where there are lists of what changed. */
  fullMs: number;
  /** When so much vanishes at once that a person has to look. */
  brake: BrakePolicy;
}

/** A tier as operators see and change it. */
export interface TierView extends Tier {
  /** 1 is the best. */
  place: number;
  version: number;
}

export type TierSubject = 'cluster' | 'project';

/** What holds for a cluster to which nobody assigned a tier. */
export const DEFAULT_TIER = 'silver';
