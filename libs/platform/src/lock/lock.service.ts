import type { Redis } from 'ioredis';
import Redlock from 'redlock';
import type { Log } from '../logging/logger.js';
import { openRedis } from '../redis/open-redis.js';

export type LockOutcome<T> = { ran: true; result: T } | { ran: false };

export interface LockOptions {
  redisUrl: string;
  redisPrefix?: string | undefined;
  log: Log;
}

/**
 * Locks that save wasted work and nothing more: what must not happen twice is guarded by a condition in the database.
 * So when Redis is away the work is done without the lock.
 */
export class LockService {
  private readonly redis: Redis;
  private readonly redlock: Redlock;
  private readonly prefix: string;

  constructor(private readonly options: LockOptions) {
    const { redisUrl: url, log } = options;
    this.prefix = options.redisPrefix ?? 'ultron';
    this.redis = openRedis({ url, log, when_away: 'fail_fast', name: 'ultron-locks' });
    // One try: who does not get the lock has nothing to do.
    this.redlock = new Redlock([this.redis], { retryCount: 0, automaticExtensionThreshold: 500 });
    this.redlock.on('error', () => undefined); // each failed try, which `using` tells anyway
  }

  /**
   * Does the work unless somebody else is at it. The lock is prolonged for as long as the work takes; `ttlMs` (at least
   * a second) is how long it outlives a process that died. The signal aborts when the lock could not be prolonged.
   */
  async using<T>(
    key: string,
    ttlMs: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<LockOutcome<T>> {
    if (this.redis.status !== 'ready') return { ran: true, result: await work(new AbortController().signal) };
    let doing: Promise<T> | undefined;
    try {
      const result = await this.redlock.using([`${this.prefix}:lock:${key}`], ttlMs, (signal) => {
        doing = work(signal);
        return doing;
      });
      return { ran: true, result };
    } catch (error) {
      // Once the work has begun, its own outcome counts, not that of the release.
      if (doing) return { ran: true, result: await doing };
      if (this.redis.status === 'ready' && !timedOut(error)) return { ran: false };
      this.options.log.warn('working without the lock, since Redis is away', { key });
      return { ran: true, result: await work(new AbortController().signal) };
    }
  }

  close(): void {
    this.redis.disconnect();
  }
}

function timedOut(error: unknown): boolean {
  return error instanceof Error && /timed out/i.test(error.message);
}
