import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { select } from '@ultron/platform/database/statement';
import type { Page } from '@ultron/platform/paging/page';
import { forecast, type Forecast, type Level } from './forecast.rules.js';
import {
  type CapacityRow,
  type FlavorCapacityRow,
  type ProjectCapacityRow,
  RESOURCES,
} from './report.reader.js';

/** Of a cluster; of a flavor in a cluster, then in servers of it; or of a project's quota. */
export interface RoomForecast extends Forecast {
  /** Pages are in the order of this, and within it of the ids: clusters, and then projects. */
  owner: string;
  /** Of a cluster first the resources, and then the flavors. */
  id: string;
  clusterId: string | null;
  cluster: string | null;
  flavorId: string | null;
  projectId: string | null;
  resource: (typeof RESOURCES)[number] | 'servers';
}

type ForecastPage = Pick<Page, 'limit' | 'order' | 'after'>;

/** How long room will last. */
@Injectable()
export class ForecastReader {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** By cluster and then by project. At least one more row than the page asks for, when there is one. */
  async list(from: Date, page: ForecastPage): Promise<RoomForecast[]> {
    const rows: RoomForecast[] = [];
    for await (const row of this.behind(page, from)) {
      rows.push(row);
      if (rows.length > page.limit) break;
    }
    return rows;
  }

  private async *behind({ order, after }: ForecastPage, from: Date): AsyncGenerator<RoomForecast> {
    const isUp = order === 'asc';
    const isBehind = (one: string, other: string): boolean => (isUp ? one > other : one < other);
    const inOrder = <T>(all: readonly T[]): readonly T[] => (isUp ? all : all.toReversed());
    const last = after && { owner: String(after.value ?? ''), id: after.id };
    const owners = [...(await this.clusters()), ...(await this.projects(from))];
    for (const owner of inOrder(owners)) {
      const name = ownerOf(owner);
      if (last && name !== last.owner && !isBehind(name, last.owner)) continue;
      const rows = inOrder(await this.of(owner, from));
      yield* last?.owner === name ? rows.filter((row) => isBehind(row.id, last.id)) : rows;
    }
  }

  private clusters(): Promise<Owner[]> {
    return select(this.database.read, 'SELECT id, name FROM cluster ORDER BY id', []);
  }

  private projects(from: Date): Promise<Owner[]> {
    return select(
      this.database.read,
      'SELECT DISTINCT project_id AS id FROM report_project_capacity WHERE hour >= ? ORDER BY id',
      [from],
    );
  }

  private async of({ id, name }: Owner, from: Date): Promise<RoomForecast[]> {
    return name === undefined ? [await this.ofProject({ id }, from)] : this.ofCluster({ id, name }, from);
  }

  private async ofCluster(cluster: Owner & { name: string }, from: Date): Promise<RoomForecast[]> {
    const of = { owner: ownerOf(cluster), clusterId: cluster.id, cluster: cluster.name, projectId: null };
    const rows = await this.hours<CapacityRow>('report_capacity', 'cluster_id', cluster.id, from);
    const flavors = await this.hours<FlavorCapacityRow>(
      'report_flavor_capacity',
      'cluster_id',
      cluster.id,
      from,
    );
    return [
      ...RESOURCES.map((resource, rank) => ({
        ...forecast(rows.map((row) => levelOf(row, resource))),
        ...of,
        id: String(rank),
        flavorId: null,
        resource,
      })),
      ...[...Map.groupBy(flavors, (row) => row.flavor_id)]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([flavorId, hours]) => ({
          ...forecast(hours.map(fitsOf)),
          ...of,
          id: `flavor ${flavorId}`,
          flavorId,
          resource: 'servers' as const,
        })),
    ];
  }

  private async ofProject(project: Owner, from: Date): Promise<RoomForecast> {
    const rows = await this.hours<ProjectCapacityRow>(
      'report_project_capacity',
      'project_id',
      project.id,
      from,
    );
    return {
      ...forecast(rows.map(quotaOf)),
      owner: ownerOf(project),
      id: '',
      clusterId: null,
      cluster: null,
      flavorId: null,
      projectId: project.id,
      resource: 'addresses',
    };
  }

  private hours<Row>(table: string, column: string, id: string, from: Date): Promise<Row[]> {
    return select(
      this.database.read,
      `SELECT * FROM ${table} WHERE ${column} = ? AND hour >= ? ORDER BY hour`,
      [id, from],
    );
  }
}

/** A cluster, which has a name here, or a project. */
interface Owner {
  id: string;
  name?: string;
}

const ownerOf = ({ id, name }: Owner): string => `${name === undefined ? 'project' : 'cluster'} ${id}`;

/** The plan's addresses are Ultron's own figures: it knows them also while the cluster does not answer. */
const levelOf = (row: CapacityRow, resource: (typeof RESOURCES)[number]): Level => ({
  at: row.hour.getTime(),
  total: Number(row[resource]),
  used: Number(row[`${resource}_used`]),
  observedAt: resource === 'addresses' ? row.hour.getTime() : (row.observed_at?.getTime() ?? null),
});

/** What fits is what is left: every server that does not fit any more is one that is used. */
const fitsOf = (row: FlavorCapacityRow): Level => ({
  at: row.hour.getTime(),
  total: 0,
  used: -Number(row.servers_left),
  observedAt: row.observed_at.getTime(),
});

const quotaOf = (row: ProjectCapacityRow): Level => ({
  at: row.hour.getTime(),
  total: Number(row.addresses),
  used: Number(row.addresses_used),
  observedAt: row.hour.getTime(),
});
