/** One page of a list: the rows behind `after` in the order of (`sort`, `id`). */
export interface Page<Sort extends string = string> {
  /** 1 to 1000. */
  limit: number;
  sort: Sort;
  order: 'asc' | 'desc';
  /** The sort value and the id of the last row of the page before. */
  after?: { value: string | number | null; id: string } | undefined;
}

export interface KeysetSql {
  /** A condition, `1` for the first page. */
  where: string;
  params: (string | number | null)[];
  orderBy: string;
  /** One more than asked for, which tells whether there is a next page. */
  limit: number;
}

/**
 * The SQL of a page. `columns` maps each sort to its column (never text of the caller); a sort that is `id` itself, or
 * whose order is that of the ids, may map to the id column. Columns of sorts must not be NULL.
 */
export function keysetSql<Sort extends string>(
  page: Page<Sort>,
  columns: Readonly<Record<Sort, string>>,
  idColumn: string,
): KeysetSql {
  const column = columns[page.sort];
  const direction = page.order === 'asc' ? 'ASC' : 'DESC';
  const beyond = page.order === 'asc' ? '>' : '<';
  const limit = page.limit + 1;
  if (column === idColumn) {
    const where = page.after ? `${idColumn} ${beyond} ?` : '1';
    return { where, params: page.after ? [page.after.id] : [], orderBy: `${idColumn} ${direction}`, limit };
  }
  const orderBy = `${column} ${direction}, ${idColumn} ${direction}`;
  if (!page.after) return { where: '1', params: [], orderBy, limit };
  const { value, id } = page.after;
  return {
    where: `(${column} ${beyond} ? OR (${column} = ? AND ${idColumn} ${beyond} ?))`,
    params: [value, value, id],
    orderBy,
    limit,
  };
}
