/** What two writers of a cluster may differ by in the order in which their changes become visible. */
const OVERLAP_MS = 2_000;
/** How far the clock of a cluster may be behind ours; a full pass heals what is worse. */
const MAX_SKEW_MS = 5 * 60_000;

export interface SeenTimes {
  /** When the list began and ended, by our clock. */
  startedAt: number;
  finishedAt: number;
  /** The latest `updated_at` of the list, by the cluster's clock; null when it had none. */
  newest: number | null;
}

/**
 * Since when the next list of changes must ask, by the cluster's clock, which nobody can read: the latest change that
 * was seen tells how far that clock was at least. What changed while the pages were being read is asked for again, as
 * is what became visible late. A clock that is behind ours is believed up to five minutes, so that a quiet cluster does
 * not list its last changes for ever; one that is ahead is not believed.
 */
export function cursorAfter({ startedAt, finishedAt, newest }: SeenTimes): Date {
  const oldest = startedAt - MAX_SKEW_MS;
  const seen = newest === null ? oldest : newest - (finishedAt - startedAt);
  return new Date(Math.max(Math.min(seen, startedAt), oldest) - OVERLAP_MS);
}

/** The later of two; a list that showed less than the one before does not turn the clock back. */
export function later(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
