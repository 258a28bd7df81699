import { Fault } from '@ultron/kernel/fault';
import { BatchWriter } from '@ultron/platform/database/batch-writer';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';

/** A progress could not be written: the database is away. Whether the last commit took place is unknown. */
export class RecordFailed extends Error {
  override readonly name = 'RecordFailed';
}

type Work = (tx: Transaction) => Promise<unknown>;

const MOST_RECORDS = 16;
const FLUSHES = 4;

/**
 * Writes the progress of tasks. What several tasks write in the same moment shares a transaction, and so the price of
 * the commit; when one of them cannot be written, each is written for itself.
 */
export class Recorder {
  private readonly writer: BatchWriter<Work, unknown>;

  constructor(private readonly database: Database) {
    this.writer = new BatchWriter({
      maxItems: MOST_RECORDS,
      maxFlushes: FLUSHES,
      splitOn: (error) => !(error instanceof RecordFailed),
      flush: (works) => this.flush(works),
    });
  }

  /**
   * The work may run several times, so it must have no effect but on the transaction.
   * @throws RecordFailed, and whatever the work throws.
   */
  async record<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return (await this.writer.write(work)) as T;
  }

  private async flush(works: readonly Work[]) {
    try {
      return await this.database.transaction(async (tx) => {
        const outcomes = [];
        for (const work of works) outcomes.push({ ok: true as const, result: await work(tx) });
        return outcomes;
      });
    } catch (error) {
      const lost = error instanceof Fault && error.code === 'database_unavailable';
      throw lost ? new RecordFailed('the database is away', { cause: error }) : error;
    }
  }
}
