import type { Database } from '../database/database.service.js';
import type { IdempotencyRepository } from '../idempotency/idempotency.repository.js';
import type { Log } from '../logging/logger.js';
import type { TraceRepository } from '../trace/trace.repository.js';

const EVERY_MS = 10 * 60_000;
const BATCH = 2_000;
const KEY_HOURS = 24;
const TRACE_DAYS = 14;

/** Forgets what has served its time: idempotency keys after a day, traces after two weeks. Small bites, off the peak. */
export class Retention {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
    private readonly traces: TraceRepository,
    private readonly log: Log,
  ) {}

  /** Several processes may do it at once; none is needed for long. */
  start(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS * (0.8 + 0.4 * Math.random()));
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Deletes all that is old; returns how many rows. */
  async sweep(): Promise<number> {
    try {
      const keys = await this.untilEmpty(() => this.keys.purge(this.database.read, KEY_HOURS, BATCH));
      return keys + (await this.untilEmpty(() => this.traces.purge(this.database.read, TRACE_DAYS, BATCH)));
    } catch (error) {
      this.log.warn('old rows were not deleted; it is tried again', { reason: String(error) });
      return 0;
    }
  }

  private async untilEmpty(purge: () => Promise<number>): Promise<number> {
    let total = 0;
    for (let deleted = BATCH; deleted >= BATCH; total += deleted) deleted = await purge();
    return total;
  }
}
