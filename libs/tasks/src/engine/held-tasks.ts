import type { Held } from './claim.repository.js';

interface Entry {
  held: Held;
  abort: AbortController;
  done: Promise<void>;
}

/** The tasks in the hands of this process, and the means to make their steps let go. */
export class HeldTasks {
  private readonly entries = new Map<string, Entry>();

  /** Runs the work with a signal of its own and forgets the task when it has ended. */
  begin(held: Held, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const key = keyOf(held);
    const done = work(abort.signal).finally(() => this.entries.delete(key));
    this.entries.set(key, { held, abort, done });
  }

  list(): Held[] {
    return [...this.entries.values()].map((entry) => entry.held);
  }

  get size(): number {
    return this.entries.size;
  }

  abort(held: Held, reason: string): void {
    this.entries.get(keyOf(held))?.abort.abort(new Error(reason));
  }

  abortAll(reason: string): void {
    for (const { abort } of this.entries.values()) abort.abort(new Error(reason));
  }

  /** Resolves when all have ended, or after `ms`. */
  async settle(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([Promise.all([...this.entries.values()].map((entry) => entry.done)), deadline]);
    clearTimeout(timer);
  }
}

// The same task may be held twice for a moment: its lease was lost and it was taken again by this process.
function keyOf(held: Held): string {
  return `${held.id} ${held.epoch}`;
}
