import type { RoomForecast } from '@ultron/report/forecast.reader';
import type {
  CapacityRow,
  FlavorCapacityRow,
  OutcomeRow,
  ProjectCapacityRow,
  UsageRow,
} from '@ultron/report/report.reader';
import type {
  CapacityReportRow,
  ErrorsReportRow,
  FlavorCapacityRow as FlavorCapacityShown,
  ForecastRow,
  LatencyReportRow,
  ProjectCapacityRow as ProjectCapacityShown,
  UsageReportRow,
} from './report.dto.js';

/** What pages are made of: the key of the page beside what is shown. */
export interface Shown<Row> {
  id: string;
  hour: Date;
  row: Row;
}

const placeOf = (row: { hour: Date; cluster_id: string; project_id: string; flavor_id: string }) => ({
  hour: row.hour.toISOString(),
  cluster_id: row.cluster_id,
  project_id: row.project_id,
  flavor_id: row.flavor_id,
});

export const usageOf = (row: UsageRow): UsageReportRow => ({
  ...placeOf(row),
  servers: row.servers,
  vcpus: row.vcpus,
  ram_mb: row.ram_mb,
  disk_gb: row.disk_gb,
  addresses: row.addresses,
});

export const errorsOf = (row: OutcomeRow): ErrorsReportRow => ({
  ...placeOf(row),
  task_kind: row.task_kind,
  succeeded: row.succeeded,
  failed: row.failed,
  cancelled: row.cancelled,
  error_rate_permille: Math.round((1000 * row.failed) / Math.max(1, row.succeeded + row.failed)),
  fault_codes: row.fault_codes,
});

export const latencyOf = (row: OutcomeRow): LatencyReportRow => ({
  ...placeOf(row),
  servers: row.succeeded,
  active_p50_ms: row.active_p50_ms ?? 0,
  active_p99_ms: row.active_p99_ms ?? 0,
  active_max_ms: row.active_max_ms ?? 0,
});

const left = (total: number, used: number): number => Math.max(0, total - used);

export const capacityOf = (row: CapacityRow): CapacityReportRow => ({
  hour: row.hour.toISOString(),
  cluster_id: row.cluster_id,
  servers: row.servers,
  vcpus: row.vcpus,
  vcpus_used: row.vcpus_used,
  vcpus_left: left(row.vcpus, row.vcpus_used),
  ram_mb: row.ram_mb,
  ram_mb_used: row.ram_mb_used,
  ram_mb_left: left(row.ram_mb, row.ram_mb_used),
  disk_gb: row.disk_gb,
  disk_gb_used: row.disk_gb_used,
  disk_gb_left: left(row.disk_gb, row.disk_gb_used),
  addresses: row.addresses,
  addresses_used: row.addresses_used,
  addresses_left: left(row.addresses, row.addresses_used),
  observed_at: row.observed_at?.toISOString() ?? null,
});

export const flavorCapacityOf = (row: FlavorCapacityRow): FlavorCapacityShown => ({
  hour: row.hour.toISOString(),
  cluster_id: row.cluster_id,
  flavor_id: row.flavor_id,
  flavor: row.flavor,
  servers_left: row.servers_left,
  observed_at: row.observed_at.toISOString(),
});

export const projectCapacityOf = (row: ProjectCapacityRow): ProjectCapacityShown => ({
  hour: row.hour.toISOString(),
  project_id: row.project_id,
  addresses: row.addresses,
  addresses_used: row.addresses_used,
  addresses_left: left(row.addresses, row.addresses_used),
});

export const forecastOf = (row: RoomForecast): ForecastRow => ({
  cluster_id: row.clusterId ?? '',
  cluster: row.cluster ?? '',
  flavor_id: row.flavorId,
  project_id: row.projectId,
  resource: row.resource,
  growth_per_hour_milli: Math.round(row.growthPerHour * 1000),
  exhausted_at: row.exhaustedAt?.toISOString() ?? null,
  hours: row.hours,
  observed_at: row.observedAt?.toISOString() ?? null,
});
