/** A table as CSV (RFC 4180): comma, CRLF, quotes where they are needed. */
export function csvOf(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const lines = [
    columns.map(cell).join(','),
    ...rows.map((row) => columns.map((name) => cell(row[name])).join(',')),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** What begins like a formula would be run by a spreadsheet: it is told to be text. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  const text = textOf(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
