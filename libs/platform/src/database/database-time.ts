import { select } from './statement.js';
import type { Transaction } from './transaction.js';

/** A time by the database's clock, which all processes share, to the microsecond; for comparing it in statements. */
export type DatabaseTime = string;

export async function databaseTime(tx: Transaction): Promise<DatabaseTime> {
  const [row] = await select<{ now: string }>(tx, 'SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS now');
  if (!row) throw new Error('the database does not tell the time');
  return row.now;
}
