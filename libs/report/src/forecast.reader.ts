import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { select } from '@ultron/platform/database/statement';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { Forecast } from './forecast.rules.js';
import { ReportReader, RESOURCES, type Resource } from './report.reader.js';

export interface ClusterForecast extends Forecast {
  /** Of the page: cluster and resource. */
  id: string;
  clusterId: string;
  cluster: string;
  resource: Resource;
}

/** How long the room of each cluster will last. */
@Injectable()
export class ForecastReader {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ReportReader) private readonly reports: ReportReader,
  ) {}

  /** In the order of the clusters' ids. At least one more row than the page asks for, when there is one. */
  async list(from: Date, page: Page<'id'>): Promise<ClusterForecast[]> {
    const [after, last] = page.after?.id.split(' ') ?? [];
    const [beyond, resources] = page.order === 'asc' ? ['>=', RESOURCES] : ['<=', RESOURCES.toReversed()];
    const behind = resources.slice(resources.findIndex((resource) => resource === last) + 1);
    const keyset = keysetSql(
      { ...page, after: undefined, limit: Math.ceil((page.limit + RESOURCES.length) / RESOURCES.length) },
      { id: 'id' },
      'id',
    );
    const clusters = await select<{ id: string; name: string }>(
      this.database.read,
      `SELECT id, name FROM cluster WHERE ${after === undefined ? '1' : `id ${beyond} ?`} ORDER BY ${keyset.orderBy} LIMIT ?`,
      [...(after === undefined ? [] : [after]), keyset.limit],
    );
    const rows: ClusterForecast[] = [];
    for (const { id, name } of clusters) {
      const forecasts = await this.reports.forecasts(id, from, new Date());
      for (const one of id === after ? behind : resources) {
        rows.push({ ...forecasts[one], id: `${id} ${one}`, clusterId: id, cluster: name, resource: one });
      }
    }
    return rows;
  }
}
