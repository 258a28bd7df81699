import type { CallOptions } from '../call.js';

/** A value that is fetched once, by the call that needs it first, and again when it has become old. */
export class Cached<T> {
  private value: { held: T; until: number } | undefined;
  private pending: Promise<T> | undefined;

  constructor(
    private readonly fetch: (call: CallOptions | undefined) => Promise<T>,
    private readonly ttlMs: number,
    private readonly now: () => number,
  ) {}

  get(call?: CallOptions): Promise<T> {
    if (this.value && this.now() < this.value.until) return Promise.resolve(this.value.held);
    this.pending ??= this.fetch(call)
      .then((held) => {
        this.value = { held, until: this.now() + this.ttlMs };
        return held;
      })
      .finally(() => {
        this.pending = undefined;
      });
    return this.pending;
  }

  forget(): void {
    this.value = undefined;
  }
}
