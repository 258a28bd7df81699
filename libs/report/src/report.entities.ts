import {
  ReportCapacity,
  ReportFlavorCapacity,
  ReportHour,
  ReportOutcome,
  ReportProjectCapacity,
  ReportUsage,
} from './report.entity.js';

export const reportEntities = [
  ReportHour,
  ReportUsage,
  ReportOutcome,
  ReportCapacity,
  ReportFlavorCapacity,
  ReportProjectCapacity,
];
