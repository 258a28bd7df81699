/** How long a call may go on: until its caller's signal, or its own deadline, whichever comes first. */
export class CallScope {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly deadline: number;
  private readonly onAbort = (): void => this.end('aborted', this.outer?.reason);
  /** Which of the two came. */
  endedBy: 'aborted' | 'deadline' | undefined;

  constructor(
    private readonly outer: AbortSignal | undefined,
    deadlineMs: number,
  ) {
    this.deadline = performance.now() + deadlineMs;
    this.timer = setTimeout(
      () => this.end('deadline', new Error(`No answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
    if (outer?.aborted) this.onAbort();
    else outer?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get remainingMs(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  /** The result of something that others wait for, too, and that therefore does not end with this call. */
  async race<T>(shared: Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal.aborted) throw signal.reason;
    let leave = (): void => undefined;
    const ended = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([shared, ended]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** To be called when the call is over. */
  dispose(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.onAbort);
  }

  private end(by: 'aborted' | 'deadline', reason: unknown): void {
    if (this.endedBy) return;
    this.endedBy = by;
    this.controller.abort(reason);
  }
}
