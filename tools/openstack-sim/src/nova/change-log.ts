interface Entry<T> {
  at: number;
  item: T;
}

/** Items in the order of their last change, so that "changed since" looks only at what did change. */
export class ChangeLog<T extends { updatedAt: number }> {
  #entries: Entry<T>[] = [];
  readonly #latest = new Map<T, Entry<T>>();

  record(item: T): void {
    const entry = { at: item.updatedAt, item };
    this.#latest.set(item, entry);
    const last = this.#entries.at(-1);
    if (last && last.at > entry.at) this.#entries.splice(this.#firstAt(entry.at + 1), 0, entry);
    else this.#entries.push(entry);
    if (this.#entries.length > 1024 && this.#entries.length > 2 * this.#latest.size) this.#compact();
  }

  forget(item: T): void {
    this.#latest.delete(item);
  }

  /** Every item whose last change is at or after `time` (milliseconds), oldest change first. */
  since(time: number): T[] {
    const found: T[] = [];
    for (let i = this.#firstAt(time); i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry && this.#latest.get(entry.item) === entry) found.push(entry.item);
    }
    return found;
  }

  #compact(): void {
    this.#entries = this.#entries.filter((entry) => this.#latest.get(entry.item) === entry);
  }

  #firstAt(time: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.at ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
