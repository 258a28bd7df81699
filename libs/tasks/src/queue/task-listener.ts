import { systemClock } from '@ultron/kernel/clock';
import type { Log } from '@ultron/platform/logging/logger';
import { openRedis } from '@ultron/platform/redis/open-redis';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { queueName, type Ring } from './task-queue.js';

export interface ListenerOptions {
  redisUrl: string;
  redisPrefix?: string | undefined;
  log: Log;
  conductorGroup: string;
  domains: readonly string[];
  /** Rings of one queue that are answered at once. */
  concurrency: number;
  /** Takes the task if it is due; resolves when another ring may be heard. Must not reject. */
  heard: (taskId: string) => Promise<void>;
}

/** How long closing may take; a Redis that is away does not say goodbye. */
const CLOSE_MS = 500;
/** After a fault of Redis, ask it again. */
const RETRY_MS = 1_000;

/** Hears the rings of a conductor group and some domains. */
export class TaskListener {
  private readonly redis: Redis;
  private readonly workers: Worker<Ring>[];

  constructor(options: ListenerOptions) {
    const { redisUrl: url, log } = options;
    this.redis = openRedis({ url, log, when_away: 'patient', name: 'ultron-listener' });
    this.workers = options.domains.map((domain) => this.workerOf(domain, options));
  }

  /** Leaves the rings to others. */
  async pause(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.pause(true)));
  }

  async resume(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.resume()));
  }

  /** Does not wait for rings that are being answered: what they began is the engine's. */
  async close(): Promise<void> {
    const closing = Promise.allSettled(this.workers.map((worker) => worker.close(true)));
    const patience = new AbortController();
    await Promise.race([closing, systemClock.sleep(CLOSE_MS, patience.signal)]);
    patience.abort();
    this.redis.disconnect();
  }

  private workerOf(domain: string, options: ListenerOptions): Worker<Ring> {
    const name = queueName(options.conductorGroup, domain);
    const worker = new Worker<Ring>(name, (job) => options.heard(job.data.taskId), {
      connection: this.redis,
      ...(options.redisPrefix ? { prefix: options.redisPrefix } : {}),
      concurrency: options.concurrency,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      // A ring is answered within a moment; if its worker dies, the sweepers are faster than a repeated ring.
      maxStalledCount: 0,
      runRetryDelay: RETRY_MS,
      skipVersionCheck: true,
    });
    worker.on('error', () => undefined); // the connection reports once that Redis is away
    return worker;
  }
}
