import type { LaneStrategy } from '../kind/sync-kind.js';
import type { PassMode, PassOutcome } from '../pass/pass.types.js';
import type { Tier } from '../tier/tier.types.js';

/** Milliseconds between two passes of each mode; null for a mode that the lane does not have. */
export interface Pace {
  full: number;
  changes: number | null;
  ids: number | null;
}

/** In how many milliseconds the next pass of a mode is due; a mode that is not named keeps its time. */
export type NextTimes = Partial<Record<PassMode, number | null>>;

/** A tenth more or less, so that lanes and clusters do not fall into step. */
const JITTER = 0.1;
/** A lane rests at least this many times as long as its pass took, so that it never takes more than a third of the time. */
const REST = 2;
/** Between two questions for the same missing object; the first one comes at once. */
const CONFIRM_MS = 3_000;
const FIRST_CONFIRM_MS = 200;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** A list that had to begin anew is read again soon, but not at once: whoever deletes goes on deleting. */
const RESTARTED_MS = 5_000;

/**
 * A lane without lists of changes is as fresh as its lists of everything: two of them fit into the objective. A list of
 * revisions is such a list, which costs the cluster not much less than one in full. So is a list of the ids, where
 * nothing else tells what was deleted: the tier may have it more often, but not less.
 */
export function paceOf(tier: Tier, strategy: LaneStrategy, slowness: number): Pace {
  const everythingMs = tier.objectiveMs / 2;
  const changesMs = { changes_since: tier.changesMs, revisions: everythingMs, full: null }[strategy.changes];
  return {
    full: (changesMs === null ? everythingMs : tier.fullMs) * slowness,
    changes: changesMs === null ? null : changesMs * slowness,
    ids: strategy.deletions === 'ids' ? Math.min(tier.idsMs, everythingMs) * slowness : null,
  };
}

export interface EndedPass {
  mode: PassMode;
  outcome: PassOutcome;
  durationMs: number;
  /** Passes of the lane that failed in a row, this one included. */
  failures: number;
  /** Objects that are missing now; undefined when the pass did not count them. */
  missing: number | undefined;
  /** What the cluster asked to wait. */
  retryAfterMs?: number | undefined;
}

/** When the lane is due again, by mode. `random` is in [0, 1). */
export function nextTimes(pass: EndedPass, pace: Pace, random: number): NextTimes {
  const spread = (ms: number): number => Math.round(ms * (1 + JITTER * (2 * random - 1)));
  const confirm = confirmAfter(pass);
  switch (pass.outcome) {
    case 'cut_off':
      return { [pass.mode]: 0 };
    case 'failed':
      return { [pass.mode]: spread(backoff(pass, pace)) };
    case 'incomplete':
      return { [pass.mode]: spread(Math.min(RESTARTED_MS, periodOf(pass.mode, pace))), ...confirm };
    case 'complete': {
      const next: NextTimes = { ...confirm, ...neverAgain(pace) };
      for (const mode of servedBy(pass.mode, pace)) {
        next[mode] = spread(Math.max(periodOf(mode, pace), mode === pass.mode ? REST * pass.durationMs : 0));
      }
      return next;
    }
  }
}

/** What the lane does not do any more, as it was told meanwhile. */
function neverAgain({ changes, ids }: Pace): NextTimes {
  return { ...(changes === null ? { changes } : {}), ...(ids === null ? { ids } : {}) };
}

/** Who did not count what is missing does not know whether it must be asked for. */
function confirmAfter({ missing, mode }: EndedPass): NextTimes {
  if (missing === undefined) return {};
  return { confirm: missing === 0 ? null : mode === 'confirm' ? CONFIRM_MS : FIRST_CONFIRM_MS };
}

/** What a complete pass of the mode makes unnecessary for now: a full pass has seen changes and deletions as well. */
function servedBy(mode: PassMode, pace: Pace): Exclude<PassMode, 'confirm'>[] {
  if (mode === 'confirm') return [];
  if (mode !== 'full') return [mode];
  return (['full', 'changes', 'ids'] as const).filter((each) => pace[each] !== null);
}

function periodOf(mode: PassMode, pace: Pace): number {
  return mode === 'confirm' ? CONFIRM_MS : (pace[mode] ?? pace.full);
}

/** Doubles from a second on, but a failing lane is not asked more often than one that is well. */
function backoff({ mode, failures, retryAfterMs }: EndedPass, pace: Pace): number {
  // What was answered before it failed is asked for again not sooner than after one that did not.
  const first = mode === 'confirm' ? CONFIRM_MS : FIRST_BACKOFF_MS;
  const doubled = Math.min(first * 2 ** Math.min(failures - 1, 16), MAX_BACKOFF_MS);
  return Math.max(Math.min(doubled, Math.max(periodOf(mode, pace), FIRST_BACKOFF_MS)), retryAfterMs ?? 0);
}

export interface Choice {
  /** Milliseconds from now; negative is overdue, null never. */
  due: Record<PassMode, number | null>;
  askedFor: PassMode | null;
  strategy: LaneStrategy;
  /** Whether it is known since when to ask for changes. */
  hasCursor: boolean;
}

/** Which pass a lane that is due should do: one that it can do. */
export function modeOf({ due, askedFor, strategy, hasCursor }: Choice): PassMode {
  const mode = askedFor ?? mostUseful(due);
  if (mode === 'ids' && strategy.deletions === 'revisions') return 'changes';
  if (mode === 'ids' && strategy.deletions !== 'ids') return 'full';
  return mode === 'changes' && !canListChanges(strategy, hasCursor) ? 'full' : mode;
}

function canListChanges({ changes }: LaneStrategy, hasCursor: boolean): boolean {
  return changes === 'revisions' || (changes === 'changes_since' && hasCursor);
}

function mostUseful(due: Choice['due']): PassMode {
  // A full pass serves all; a confirmation is short and somebody may wait for it.
  for (const mode of ['full', 'confirm', 'changes', 'ids'] as const) {
    const at = due[mode];
    if (at !== null && at <= 0) return mode;
  }
  return 'changes';
}
