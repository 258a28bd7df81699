/** Things kept in order in one array: found by halving, paged by slicing. Insertion at an end costs nothing. */
export class OrderedIndex<T> {
  readonly #items: T[] = [];

  constructor(private readonly compare: (a: T, b: T) => number) {}

  get size(): number {
    return this.#items.length;
  }

  insert(item: T): void {
    const last = this.#items.at(-1);
    if (last === undefined || this.compare(last, item) < 0) this.#items.push(item);
    else this.#items.splice(this.#lowerBound(item), 0, item);
  }

  remove(item: T): void {
    const at = this.#lowerBound(item);
    if (this.#items[at] === item) this.#items.splice(at, 1);
  }

  /** In order, from the first item that comes after `marker` (or from the start). */
  *after(marker?: T): Generator<T> {
    let i = marker === undefined ? 0 : this.#lowerBound(marker);
    if (marker !== undefined && this.#items[i] === marker) i++;
    for (; i < this.#items.length; i++) yield this.#items[i] as T;
  }

  /** In reverse order, from the first item that comes before `marker` (or from the end). */
  *before(marker?: T): Generator<T> {
    for (let i = (marker === undefined ? this.#items.length : this.#lowerBound(marker)) - 1; i >= 0; i--) {
      yield this.#items[i] as T;
    }
  }

  /** The position of the first item that is not less than `item`. */
  #lowerBound(item: T): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(this.#items[middle] as T, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One key, many items. */
export class Multimap<K, T> {
  readonly #sets = new Map<K, Set<T>>();

  add(key: K, item: T): void {
    const set = this.#sets.get(key);
    if (set) set.add(item);
    else this.#sets.set(key, new Set([item]));
  }

  delete(key: K, item: T): void {
    const set = this.#sets.get(key);
    if (set?.delete(item) && set.size === 0) this.#sets.delete(key);
  }

  get(key: K): ReadonlySet<T> {
    return this.#sets.get(key) ?? new Set();
  }
}
