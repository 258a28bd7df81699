import { AsyncLocalStorage } from 'node:async_hooks';
import { Fault } from '@ultron/kernel/fault';
import { BatchWriter } from '@ultron/platform/database/batch-writer';
import type { Database } from '@ultron/platform/database/database.service';
import type { Change } from './change.js';
import { RecordRepository, type Written } from './record.repository.js';

/** A progress could not be written: the database is away. Whether the last commit took place is unknown. */
export class RecordFailed extends Error {
  override readonly name = 'RecordFailed';
}

const MOST_CHANGES = 32;
const FLUSHES = 4;

/**
 * Writes the progress of tasks. What several tasks have to say in the same moment shares a transaction and most of its
 * statements; when one of them cannot be written, each is written for itself.
 */
export class Recorder {
  private readonly records = new RecordRepository();
  private readonly writer: BatchWriter<Change, Written>;

  constructor(private readonly database: Database) {
    this.writer = new BatchWriter({
      maxItems: MOST_CHANGES,
      maxFlushes: FLUSHES,
      splitOn: (error) => !(error instanceof RecordFailed),
      flush: (changes) => this.flush(changes),
    });
  }

  /**
   * What the change persists may run several times, so it must have no effect but on the transaction.
   * @throws ClaimLost, RecordFailed, and whatever `persist` throws.
   */
  async record(change: Change): Promise<Written> {
    const { persist } = change;
    if (!persist) return this.writer.write(change);
    // The batch runs in the context of whoever began it; what is logged here belongs to this task.
    const here = AsyncLocalStorage.snapshot();
    return this.writer.write({ ...change, persist: (tx) => here(() => persist(tx)) });
  }

  private async flush(changes: readonly Change[]) {
    try {
      const written = await this.database.transaction((tx) => this.records.write(tx, changes));
      return written.map((result) => ({ ok: true as const, result }));
    } catch (error) {
      const lost = error instanceof Fault && error.code === 'database_unavailable';
      throw lost ? new RecordFailed('the database is away', { cause: error }) : error;
    }
  }
}
