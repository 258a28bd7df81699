import type { Transaction } from './transaction.js';

/** The rows of a SELECT. The caller names their type: the columns it wrote in the statement. */
export async function select<Row>(
  tx: Transaction,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await tx.query(sql, [...values])) as Row[];
}

/** Runs an INSERT, UPDATE or DELETE and returns how many rows it matched. */
export async function change(tx: Transaction, sql: string, values: readonly unknown[] = []): Promise<number> {
  const result = (await tx.query(sql, [...values])) as { affectedRows: number };
  return result.affectedRows;
}

/** `(?, ?, ?), (?, ?, ?)` for a multi-row INSERT; `row` is one of the parentheses. */
export function rowsOf(count: number, row: string): string {
  return Array.from({ length: count }, () => row).join(', ');
}
