import type { Database } from '../database/database.service.js';
import type { Transaction } from '../database/transaction.js';
import type { Log } from '../logging/logger.js';

const EVERY_MS = 10 * 60_000;
const BATCH = 2_000;

/** Rows that are kept for a time only. */
export interface ShortLived {
  /** For the log: `traces`. */
  what: string;
  /** Deletes some of what has served its time, up to about `limit` rows; returns how many, fewer when none are left. */
  purge(tx: Transaction, limit: number): Promise<number>;
}

/** Forgets what has served its time: in small bites, off the peak, and one kind whether or not another one can be. */
export class Retention {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly kinds: readonly ShortLived[],
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

  /** Deletes all that is old; returns how many rows. Never throws: what could not be deleted is tried again. */
  async sweep(): Promise<number> {
    let total = 0;
    for (const kind of this.kinds) total += await this.sweepKind(kind);
    return total;
  }

  private async sweepKind({ what, purge }: ShortLived): Promise<number> {
    let total = 0;
    try {
      for (let deleted = BATCH; deleted >= BATCH; total += deleted) {
        deleted = await purge(this.database.read, BATCH);
      }
    } catch (error) {
      this.log.warn('old rows were not deleted; it is tried again', { what, reason: String(error) });
    }
    return total;
  }
}
