import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Carries the result out of a transaction that is not to be committed. */
class RolledBack<T> extends Error {
  override readonly name = 'RolledBack';
  constructor(readonly result: T) {
    super('nothing of this was to be kept');
  }
}

/** Does the work with the rules and rows as they are, tells what came of it, and keeps nothing of it. */
export async function rolledBack<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    await database.transaction(async (tx) => {
      throw new RolledBack(await work(tx));
    });
  } catch (error) {
    if (error instanceof RolledBack) return (error as RolledBack<T>).result;
    throw error;
  }
  throw new RangeError('a transaction that is rolled back does not end well');
}
