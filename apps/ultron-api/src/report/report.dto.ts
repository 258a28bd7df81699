import { AnyJson, Id, Integer, OneOf, Parts, Text, Time } from '../http/field/field.decorator.js';
import { NextLink, PageQuery, SortBy } from '../http/paging/page.query.js';

class HoursQuery extends PageQuery {
  @Time({ description: 'From this hour on; a day ago unless told.', optional: true })
  from?: string;

  @Time({ description: 'Before this time; now unless told.', optional: true })
  to?: string;

  @OneOf(['json', 'csv'], { description: 'As `Accept: text/csv` asks for as well.', optional: true })
  format?: 'json' | 'csv';

  @SortBy(['hour'])
  sort?: string;
}

export class ReportQuery extends HoursQuery {
  @Id({ description: 'Only this cluster.', optional: true })
  cluster_id?: string;
}

export class ProjectReportQuery extends ReportQuery {
  @Id({ description: 'Only this project; others than one’s own are for admins.', optional: true })
  project_id?: string;

  @Id({ description: 'Only this flavor.', optional: true })
  flavor_id?: string;
}

export class OutcomeReportQuery extends ProjectReportQuery {
  @Text({ description: 'Only tasks of this kind.', optional: true, max: 64, example: 'server.create' })
  task_kind?: string;
}

