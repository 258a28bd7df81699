import { grow, initialConcurrency, shrink, type ConcurrencyBounds } from './concurrency.rules.js';
import { FairQueue } from './fair-queue.js';

/** Online work is what somebody waits for; offline work (sync) has a budget of its own. */
export type Lane = 'online' | 'offline';

/** What the answer said of the cluster's load; `neutral` says nothing (the connection was refused, the caller left). */
export type Verdict = 'good' | 'congested' | 'neutral';

export interface LimiterOptions extends ConcurrencyBounds {
  /** The part of the limit that offline work may use, beside and never out of what online work may use. */
  offlineShare: number;
}

export const DEFAULT_LIMITS: LimiterOptions = { initial: 16, min: 2, max: 128, offlineShare: 0.25 };

/** The right to have one request in flight. */
export interface Permit {
  /** Gives the right back with what was learned; only the first time counts. */
  release(verdict: Verdict): void;
}

/** What can be seen of a limiter from outside. */
export interface LimiterGauge {
  /** Requests that may be in flight in the online lane now. */
  limit: number;
  online: { inFlight: number; queued: number };
  offline: { inFlight: number; queued: number };
}

interface LaneState {
  inFlight: number;
  readonly queue: FairQueue<(permit: Permit) => void>;
}

/**
 * How many requests may be in flight to one cluster: more while it answers well, fewer when it says that it is too
 * much. Online and offline work have separate budgets, both cut from the same limit, so neither waits for the other.
 */
export class Limiter {
  private state;
  private readonly lanes: Record<Lane, LaneState> = {
    online: { inFlight: 0, queue: new FairQueue() },
    offline: { inFlight: 0, queue: new FairQueue() },
  };

  constructor(private readonly options: LimiterOptions = DEFAULT_LIMITS) {
    this.state = initialConcurrency(options);
  }

  get gauge(): LimiterGauge {
    const { online, offline } = this.lanes;
    return {
      limit: Math.floor(this.state.limit),
      online: { inFlight: online.inFlight, queued: online.queue.size },
      offline: { inFlight: offline.inFlight, queued: offline.queue.size },
    };
  }

  /** Waits for its turn; rejects with the signal's reason when that comes first. */
  acquire(lane: Lane, flow: string, signal: AbortSignal): Promise<Permit> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.lanes[lane].inFlight < this.budgetOf(lane)) return Promise.resolve(this.grant(lane));
    return this.wait(lane, flow, signal);
  }

  private wait(lane: Lane, flow: string, signal: AbortSignal): Promise<Permit> {
    const { queue } = this.lanes[lane];
    return new Promise((resolve, reject) => {
      const admit = (permit: Permit): void => {
        signal.removeEventListener('abort', leave);
        resolve(permit);
      };
      const leave = (): void => {
        queue.remove(flow, admit);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(flow, admit);
    });
  }

  private budgetOf(lane: Lane): number {
    const limit = Math.floor(this.state.limit);
    return lane === 'online' ? limit : Math.max(1, Math.floor(limit * this.options.offlineShare));
  }

  private grant(lane: Lane): Permit {
    const { generation } = this.state;
    this.lanes[lane].inFlight += 1;
    let held = true;
    return {
      release: (verdict) => {
        if (!held) return;
        held = false;
        this.learn(verdict, lane, generation);
        this.lanes[lane].inFlight -= 1;
        this.admit();
      },
    };
  }

  private learn(verdict: Verdict, lane: Lane, generation: number): void {
    if (verdict === 'congested') this.state = shrink(this.state, generation, this.options);
    // Offline work alone cannot show that the cluster bears the full limit.
    if (verdict === 'good' && lane === 'online') {
      this.state = grow(this.state, this.lanes.online.inFlight, this.options);
    }
  }

  private admit(): void {
    for (const lane of ['online', 'offline'] as const) {
      const state = this.lanes[lane];
      while (state.inFlight < this.budgetOf(lane)) {
        const next = state.queue.shift();
        if (!next) break;
        next(this.grant(lane));
      }
    }
  }
}
