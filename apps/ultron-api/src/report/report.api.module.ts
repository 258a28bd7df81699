import { Module } from '@nestjs/common';
import { ReportModule } from '@ultron/report/report.module';
import { ReportController } from './report.controller.js';

@Module({ imports: [ReportModule], controllers: [ReportController] })
export class ReportApiModule {}
