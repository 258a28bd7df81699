/** What became of one item of a batch. */
export type BatchOutcome<Result> = { ok: true; result: Result } | { ok: false; error: unknown };

export interface BatchWriterOptions<Item, Result> {
  /** Writes all the items at once; the results stand in the order of the items. */
  flush: (items: readonly Item[]) => Promise<readonly BatchOutcome<Result>[]>;
  /** Most items of one flush. */
  maxItems: number;
  /** Flushes under way at once; more calls wait and so make the next batch larger. */
  maxFlushes?: number;
  /** Whether to write the items of a failed flush one by one, so that one bad item does not fail the others. */
  splitOn?: (error: unknown) => boolean;
}

interface Entry<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects the calls of one turn of the event loop and writes them together. Every caller still waits for the durable
 * write of its own item; under load the batches grow by themselves.
 */
export class BatchWriter<Item, Result> {
  private readonly waiting: Entry<Item, Result>[] = [];
  private flushing = 0;
  private scheduled = false;
  private readonly maxFlushes: number;

  constructor(private readonly options: BatchWriterOptions<Item, Result>) {
    this.maxFlushes = options.maxFlushes ?? 2;
  }

  write(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.startFlushes();
    });
  }

  private startFlushes(): void {
    while (this.waiting.length > 0 && this.flushing < this.maxFlushes) {
      this.flushing++;
      void this.flush(this.waiting.splice(0, this.options.maxItems)).finally(() => {
        this.flushing--;
        this.startFlushes();
      });
    }
  }

  private async flush(entries: Entry<Item, Result>[]): Promise<void> {
    try {
      const outcomes = await this.options.flush(entries.map((entry) => entry.item));
      if (outcomes.length !== entries.length) {
        throw new Error(`a flush of ${entries.length} items gave ${outcomes.length} results`);
      }
      outcomes.forEach((outcome, index) => settle(entries[index], outcome));
    } catch (error) {
      if (entries.length > 1 && this.options.splitOn?.(error)) {
        for (const entry of entries) await this.flush([entry]);
      } else {
        for (const entry of entries) entry.reject(error);
      }
    }
  }
}

function settle<Item, Result>(entry: Entry<Item, Result> | undefined, outcome: BatchOutcome<Result>): void {
  if (outcome.ok) entry?.resolve(outcome.result);
  else entry?.reject(outcome.error);
}
