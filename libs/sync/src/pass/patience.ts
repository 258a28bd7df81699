/** For how long a pass has been waiting for its cluster: the time that it takes itself, to write, is none of it. */
export class Patience {
  private unanswered = 0;
  private since = 0;

  constructor(private readonly now: () => number) {}

  /** Milliseconds without any answer; 0 while nothing is asked. */
  get waitedMs(): number {
    return this.unanswered === 0 ? 0 : this.now() - this.since;
  }

  /** The same answer; it is waited for until it comes or fails. */
  async with<T>(answer: Promise<T>): Promise<T> {
    if (this.unanswered === 0) this.since = this.now();
    this.unanswered += 1;
    try {
      return await answer;
    } finally {
      this.unanswered -= 1;
      this.since = this.now();
    }
  }
}
