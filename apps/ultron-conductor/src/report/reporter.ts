import type { Log } from '@ultron/platform/logging/logger';
import type { HourlyReport } from '@ultron/report/hourly-report';

/** An hour is summed up within so many milliseconds of its end; every conductor looks, one of them does it. */
const LOOK_MS = 60_000;

/** Sees to it that every hour is summed up. */
export class Reporter {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly report: Pick<HourlyReport, 'run'>,
    private readonly log: Log,
    private readonly lookMs = LOOK_MS,
  ) {}

  start(): void {
    this.later(this.lookMs * 0.1 * Math.random());
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.looking;
  }

  private later(ms: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => this.later(this.lookMs * (0.8 + 0.4 * Math.random())));
    }, ms);
  }

  private async look(): Promise<void> {
    try {
      const hours = await this.report.run(this.stopping.signal);
      if (hours.length) this.log.info('hours were summed up', { hours: hours.length });
    } catch (error) {
      this.log.warn('an hour could not be summed up; it is tried again', { reason: String(error) });
    }
  }
}
