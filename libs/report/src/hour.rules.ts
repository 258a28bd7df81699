/** How long hours are kept. */
export const KEEP_DAYS = 90;
const HOUR_MS = 3_600_000;
const KEEP_MS = KEEP_DAYS * 24 * HOUR_MS;
/** What ended within the hour may be written a moment after it. */
const SETTLE_MS = 30_000;

/** The beginning of the hour in which the time lies. */
export function hourOf(time: Date): Date {
  const hour = new Date(time);
  hour.setUTCMinutes(0, 0, 0);
  return hour;
}

export const nextHour = (hour: Date): Date => new Date(hour.getTime() + HOUR_MS);

/** The last hour that is over. */
export const latestHour = (now: Date): Date =>
  new Date(hourOf(new Date(now.getTime() - SETTLE_MS)).getTime() - HOUR_MS);

/** The first hour to sum up, when the first thing happened at `first`; none that the purge takes away at once. */
export function oldestHour(now: Date, first: Date): Date {
  const kept = nextHour(hourOf(new Date(now.getTime() - KEEP_MS)));
  const begun = hourOf(first);
  return begun > kept ? begun : kept;
}

/** Newest first: what is asked for most is there first, and then the past is caught up with. */
export function dueHours(now: Date, first: Date, done: ReadonlySet<number>): Date[] {
  const oldest = oldestHour(now, first).getTime();
  const due: Date[] = [];
  for (let at = latestHour(now).getTime(); at >= oldest; at -= HOUR_MS) {
    if (!done.has(at)) due.push(new Date(at));
  }
  return due;
}
