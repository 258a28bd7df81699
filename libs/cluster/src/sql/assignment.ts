/** `a = ?, b = ?` with its values; the names of the columns come from code, never from a caller. */
export function assign(columns: object): { sql: string; values: unknown[] } {
  const entries = Object.entries(columns);
  return {
    sql: entries.map(([name]) => `${name} = ?`).join(', '),
    values: entries.map(([, value]) => value),
  };
}
