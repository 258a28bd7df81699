import type { Method } from '../call.js';

/** What the time of an answer says of the load: nothing bad, not more, or too much. */
export type PaceVerdict = 'well' | 'slow' | 'overloaded';

/** Milliseconds within which an answer is never slow, and never a sign of overload. */
const NEVER_SLOW_MS = 1_000;
const NEVER_OVERLOADED_MS = 5_000;
/** An answer is suspect when it took this many times as long as its kind did at best. */
const FACTOR = 4;
/**
 * Changes are answered before the work is done (202), so they have times that are too long by themselves, even where
 * the cluster was never seen at ease.
 */
const SLOW_CHANGE_MS = 3_000;
const OVERLOADED_CHANGE_MS = 10_000;
/** The best time drifts up by this part with each answer, so that it follows a cluster that has become slower. */
const DRIFT = 0.02;
const MAX_ROUTES = 1_000;

/**
 * Knows how fast a cluster answers each kind of call when it is at ease. An overloaded cluster becomes slow long
 * before it refuses: by the time that a real Nova answers 503 or not at all, everybody's calls have timed out.
 */
export class Pace {
  private readonly best = new Map<string, number>();

  judge(method: Method, route: string, ms: number): PaceVerdict {
    const suspect = ms > this.learn(`${method} ${route}`, ms) * FACTOR;
    const isChange = method !== 'GET' && method !== 'HEAD';
    if ((suspect && ms > NEVER_OVERLOADED_MS) || (isChange && ms > OVERLOADED_CHANGE_MS)) return 'overloaded';
    if ((suspect && ms > NEVER_SLOW_MS) || (isChange && ms > SLOW_CHANGE_MS)) return 'slow';
    return 'well';
  }

  /** The best time before this one. */
  private learn(key: string, ms: number): number {
    const best = this.best.get(key);
    if (best === undefined) {
      if (this.best.size < MAX_ROUTES) this.best.set(key, ms);
      return ms;
    }
    this.best.set(key, ms < best ? ms : best + (ms - best) * DRIFT);
    return best;
  }
}
