import { Module } from '@nestjs/common';
import { CapacitySums } from './capacity-sums.repository.js';
import { ForecastReader } from './forecast.reader.js';
import { HourlyReport } from './hourly-report.js';
import { OutcomeSums } from './outcome-sums.repository.js';
import { ReportHours } from './report-hours.repository.js';
import { ReportReader } from './report.reader.js';
import { UsageSums } from './usage-sums.repository.js';

const PROVIDERS = [
  CapacitySums,
  ForecastReader,
  HourlyReport,
  OutcomeSums,
  ReportHours,
  ReportReader,
  UsageSums,
];

/** What there was and how it went, hour by hour. Needs `Database`. */
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class ReportModule {}
