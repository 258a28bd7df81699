import type { Connection, RowDataPacket } from 'mysql2/promise';

/** The rows that one accepted request left in one table, ready to be written again under other ids. */
export interface TableTemplate {
  insert: string;
  /** The values of the rows; an object `{ id }` stands for the id that replaces the `id`-th of the request. */
  rows: (string | number | null | { id: number })[][];
}

export interface RowTemplate {
  /** How many ids a request makes up. */
  ids: number;
  tables: TableTemplate[];
}

const TABLES = ['server', 'task', 'capacity_reservation', 'scheduling_decision'];

/** Reads what Ultron wrote for the only request so far: the bare handler writes the same, column by column. */
export async function readTemplate(connection: Connection): Promise<RowTemplate> {
  const [made] = await connection.query<RowDataPacket[]>(
    "SELECT server.id AS server, task.id AS task, (SELECT id FROM scheduling_decision LIMIT 1) AS decision FROM server JOIN task ON task.kind = 'server.create' LIMIT 1",
  );
  const ids = [made[0]?.['server'], made[0]?.['task'], made[0]?.['decision']].map(String);
  const tables: TableTemplate[] = [];
  for (const table of TABLES) tables.push(await tableTemplate(connection, table, ids));
  return { ids: ids.length, tables };
}

async function tableTemplate(
  connection: Connection,
  table: string,
  ids: readonly string[],
): Promise<TableTemplate> {
  const where = table === 'task' ? "WHERE kind = 'server.create'" : '';
  const [rows, fields] = await connection.query<RowDataPacket[][]>({
    sql: `SELECT * FROM ${table} ${where} LIMIT 1`,
    rowsAsArray: true,
    dateStrings: true,
    // JSON stays the text that is inserted again.
    typeCast: (field, next) => (field.type === 'JSON' ? field.string() : next()),
  });
  const generated = await generatedColumns(connection, table);
  const columns = fields
    .map((field, at) => ({ name: field.name, at }))
    .filter(({ name }) => !generated.has(name));
  const places = `(${columns.map(() => '?').join(', ')})`;
  return {
    insert: `INSERT INTO ${table} (${columns.map(({ name }) => `\`${name}\``).join(', ')}) VALUES ${places}`,
    rows: rows.map((row) => columns.map(({ at }) => marked(row[at], ids))),
  };
}

async function generatedColumns(connection: Connection, table: string): Promise<Set<string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND (extra LIKE '%GENERATED%' OR extra LIKE '%auto_increment%')`,
    [table],
  );
  return new Set(rows.map((row) => String(row['name'])));
}

function marked(value: unknown, ids: readonly string[]): string | number | null | { id: number } {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const id = ids.indexOf(text);
  return id === -1 ? text : { id };
}
