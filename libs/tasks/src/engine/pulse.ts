import { systemClock } from '@ultron/kernel/clock';

/** Does something again and again with a pause in between, until it is stopped. What it does must not reject. */
export class Pulse {
  private readonly stopping = new AbortController();
  private beating: Promise<void> | undefined;

  constructor(
    private readonly pauseMs: () => number,
    private readonly beat: () => Promise<void>,
  ) {}

  start(): void {
    this.beating = this.run();
  }

  /** Resolves when the beat that is under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.beating;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await systemClock.sleep(this.pauseMs(), signal);
      if (!signal.aborted) await this.beat();
    }
  }
}
