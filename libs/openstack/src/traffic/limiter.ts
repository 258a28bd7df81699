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
 * much. Online and offline work have separate budgets, so neither waits for the other. That of offline work is a part
 * of the limit, and less when the cluster says to offline requests that they are too much: what online work may do
 * follows from what became of online requests alone.
 */
export class Limiter {
  private state;
  /** What offline work may do at most, by what became of its own requests. */
  private offline;
  private readonly lanes: Record<Lane, LaneState> = {
    online: { inFlight: 0, queue: new FairQueue() },
    offline: { inFlight: 0, queue: new FairQueue() },
  };

  constructor(private readonly options: LimiterOptions = DEFAULT_LIMITS) {
    this.state = initialConcurrency(options);
    this.offline = initialConcurrency(this.offlineBounds);
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
    return lane === 'online' ? Math.floor(this.state.limit) : Math.max(1, Math.floor(this.offlineLimit));
  }

  private get offlineLimit(): number {
    return Math.min(this.offline.limit, Math.floor(this.state.limit) * this.options.offlineShare);
  }

  private get offlineBounds(): ConcurrencyBounds {
    const max = Math.max(1, this.options.max * this.options.offlineShare);
    return { initial: max, min: 1, max };
  }

  private grant(lane: Lane): Permit {
    const { generation } = lane === 'online' ? this.state : this.offline;
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
    if (verdict === 'neutral') return;
    if (lane === 'offline') this.learnOffline(verdict, generation);
    else if (verdict === 'congested') this.state = shrink(this.state, generation, this.options);
    else this.state = grow(this.state, this.lanes.online.inFlight, this.options);
  }

  /** It cannot show that the cluster bears the full limit, nor that it does not. */
  private learnOffline(verdict: Exclude<Verdict, 'neutral'>, generation: number): void {
    if (verdict === 'good') {
      this.offline = grow(this.offline, this.lanes.offline.inFlight, this.offlineBounds);
    } else {
      // What it could not have used anyway is no limit to begin from.
      const used = { ...this.offline, limit: this.offlineLimit };
      this.offline = shrink(used, generation, this.offlineBounds);
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
