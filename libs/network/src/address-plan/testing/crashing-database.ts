import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';

/** The process died, as far as its caller can tell. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** When the process dies: at a statement of its transaction, before or after the commit, or not at all. */
export type CrashPoint =
  { kind: 'never' | 'before_commit' | 'after_commit' } | { kind: 'at'; statement: number };

/** A database whose transactions die where the test says. */
export class CrashingDatabase extends Database {
  point: CrashPoint = { kind: 'never' };

  override async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { point } = this;
    const result = await super.transaction(async (tx) => {
      const done = await work(point.kind === 'at' ? dyingAt(tx, point.statement) : tx);
      if (point.kind === 'before_commit') throw new Crash();
      return done;
    });
    if (point.kind === 'after_commit') throw new Crash();
    return result;
  }
}

function dyingAt(tx: Transaction, statement: number): Transaction {
  let left = statement;
  const dying = Object.create(tx) as Transaction;
  dying.query = (...args: Parameters<Transaction['query']>) => {
    if (left-- <= 0) throw new Crash();
    return tx.query(...args);
  };
  return dying;
}
