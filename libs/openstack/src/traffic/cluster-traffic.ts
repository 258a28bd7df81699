import { systemClock, type Clock } from '@ultron/kernel/clock';
import { Connections, DEFAULT_CONNECTIONS, type ConnectionOptions } from '../transport/connections.js';
import { Breaker, DEFAULT_BREAKER, type BreakerOptions } from './breaker.js';
import { Pace } from './pace.js';
import { DEFAULT_LIMITS, Limiter, type LimiterGauge, type LimiterOptions } from './limiter.js';

export interface TrafficOptions {
  limits?: Partial<LimiterOptions>;
  breaker?: Partial<BreakerOptions>;
  connections?: Partial<ConnectionOptions>;
  clock?: Clock;
  random?: () => number;
}

/** What can be seen of the traffic with a cluster. */
export interface TrafficGauge extends LimiterGauge {
  /** By service type. */
  breakers: Record<string, 'closed' | 'open' | 'half_open'>;
}

/**
 * The traffic with one cluster: connections, budgets and breakers. All clouds (projects) of a cluster share one, so
 * that the budget is that of the cluster; the breakers are of its services, which fail one by one.
 */
export class ClusterTraffic {
  readonly connections: Connections;
  readonly limiter: Limiter;
  readonly pace = new Pace();
  private readonly breakers = new Map<string, Breaker>();

  constructor(private readonly options: TrafficOptions = {}) {
    this.connections = new Connections({ ...DEFAULT_CONNECTIONS, ...options.connections });
    this.limiter = new Limiter({ ...DEFAULT_LIMITS, ...options.limits });
  }

  breakerOf(service: string): Breaker {
    let breaker = this.breakers.get(service);
    if (!breaker) {
      const clock = this.options.clock ?? systemClock;
      const options = { ...DEFAULT_BREAKER, ...this.options.breaker };
      breaker = new Breaker(options, () => clock.now(), this.options.random ?? Math.random);
      this.breakers.set(service, breaker);
    }
    return breaker;
  }

  get gauge(): TrafficGauge {
    const states = [...this.breakers].map(([service, breaker]) => [service, breaker.state] as const);
    return { ...this.limiter.gauge, breakers: Object.fromEntries(states) };
  }

  /** Breaks the connections; requests in flight fail. */
  close(): Promise<void> {
    return this.connections.close();
  }
}
