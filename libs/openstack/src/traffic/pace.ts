/** An answer is slow when it took this many times as long as answers to the same kind of call did at best, … */
const SLOW_FACTOR = 4;
/** … but never below a second: what is fast enough needs no brake. */
const NEVER_SLOW_MS = 1_000;
/** The best time drifts up by this part with each answer, so that it follows a cluster that has become slower. */
const DRIFT = 0.02;
const MAX_ROUTES = 1_000;

/**
 * Knows how fast a cluster answers each kind of call when it is at ease. A cluster that is overloaded becomes slow
 * long before it refuses; its slow answers are no reason to send it more.
 */
export class Pace {
  private readonly best = new Map<string, number>();

  /** Whether this answer was slow, by what came before it. */
  isSlow(route: string, ms: number): boolean {
    const best = this.best.get(route);
    if (best === undefined) {
      if (this.best.size < MAX_ROUTES) this.best.set(route, ms);
      return false;
    }
    this.best.set(route, ms < best ? ms : best + (ms - best) * DRIFT);
    return ms > Math.max(best * SLOW_FACTOR, NEVER_SLOW_MS);
  }
}
