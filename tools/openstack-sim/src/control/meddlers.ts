import { MEDDLINGS, type Meddled, type Meddling, meddle } from '../cluster/cluster.meddling.js';
import type { Cluster } from '../cluster/cluster.js';

const EVERY_MS = 100;
/** Changes that are remembered per cluster. */
const REMEMBERED = 100_000;

interface Meddler {
  timer: NodeJS.Timeout;
  done: Meddled[];
}

/** Others at work in the clusters, at a steady rate. */
export class Meddlers {
  readonly #at = new Map<string, Meddler>();

  /** Begins, or goes on at another rate; 0 ends it, and what was done can still be asked for. */
  set(cluster: Cluster, what: readonly Meddling[], perSecond: number): void {
    const done = this.done(cluster.name);
    clearInterval(this.#at.get(cluster.name)?.timer);
    let owed = 0;
    const work = (): void => {
      owed += (perSecond * EVERY_MS) / 1000;
      const now = Math.floor(owed);
      owed -= now;
      if (now > 0) done.push(...meddle(cluster, what, now));
      if (done.length > REMEMBERED) done.splice(0, done.length - REMEMBERED);
    };
    const timer = setInterval(work, EVERY_MS).unref();
    if (perSecond <= 0) clearInterval(timer);
    this.#at.set(cluster.name, { timer, done });
  }

  /** What was done so far, oldest first. */
  done(cluster: string): Meddled[] {
    return this.#at.get(cluster)?.done ?? [];
  }

  close(): void {
    for (const { timer } of this.#at.values()) clearInterval(timer);
  }
}

/** The kinds of changes in a request: one, several, or all that there are. */
export function meddlingsOf(asked: unknown): Meddling[] {
  if (asked === undefined) return [...MEDDLINGS];
  const names = (Array.isArray(asked) ? asked : [asked]).map(String);
  const unknown = names.find((name) => !MEDDLINGS.some((known) => known === name));
  if (unknown !== undefined || names.length === 0)
    throw new RangeError(`"${unknown ?? ''}" is not one of ${MEDDLINGS.join(', ')}.`);
  return MEDDLINGS.filter((known) => names.includes(known));
}
