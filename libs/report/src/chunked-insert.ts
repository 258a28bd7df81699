import type { Transaction } from '@ultron/platform/database/transaction';

/** Rows in one statement. */
const CHUNK = 500;

/** `INSERT INTO … VALUES ?` of any number of rows. */
export async function insertRows(
  tx: Transaction,
  insert: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    await tx.query(`${insert} VALUES ?`, [rows.slice(from, from + CHUNK)]);
  }
}
