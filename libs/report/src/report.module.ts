import { Module } from '@nestjs/common';
import { ForecastReader } from './forecast.reader.js';
import { HourlyReport } from './hourly-report.js';
import { ReportHours } from './report-hours.repository.js';
import { ReportReader } from './report.reader.js';
import { ReportSums } from './report-sums.repository.js';

const PROVIDERS = [ForecastReader, HourlyReport, ReportHours, ReportReader, ReportSums];

/** What there was and how it went, hour by hour. Needs `Database`. */
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class ReportModule {}
