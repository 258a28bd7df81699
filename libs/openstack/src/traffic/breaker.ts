export interface BreakerOptions {
  /** Outages in a row after which the breaker opens. */
  threshold: number;
  /** Milliseconds for which it stays open the first time; twice as long after each probe that failed. */
  openMs: number;
  maxOpenMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { threshold: 10, openMs: 1_000, maxOpenMs: 30_000 };

/** What became of a call that was let through; `unknown` when nothing was learned of the service. */
export type BreakerOutcome = 'answered' | 'outage' | 'unknown';

/**
 * Stops calls to a service that does not answer: after some outages in a row they fail at once, until a single probe
 * is let through and answered.
 */
export class Breaker {
  private outages = 0;
  private openUntil = 0;
  private openMs: number;
  private probing = false;

  constructor(
    private readonly options: BreakerOptions,
    private readonly now: () => number,
    private readonly random: () => number,
  ) {
    this.openMs = options.openMs;
  }

  get state(): 'closed' | 'open' | 'half_open' {
    if (this.openUntil === 0) return 'closed';
    return this.now() < this.openUntil ? 'open' : 'half_open';
  }

  /** Milliseconds to wait when the call may not go out now, else null; a null must be followed by `report`. */
  enter(): number | null {
    if (this.state === 'closed') return null;
    if (this.state === 'half_open' && !this.probing) {
      this.probing = true;
      return null;
    }
    return Math.max(this.openUntil - this.now(), this.options.openMs);
  }

  report(outcome: BreakerOutcome): void {
    if (outcome === 'answered') this.close();
    else if (outcome === 'outage') this.fail();
    else this.probing = false;
  }

  private close(): void {
    this.outages = 0;
    this.openUntil = 0;
    this.openMs = this.options.openMs;
    this.probing = false;
  }

  private fail(): void {
    this.outages += 1;
    if (this.probing) {
      this.probing = false;
      this.openMs = Math.min(this.openMs * 2, this.options.maxOpenMs);
      this.open();
    } else if (this.state === 'closed' && this.outages >= this.options.threshold) {
      this.open();
    }
  }

  /** Up to a quarter longer, so that many processes do not probe together. */
  private open(): void {
    this.openUntil = this.now() + this.openMs * (1 + this.random() / 4);
  }
}
