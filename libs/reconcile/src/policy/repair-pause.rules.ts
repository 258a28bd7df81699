/** What failed waits so long before it is begun again by itself, twice as long each time. */
export const FIRST_PAUSE_MS = 5 * 60_000;
export const LAST_PAUSE_MS = 6 * 60 * 60_000;

/** The pause after so many failures, or repairs, in a row. */
export const pauseAfter = (failures: number): number =>
  Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(Math.max(0, failures - 1), 10));
