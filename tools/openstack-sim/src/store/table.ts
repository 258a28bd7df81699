/** What the state journal needs to know of a table. */
export interface StoredTable {
  readonly name: string;
  /** The row as it is kept, or undefined when it is gone. */
  stored(id: string): unknown;
  ids(): Iterable<string>;
  /** Puts a kept row back, without reporting it as a change. */
  restore(row: unknown): void;
}

/** Is told of every row that was added, changed or removed. */
export type OnChange = (table: StoredTable, id: string) => void;

/** Rows by id; tells of every change, so that the state can be kept in a file. */
export class Table<Row extends { id: string }> implements StoredTable {
  readonly #rows = new Map<string, Row>();

  constructor(
    readonly name: string,
    private readonly onChange: OnChange,
    /** Keep what is derived from the row (indexes) in step with it. */
    private readonly added: (row: Row) => void = () => undefined,
    private readonly removed: (row: Row) => void = () => undefined,
  ) {}

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  values(): Iterable<Row> {
    return this.#rows.values();
  }

  ids(): Iterable<string> {
    return this.#rows.keys();
  }

  add(row: Row): void {
    this.#rows.set(row.id, row);
    this.added(row);
    this.onChange(this, row.id);
  }

  /** To be called after a row was changed in place. */
  changed(row: Row): void {
    this.onChange(this, row.id);
  }

  remove(row: Row): void {
    if (!this.#rows.delete(row.id)) return;
    this.removed(row);
    this.onChange(this, row.id);
  }

  stored(id: string): unknown {
    return this.#rows.get(id);
  }

  restore(row: unknown): void {
    // Rows come from the simulator's own state file, written by `stored` above.
    const kept = row as Row;
    this.#rows.set(kept.id, kept);
    this.added(kept);
  }
}
