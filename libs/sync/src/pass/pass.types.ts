/**
 * `full` lists everything; `changes` what changed since the last time, or the revisions of everything and then what is at
 * another one; `ids` the ids alone, for deletions; `confirm` asks by id for what is missing.
 */
export type PassMode = 'full' | 'changes' | 'ids' | 'confirm';

/**
 * `complete`: all pages were read in one go. `incomplete`: the end was reached, but the list had to begin anew on the
 * way, so what was not seen may still be there; or it showed so much that is new that a full pass is to read it.
 * `failed`: the cluster or Ultron failed. `cut_off`: the lane went to another conductor, or was stopped.
 */
export type PassOutcome = 'complete' | 'incomplete' | 'failed' | 'cut_off';

export interface PassCounts {
  pages: number;
  seen: number;
  written: number;
  /** Newly missing. */
  missing: number;
  /** Newly gone. */
  gone: number;
  /** What a confirmation asked for, by id. */
  asked: number;
  /** Of those: what the cluster said anything about. */
  answered: number;
}

export const noCounts = (): PassCounts => ({
  pages: 0,
  seen: 0,
  written: 0,
  missing: 0,
  gone: 0,
  asked: 0,
  answered: 0,
});
