import { freeIn, type SegmentFacts } from '../plan.facts.js';

/** What a rate of so long ago is worth now: it fades by e in each window. */
export function fadedRate(rate: number, ageS: number, windowS: number): number {
  return rate * Math.exp(-ageS / windowS);
}

/** Addresses that are handed out of these segments per second, lately ones counting most. */
export function rateOf(segments: readonly SegmentFacts[], windowS: number): number {
  return segments.reduce((sum, { rate = 0, usedS }) => sum + fadedRate(rate, usedS ?? 0, windowS), 0);
}

/** When the free addresses will be used up at this rate, in seconds; null: not within sight. */
export function exhaustedInS(free: number, ratePerSecond: number): number | null {
  // Fewer than one a week: no forecast is worth anything.
  return ratePerSecond < 1 / (7 * 86_400) ? null : Math.floor(free / ratePerSecond);
}

/** Seconds since an address was last handed out of these segments; null: never. */
export function lastUseS(segments: readonly SegmentFacts[]): number | null {
  const ages = segments.flatMap(({ usedS }) => (usedS === null || usedS === undefined ? [] : [usedS]));
  return ages.length === 0 ? null : Math.min(...ages);
}

export function freeOf(segments: readonly SegmentFacts[]): number {
  return segments.filter(({ state }) => state === 'active').reduce((sum, one) => sum + freeIn(one), 0);
}
