/** A wake-up that may be taken back. */
export interface Timer {
  due: number;
  run: () => void;
  cancelled: boolean;
}

/**
 * The time inside the simulated clusters. It follows the real time, or stands still and is moved by hand, so that
 * a test can hold servers in BUILD or let a token expire without waiting.
 */
export class SimClock {
  readonly #heap: Timer[] = [];
  #frozenAt: number | undefined;
  #offset = 0;
  #timeout: NodeJS.Timeout | undefined;
  #closed = false;

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#frozenAt ?? Date.now() + this.#offset;
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  after(ms: number, run: () => void): Timer {
    return this.at(this.now() + ms, run);
  }

  at(due: number, run: () => void): Timer {
    const timer = { due, run, cancelled: false };
    push(this.#heap, timer);
    this.#arm();
    return timer;
  }

  freeze(): void {
    this.#frozenAt ??= this.now();
    this.#arm();
  }

  resume(): void {
    if (this.#frozenAt === undefined) return;
    this.#offset = this.#frozenAt - Date.now();
    this.#frozenAt = undefined;
    this.#arm();
  }

  /** Moves the time forward, running on the way everything that falls due, each at its own time. */
  advance(ms: number): void {
    const end = this.now() + ms;
    const wasFrozen = this.frozen;
    this.freeze();
    for (let next = this.#heap[0]; next && next.due <= end; next = this.#heap[0]) {
      this.#frozenAt = Math.max(next.due, this.now());
      this.#runFirst();
    }
    this.#frozenAt = end;
    if (!wasFrozen) this.resume();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timeout);
    this.#heap.length = 0;
  }

  #runFirst(): void {
    const timer = pop(this.#heap);
    if (timer && !timer.cancelled) timer.run();
  }

  #arm(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
    const first = this.#heap[0];
    if (!first || this.frozen || this.#closed) return;
    this.#timeout = setTimeout(() => this.#fire(), Math.max(0, Math.min(first.due - this.now(), 0x7fffffff)));
  }

  #fire(): void {
    for (let first = this.#heap[0]; first && !this.frozen && first.due <= this.now(); first = this.#heap[0])
      this.#runFirst();
    this.#arm();
  }
}

function push(heap: Timer[], timer: Timer): void {
  let i = heap.push(timer) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent];
    if (!above || above.due <= timer.due) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || first === last) return first;
  sink(heap, last);
  return first;
}

function sink(heap: Timer[], timer: Timer): void {
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    const right = left + 1;
    const a = heap[left];
    const b = heap[right];
    if (!a) break;
    const smaller = b && b.due < a.due ? right : left;
    const below = heap[smaller];
    if (!below || below.due >= timer.due) break;
    heap[i] = below;
    i = smaller;
  }
  heap[i] = timer;
}
