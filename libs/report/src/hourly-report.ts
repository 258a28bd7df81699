import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { CapacitySums } from './capacity-sums.repository.js';
import { dueHours, latestHour, oldestHour } from './hour.rules.js';
import { OutcomeSums } from './outcome-sums.repository.js';
import { ReportHours } from './report-hours.repository.js';
import { UsageSums } from './usage-sums.repository.js';

/** Hours caught up with at one look. */
const MOST_AT_ONCE = 48;

/** Sums up every hour once, also those that passed while nobody was there. */
@Injectable()
export class HourlyReport {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ReportHours) private readonly hours: ReportHours,
    @Inject(UsageSums) private readonly usage: UsageSums,
    @Inject(OutcomeSums) private readonly outcomes: OutcomeSums,
    @Inject(CapacitySums) private readonly capacity: CapacitySums,
  ) {}

  /** Sums up what is due and returns those hours. Of several callers one does each. */
  async run(signal?: AbortSignal): Promise<Date[]> {
    const read = this.database.read;
    const now = await this.hours.now(read);
    const latest = latestHour(now).getTime();
    const done: Date[] = [];
    for (const hour of (await this.due(now)).slice(0, MOST_AT_ONCE)) {
      if (signal?.aborted) break;
      if (!(await this.hours.claim(read, hour))) continue;
      await this.sumUp(hour, hour.getTime() === latest);
      done.push(hour);
    }
    return done;
  }

  /** All in one transaction: an hour is there with all its rows or not at all. */
  async sumUp(hour: Date, isLatest: boolean): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        await this.usage.sumUp(tx, hour);
        await this.outcomes.sumUp(tx, hour);
        if (isLatest) await this.capacity.sumUp(tx, hour);
        await this.hours.finish(tx, hour);
      });
    } catch (error) {
      await this.hours.giveBack(this.database.read, hour);
      throw error;
    }
  }

  private async due(now: Date): Promise<Date[]> {
    const read = this.database.read;
    const first = await this.hours.firstHour(read);
    if (!first) return [];
    return dueHours(now, first, await this.hours.done(read, oldestHour(now, first)));
  }
}
