import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { hourOf, nextHour } from './percentile.rules.js';
import { ReportHours } from './report-hours.repository.js';
import { ReportSums } from './report-sums.repository.js';

export const KEEP_DAYS = 90;
const DAY_MS = 86_400_000;
/** What ended within the hour may be written a moment after it. */
const SETTLE_MS = 30_000;
/** Hours caught up with at one look. */
const MOST_AT_ONCE = 48;

/** Sums up every hour once, also those that passed while nobody was there. */
@Injectable()
export class HourlyReport {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ReportHours) private readonly hours: ReportHours,
    @Inject(ReportSums) private readonly sums: ReportSums,
  ) {}

  /** Sums up what is due and returns those hours. Of several callers one does each. */
  async run(signal?: AbortSignal): Promise<Date[]> {
    const read = this.database.read;
    const now = await this.hours.now(read);
    const last = hourOf(new Date(now.getTime() - SETTLE_MS));
    const due = await this.due(last, now);
    const done: Date[] = [];
    for (const hour of due.slice(0, MOST_AT_ONCE)) {
      if (signal?.aborted) break;
      if (!(await this.hours.claim(read, hour))) continue;
      await this.sumUp(hour, nextHour(hour).getTime() === last.getTime());
      done.push(hour);
    }
    return done;
  }

  /** All in one transaction: an hour is there with all its rows or not at all. */
  async sumUp(hour: Date, isLatest: boolean): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        await this.sums.usage(tx, hour);
        await this.sums.outcomes(tx, hour);
        if (isLatest) await this.sums.capacity(tx, hour);
        await this.hours.finish(tx, hour);
      });
    } catch (error) {
      await this.hours.giveBack(this.database.read, hour);
      throw error;
    }
  }

  /** Newest first: what is asked for most is there first, and then the past is caught up with. */
  private async due(last: Date, now: Date): Promise<Date[]> {
    const read = this.database.read;
    const first = await this.hours.firstHour(read);
    if (!first) return [];
    const oldest = Math.max(
      hourOf(first).getTime(),
      hourOf(new Date(now.getTime() - KEEP_DAYS * DAY_MS)).getTime(),
    );
    const done = await this.hours.done(read, new Date(oldest));
    const due: Date[] = [];
    for (let at = last.getTime() - 3_600_000; at >= oldest; at -= 3_600_000) {
      if (!done.has(at)) due.push(new Date(at));
    }
    return due;
  }
}
