import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { ReportHours } from '@ultron/report/report-hours.repository';
import { databaseGauge } from '../http/metrics/database.gauge.js';

/** Whether hours are still summed up. */
@Injectable()
export class ReportMetrics implements OnModuleInit {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
    @Inject(ReportHours) private readonly hours: ReportHours,
  ) {}

  onModuleInit(): void {
    databaseGauge(
      this.log,
      ['ultron_report_hour_age_seconds', 'Since the end of the last hour that was summed up.', []],
      async (shown) => shown.set(await this.hours.ageSeconds(this.database.read)),
    );
  }
}
