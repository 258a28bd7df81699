import type { DataSource } from 'typeorm';
import { databaseBusy, databaseUnavailable, isConnectionLoss, isContention } from './database.errors.js';
import type { Sessions } from './sessions.js';
import type { Transaction } from './transaction.js';

/** How often a transaction that lost a deadlock or waited too long for a lock is begun again. */
const ATTEMPTS = 8;
const BACKOFF_MS = 15;

export class Database {
  constructor(
    readonly source: DataSource,
    private readonly sessions?: Sessions,
  ) {}

  /** For statements outside of a transaction; a repository takes it wherever it takes a transaction. */
  get read(): Transaction {
    return this.source.manager;
  }

  /**
   * Runs the work in one READ COMMITTED transaction and commits it. The work may run several times (deadlock, lock
   * wait timeout), so it must have no effect but on the transaction.
   * @throws Fault `database_busy` when it lost every deadlock, `database_unavailable` when the connection is lost; whether the commit took place is then unknown.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        // The session already is READ COMMITTED; naming it again would cost a round trip.
        return await this.source.transaction(work);
      } catch (error) {
        if (isConnectionLoss(error)) throw databaseUnavailable(error);
        if (!isContention(error)) throw error;
        if (attempt === ATTEMPTS) throw databaseBusy(error);
        await pause(attempt);
      }
    }
  }

  async close(): Promise<void> {
    this.sessions?.close();
    if (this.source.isInitialized) await this.source.destroy();
  }
}

function pause(attempt: number): Promise<void> {
  const ms = Math.random() * BACKOFF_MS * 2 ** Math.min(attempt, 5);
  return new Promise((resolve) => setTimeout(resolve, ms));
}
