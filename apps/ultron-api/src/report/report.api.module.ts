import { Module } from '@nestjs/common';
import { ReportModule } from '@ultron/report/report.module';
import { ReportController } from './report.controller.js';
import { ReportMetrics } from './report.metrics.js';

@Module({ imports: [ReportModule], controllers: [ReportController], providers: [ReportMetrics] })
export class ReportApiModule {}
