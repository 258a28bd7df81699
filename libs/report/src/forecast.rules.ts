/** What is left of something, hour by hour. */
export interface Level {
  /** Milliseconds since 1970. */
  at: number;
  total: number;
  used: number;
  /** When it was seen; null: never. What is as old as the level before is that level again, and says nothing of the time between. */
  observedAt: number | null;
}

export interface Forecast {
  /** By how much the use grew in an hour, as a straight line through the hours shows it; negative when it shrank. */
  growthPerHour: number;
  /** When nothing is left if it goes on like that; null: it does not grow, or not within a year. */
  exhaustedAt: Date | null;
  /** Hours that the line was drawn through. */
  hours: number;
  /** When the last of them was seen; null: nothing was. */
  observedAt: Date | null;
}

const HOUR_MS = 3_600_000;
const HORIZON_HOURS = 365 * 24;
/** Fewer say nothing. */
const LEAST_HOURS = 3;

/** A straight line by least squares: simple, and plain to see when it is wrong. */
export function forecast(known: readonly Level[]): Forecast {
  const levels = known.filter(
    ({ observedAt }, i) => observedAt !== null && observedAt !== known[i - 1]?.observedAt,
  );
  const last = levels.at(-1);
  const line = { hours: levels.length, observedAt: last?.observedAt ? new Date(last.observedAt) : null };
  if (!last || levels.length < LEAST_HOURS) return { growthPerHour: 0, exhaustedAt: null, ...line };
  const growthPerHour = slope(levels);
  return { growthPerHour, exhaustedAt: exhaustion(last, growthPerHour), ...line };
}

function exhaustion(last: Level, growthPerHour: number): Date | null {
  const left = last.total - last.used;
  if (left <= 0) return new Date(last.at);
  const inHours = left / growthPerHour;
  if (growthPerHour <= 0 || inHours > HORIZON_HOURS) return null;
  return new Date(last.at + inHours * HOUR_MS);
}

function slope(levels: readonly Level[]): number {
  const [first] = levels;
  const points = levels.map(({ at, used }) => ({ x: (at - (first?.at ?? at)) / HOUR_MS, y: used }));
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (spread === 0) return 0;
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}
