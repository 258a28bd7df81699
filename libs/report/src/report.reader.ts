import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { select } from '@ultron/platform/database/statement';
import { keysetSql, type Page } from '@ultron/platform/paging/page';

export interface ReportFilter {
  from: Date;
  to: Date;
  clusterId?: string | undefined;
  projectId?: string | undefined;
  flavorId?: string | undefined;
  taskKind?: string | undefined;
}

export interface UsageRow {
  id: string;
  hour: Date;
  cluster_id: string;
  project_id: string;
  flavor_id: string;
  servers: number;
  vcpus: number;
  ram_mb: number;
  disk_gb: number;
  addresses: number;
}

export interface OutcomeRow {
  id: string;
  hour: Date;
  cluster_id: string;
  project_id: string;
  flavor_id: string;
  task_kind: string;
  succeeded: number;
  failed: number;
  cancelled: number;
  fault_codes: Record<string, number>;
  active_p50_ms: number | null;
  active_p99_ms: number | null;
  active_max_ms: number | null;
}

export interface CapacityRow {
  id: string;
  hour: Date;
  cluster_id: string;
  servers: number;
  vcpus: number;
  vcpus_used: number;
  ram_mb: number;
  ram_mb_used: number;
  disk_gb: number;
  disk_gb_used: number;
  addresses: number;
  addresses_used: number;
  observed_at: Date | null;
}

export interface FlavorCapacityRow {
  id: string;
  hour: Date;
  cluster_id: string;
  flavor_id: string;
  /** Its name. */
  flavor: string;
  servers_left: number;
  observed_at: Date;
}

export interface ProjectCapacityRow {
  id: string;
  hour: Date;
  project_id: string;
  addresses: number;
  addresses_used: number;
}

export const RESOURCES = ['vcpus', 'ram_mb', 'disk_gb', 'addresses'] as const;

const USED = ['vcpus_used', 'ram_mb_used', 'disk_gb_used', 'addresses_used'] as const;

/** As the database gives it: JSON comes as text from MariaDB, and parsed from MySQL. */
type Raw<Row extends { fault_codes: unknown }> = Omit<Row, 'fault_codes'> & {
  fault_codes: string | Row['fault_codes'];
};

/** What was summed up, page by page in the order of time. One more row than the page asks for, when there is one. */
@Injectable()
export class ReportReader {
  constructor(@Inject(Database) private readonly database: Database) {}

  async usage(filter: ReportFilter, page: Page<'id'>): Promise<UsageRow[]> {
    const columns = ['cluster_id', 'project_id', 'flavor_id'];
    const rows = await this.rows<UsageRow>('report_usage', filter, columns, [], page);
    return rows.map((row) => numbers(row, ['servers', 'vcpus', 'ram_mb', 'disk_gb', 'addresses']));
  }

  /** Only of creations of servers when `latency`. */
  async outcomes(filter: ReportFilter, page: Page<'id'>, latency: boolean): Promise<OutcomeRow[]> {
    const also = latency ? [`task_kind = 'server.create'`, 'active_p50_ms IS NOT NULL'] : [];
    const columns = ['cluster_id', 'project_id', 'flavor_id', 'task_kind'];
    const rows = await this.rows<Raw<OutcomeRow>>('report_outcome', filter, columns, also, page);
    return rows.map((row) => ({
      ...numbers(row, ['succeeded', 'failed', 'cancelled']),
      fault_codes: countsOf(row.fault_codes),
    }));
  }

  async capacity(filter: ReportFilter, page: Page<'id'>): Promise<CapacityRow[]> {
    const rows = await this.rows<CapacityRow>('report_capacity', filter, ['cluster_id'], [], page);
    return rows.map((row) => numbers(row, ['servers', ...RESOURCES, ...USED]));
  }

  async flavorCapacity(filter: ReportFilter, page: Page<'id'>): Promise<FlavorCapacityRow[]> {
    const columns = ['cluster_id', 'flavor_id'];
    const rows = await this.rows<FlavorCapacityRow>('report_flavor_capacity', filter, columns, [], page);
    return rows.map((row) => numbers(row, ['servers_left']));
  }

  async projectCapacity(filter: ReportFilter, page: Page<'id'>): Promise<ProjectCapacityRow[]> {
    const rows = await this.rows<ProjectCapacityRow>(
      'report_project_capacity',
      filter,
      ['project_id'],
      [],
      page,
    );
    return rows.map((row) => numbers(row, ['addresses', 'addresses_used']));
  }

  private async rows<Row>(
    table: `report_${'usage' | 'outcome' | 'capacity' | 'flavor_capacity' | 'project_capacity'}`,
    filter: ReportFilter,
    columns: readonly string[],
    also: readonly string[],
    page: Page<'id'>,
  ): Promise<Row[]> {
    // Rows are made hour by hour, but not always in the order of the hours: the hour leads and the id follows.
    const keyset = keysetSql({ ...page, sort: 'hour' as const }, { hour: 'hour' }, 'id');
    const values: Record<string, string | undefined> = {
      cluster_id: filter.clusterId,
      project_id: filter.projectId,
      flavor_id: filter.flavorId,
      task_kind: filter.taskKind,
    };
    const wanted = columns.filter((name) => values[name] !== undefined);
    return select<Row>(
      this.database.read,
      `SELECT * FROM ${table}
       WHERE ${['hour >= ?', 'hour < ?', ...wanted.map((name) => `${name} = ?`), ...also, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ?`,
      [filter.from, filter.to, ...wanted.map((name) => values[name]), ...keyset.params, keyset.limit],
    );
  }
}

/** Large integers come as text. */
const numbers = <Row extends object>(row: Row, names: readonly (keyof Row)[]): Row => ({
  ...row,
  ...Object.fromEntries(names.map((name) => [name, Number(row[name])])),
});

const countsOf = (codes: string | Record<string, number>): Record<string, number> =>
  typeof codes === 'string' ? (JSON.parse(codes) as Record<string, number>) : codes;
