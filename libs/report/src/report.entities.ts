import { ReportCapacity, ReportHour, ReportOutcome, ReportUsage } from './report.entity.js';

export const reportEntities = [ReportHour, ReportUsage, ReportOutcome, ReportCapacity];
