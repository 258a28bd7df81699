import { BatchWriter } from '@ultron/platform/database/batch-writer';
import type { Log } from '@ultron/platform/logging/logger';
import { openRedis } from '@ultron/platform/redis/open-redis';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { TaskRef } from '../task/task.types.js';

/** What a ring says. Everything else is in the database. */
export interface Ring {
  taskId: string;
  traceparent: string;
  v: 1;
}

export interface QueueOptions {
  redisUrl: string;
  /** Goes before every key, so that several installations can share one Redis. */
  redisPrefix?: string | undefined;
  log: Log;
}

const MOST_RINGS = 500;
/** After a ring failed, the sweepers do not rely on rings for so long. */
const MISTRUST_MS = 5_000;

export function queueName(conductorGroup: string, domain: string): string {
  return `tasks.${conductorGroup}.${domain}`;
}

/**
 * The doorbell: tells the conductors of a group and domain that a task is due. A ring that is lost costs a second or
 * two, since the conductors also look for themselves.
 */
export class TaskQueue {
  private readonly bells = new Map<string, Bell>();
  private readonly redis: Redis;
  private failedAt = -Infinity;

  constructor(private readonly options: QueueOptions) {
    const { redisUrl: url, log } = options;
    this.redis = openRedis({ url, log, when_away: 'fail_fast', name: 'ultron-doorbell' });
  }

  /** Whether rings are heard, as far as is known. */
  get works(): boolean {
    return this.redis.status === 'ready' && performance.now() - this.failedAt > MISTRUST_MS;
  }

  /** Never rejects: a failed ring is left to the sweepers. */
  async ring(tasks: readonly TaskRef[]): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const rings = tasks
      .filter((task) => task.childCount === undefined)
      .map((task) => this.bellOf(task).ring(task));
    const outcomes = await Promise.allSettled(rings);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return;
    this.failedAt = performance.now();
    this.options.log.warn('a ring failed; the sweepers will find the tasks', {
      reason: String(failed.reason),
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.bells.values()].map((bell) => bell.close()));
    this.redis.disconnect();
  }

  private bellOf(task: TaskRef): Bell {
    const name = queueName(task.conductorGroup, task.domain);
    const bell = this.bells.get(name) ?? new Bell(name, this.redis, this.options.redisPrefix);
    this.bells.set(name, bell);
    return bell;
  }
}

/** One queue; the rings of one turn of the event loop go out together. */
class Bell {
  private readonly queue: Queue<Ring, void, string>;
  private readonly writer: BatchWriter<TaskRef, void>;

  constructor(name: string, redis: Redis, prefix: string | undefined) {
    this.queue = new Queue(name, {
      connection: redis,
      ...(prefix ? { prefix } : {}),
      skipWaitingForReady: true,
      skipVersionCheck: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.queue.on('error', () => undefined); // the connection reports once that Redis is away
    this.writer = new BatchWriter({ maxItems: MOST_RINGS, flush: (tasks) => this.flush(tasks) });
  }

  ring(task: TaskRef): Promise<void> {
    return this.writer.write(task);
  }

  async close(): Promise<void> {
    await this.queue.close();
  }

  private async flush(tasks: readonly TaskRef[]) {
    const jobs = tasks.map((task) => ({
      name: 'ring',
      data: { taskId: task.id, traceparent: task.traceparent, v: 1 as const },
      ...(task.delayMs ? { opts: { delay: task.delayMs } } : {}),
    }));
    await this.queue.addBulk(jobs);
    return tasks.map(() => ({ ok: true as const, result: undefined }));
  }
}
