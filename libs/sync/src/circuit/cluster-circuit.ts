import type { ClusterHealth } from '../lane/admission.rules.js';

/** Outages of a cluster in a row after which its lanes rest. */
const THRESHOLD = 3;
const FIRST_SHUT_MS = 2_000;
const MAX_SHUT_MS = 30_000;

/**
 * Whether passes in a cluster make sense. After some outages in a row all its lanes rest, then one pass at a time tries
 * whether it is there again; the first that succeeds lets all of them go on. The client has breakers of its own, for
 * single services and calls; this one keeps lanes from queueing for a cluster that does not answer.
 */
export class ClusterCircuit {
  private outages = 0;
  private openedAt = 0;
  private shutUntil = 0;
  private shutMs = FIRST_SHUT_MS;

  /** @param now A clock in milliseconds. @param random In [0, 1), so that conductors do not try together. */
  constructor(
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {}

  get health(): ClusterHealth {
    if (this.outages === 0) return 'well';
    if (this.outages >= THRESHOLD && this.now() < this.shutUntil) return 'shut';
    return 'in_trouble';
  }

  get state(): 'closed' | 'open' | 'half_open' {
    if (this.outages < THRESHOLD) return 'closed';
    return this.health === 'shut' ? 'open' : 'half_open';
  }

  /** Since when it is open, half open included, and until when nothing is tried; null while it is closed. */
  get opening(): { openedAt: number; nextTryAt: number } | null {
    return this.state === 'closed' ? null : { openedAt: this.openedAt, nextTryAt: this.shutUntil };
  }

  answered(): void {
    this.outages = 0;
    this.shutMs = FIRST_SHUT_MS;
  }

  /** The client did not ask at all, since a service had not answered it before: nothing new was learned. */
  refused(retryAfterMs: number): void {
    if (this.outages < THRESHOLD) return;
    this.shutUntil = Math.max(this.shutUntil, this.now() + Math.min(retryAfterMs, this.shutMs));
  }

  outage(): void {
    this.outages += 1;
    if (this.outages < THRESHOLD) return;
    if (this.outages === THRESHOLD) this.openedAt = this.now();
    this.shutUntil = this.now() + this.shutMs * (1 + this.random() / 4);
    this.shutMs = Math.min(this.shutMs * 2, MAX_SHUT_MS);
  }
}