const hour = () => Time({ description: 'The beginning of the hour.', example: '2026-01-31T12:00:00.000Z' });
const cluster = () =>
  Text({ description: 'The cluster.', min: 0, max: 36, example: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b' });
const project = () =>
  Text({
    description: 'The project; empty: the platform’s own.',
    min: 0,
    max: 36,
    example: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b',
  });
const flavor = () =>
  Text({ description: 'The flavor; empty: none, or one that is not mapped.', min: 0, max: 36, example: '' });
const observed = () =>
  Time({
    description: 'When the cluster was seen like that: long ago, if it did not answer since. Null: never.',
    nullable: true,
  });
const count = (description: string, example = 12) => Integer({ description, min: 0, example });

export class UsageReportRow {
  @hour() hour!: string;
  @cluster() cluster_id!: string;
  @project() project_id!: string;
  @flavor() flavor_id!: string;
  @count('Servers that there were at its end.') servers!: number;
  @count('Their virtual CPUs.') vcpus!: number;
  @count('Their memory.', 24576) ram_mb!: number;
  @count('Their disks.', 240) disk_gb!: number;
  @count('Addresses of their ports, and of ports of no server.') addresses!: number;
}

export class UsageReport {
  @Parts(() => UsageReportRow, { description: 'By hour, cluster, project and flavor.', max: 1000 })
  usage!: UsageReportRow[];
  @NextLink() next!: string | null;
}

export class ErrorsReportRow {
  @hour() hour!: string;
  @cluster() cluster_id!: string;
  @project() project_id!: string;
  @flavor() flavor_id!: string;
  @Text({ description: 'What the tasks did.', example: 'server.create' }) task_kind!: string;
  @count('Tasks that ended well within the hour.') succeeded!: number;
  @count('Tasks that failed.', 1) failed!: number;
  @count('Tasks that were cancelled.', 0) cancelled!: number;
  @Integer({ description: 'Failed ones of all that succeeded or failed, in thousandths.', example: 77 })
  error_rate_permille!: number;
  @AnyJson({ description: 'How often each code made a task fail.', example: { no_valid_host: 1 } })
  fault_codes!: Record<string, number>;
}

export class ErrorsReport {
  @Parts(() => ErrorsReportRow, {
    description: 'By hour, cluster, project, flavor and kind of task.',
    max: 1000,
  })
  errors!: ErrorsReportRow[];
  @NextLink() next!: string | null;
}

export class LatencyReportRow {
  @hour() hour!: string;
  @cluster() cluster_id!: string;
  @project() project_id!: string;
  @flavor() flavor_id!: string;
  @count('Servers that became active within the hour.') servers!: number;
  @count('From the request to active: half of them took no longer.', 9000) active_p50_ms!: number;
  @count('99 of 100 took no longer.', 21000) active_p99_ms!: number;
  @count('None took longer.', 21000) active_max_ms!: number;
}

export class LatencyReport {
  @Parts(() => LatencyReportRow, { description: 'By hour, cluster, project and flavor.', max: 1000 })
  latency!: LatencyReportRow[];
  @NextLink() next!: string | null;
}

export class CapacityReportRow {
  @hour() hour!: string;
  @cluster() cluster_id!: string;
  @count('Servers in the cluster, whoever made them.') servers!: number;
  @count('Virtual CPUs.', 640) vcpus!: number;
  @count('Of those: used.', 320) vcpus_used!: number;
  @count('Of those: left.', 320) vcpus_left!: number;
  @count('Memory.', 1310720) ram_mb!: number;
  @count('Of that: used.', 655360) ram_mb_used!: number;
  @count('Of that: left.', 655360) ram_mb_left!: number;
  @count('Disk.', 20000) disk_gb!: number;
  @count('Of that: used.', 4000) disk_gb_used!: number;
  @count('Of that: left.', 16000) disk_gb_left!: number;
  @count('Addresses of the plan that the cluster has.', 1016) addresses!: number;
  @count('Of those: held.', 200) addresses_used!: number;
  @count('Of those: left.', 816) addresses_left!: number;
  @observed() observed_at!: string | null;
}

export class CapacityReport {
  @Parts(() => CapacityReportRow, { description: 'By hour and cluster.', max: 1000 })
  capacity!: CapacityReportRow[];
  @NextLink() next!: string | null;
}

export class FlavorCapacityQuery extends ReportQuery {
  @Id({ description: 'Only this flavor.', optional: true })
  flavor_id?: string;
}

export class FlavorCapacityRow {
  @hour() hour!: string;
  @cluster() cluster_id!: string;
  @Id({ description: 'The flavor.' }) flavor_id!: string;
  @Text({ description: 'Its name.', example: 'small' }) flavor!: string;
  @count('Servers of it that still fit, on the hosts one by one.') servers_left!: number;
  @observed() observed_at!: string | null;
}

export class FlavorCapacityReport {
  @Parts(() => FlavorCapacityRow, { description: 'By hour, cluster and flavor.', max: 1000 })
  flavor_capacity!: FlavorCapacityRow[];
  @NextLink() next!: string | null;
}

export class ProjectCapacityQuery extends HoursQuery {
  @Id({ description: 'Only this project; others than one’s own are for admins.', optional: true })
  project_id?: string;
}

export class ProjectCapacityRow {
  @hour() hour!: string;
  @Id({ description: 'The project.' }) project_id!: string;
  @count('Addresses that it may hold.', 256) addresses!: number;
  @count('Of those: held.', 200) addresses_used!: number;
  @count('Of those: left.', 56) addresses_left!: number;
}

export class ProjectCapacityReport {
  @Parts(() => ProjectCapacityRow, { description: 'By hour and project.', max: 1000 })
  project_capacity!: ProjectCapacityRow[];
  @NextLink() next!: string | null;
}

export class ForecastQuery extends PageQuery {
  @Integer({
    description: 'Days back that the line is drawn through.',
    min: 1,
    max: 90,
    optional: true,
    example: 14,
  })
  days?: number;

  @OneOf(['json', 'csv'], { description: 'As `Accept: text/csv` asks for as well.', optional: true })
  format?: 'json' | 'csv';

  @SortBy(['cluster_id'])
  sort?: string;
}

export class ForecastRow {
  @Text({
    description: 'The cluster; empty for a project.',
    min: 0,
    max: 36,
    example: '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b',
  })
  cluster_id!: string;
  @Text({ description: 'Its name.', min: 0, example: 'east-1' }) cluster!: string;
  @Id({ description: 'The flavor of the servers that still fit; else null.', nullable: true })
  flavor_id!: string | null;
  @Id({ description: 'The project whose quota it is; else null.', nullable: true })
  project_id!: string | null;
  @OneOf(['vcpus', 'ram_mb', 'disk_gb', 'addresses', 'servers'], {
    description: 'Of what; `servers` of a flavor, `addresses` of the plan or of a quota.',
  })
  resource!: string;
  @Integer({ description: 'Thousandths by which its use grows in an hour.', example: 1500 })
  growth_per_hour_milli!: number;
  @Time({
    description: 'When nothing is left if it goes on like that; null: not within a year.',
    nullable: true,
  })
  exhausted_at!: string | null;
  @count(
    'Hours in which somebody looked, and that the line was drawn through; below three it says nothing.',
    336,
  )
  hours!: number;
  @observed() observed_at!: string | null;
}

export class ForecastReport {
  @Parts(() => ForecastRow, { description: 'By cluster, resource and flavor; then by project.', max: 4000 })
  forecasts!: ForecastRow[];
  @NextLink() next!: string | null;
}
