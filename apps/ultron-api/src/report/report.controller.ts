import { Controller, Get, Headers, Query } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import { projectToReadIn } from '@ultron/identity/caller/caller.rules';
import { ForecastReader } from '@ultron/report/forecast.reader';
import { type ReportFilter, ReportReader } from '@ultron/report/report.reader';
import { CurrentCaller } from '../http/auth/current.caller.js';
import type { Shape } from '../http/field/field.registry.js';
import { Operation, type ReplyDoc } from '../http/operation/operation.decorator.js';
import { RequestFault } from '../http/problem/request.fault.js';
import type { HttpReply } from '../http/reply/http.reply.js';
import {
  CapacityReport,
  CapacityReportRow,
  ErrorsReport,
  ErrorsReportRow,
  FlavorCapacityQuery,
  FlavorCapacityReport,
  FlavorCapacityRow,
  ForecastQuery,
  ForecastReport,
  ForecastRow,
  LatencyReport,
  LatencyReportRow,
  OutcomeReportQuery,
  ProjectCapacityQuery,
  ProjectCapacityReport,
  ProjectCapacityRow,
  ProjectReportQuery,
  ReportQuery,
  UsageReport,
  UsageReportRow,
} from './report.dto.js';
import {
  capacityOf,
  errorsOf,
  flavorCapacityOf,
  forecastOf,
  latencyOf,
  projectCapacityOf,
  usageOf,
} from './report.presenter.js';
import { reportReply, sqlHour } from './report.reply.js';

const TAG = 'Reports';
const DAY_MS = 86_400_000;
const FORECAST_DAYS = 14;
const FORMATS =
  'Hours are kept for 90 days. `format=csv`, or `Accept: text/csv`, gives CSV; its next page is in the header `Link`.';

const paged = (shape: Shape, description: string): ReplyDoc => ({ shape, description, alsoAs: ['text/csv'] });

@Controller('v1/reports')
export class ReportController {
  constructor(
    private readonly reports: ReportReader,
    private readonly forecasts: ForecastReader,
  ) {}

  @Get('usage')
  @Operation({
    id: 'getUsageReport',
    tag: TAG,
    summary: 'What there was, hour by hour',
    description: FORMATS,
    replies: { 200: paged(UsageReport, 'A page, oldest first unless told.') },
  })
  async usage(
    @CurrentCaller() caller: Caller,
    @Query() query: ProjectReportQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = ofProject(caller, query);
    return reportReply({
      path: '/v1/reports/usage',
      name: 'usage',
      query,
      accept,
      shape: UsageReportRow,
      find: (page) => this.reports.usage(filter, page),
      show: usageOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('errors')
  @Operation({
    id: 'getErrorsReport',
    tag: TAG,
    summary: 'How tasks ended, hour by hour',
    description: FORMATS,
    replies: { 200: paged(ErrorsReport, 'A page, oldest first unless told.') },
  })
  async errors(
    @CurrentCaller() caller: Caller,
    @Query() query: OutcomeReportQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = { ...ofProject(caller, query), taskKind: query.task_kind };
    return reportReply({
      path: '/v1/reports/errors',
      name: 'errors',
      query,
      accept,
      shape: ErrorsReportRow,
      find: (page) => this.reports.outcomes(filter, page, false),
      show: errorsOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('latency')
  @Operation({
    id: 'getLatencyReport',
    tag: TAG,
    summary: 'How long servers took to become active, hour by hour',
    description: FORMATS,
    replies: { 200: paged(LatencyReport, 'A page, oldest first unless told.') },
  })
  async latency(
    @CurrentCaller() caller: Caller,
    @Query() query: ProjectReportQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = ofProject(caller, query);
    return reportReply({
      path: '/v1/reports/latency',
      name: 'latency',
      query,
      accept,
      shape: LatencyReportRow,
      find: (page) => this.reports.outcomes(filter, page, true),
      show: latencyOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('capacity')
  @Operation({
    id: 'getCapacityReport',
    tag: TAG,
    summary: 'What room clusters had, hour by hour',
    description: `${FORMATS} An hour in which no conductor looked has no row.`,
    access: 'admin',
    replies: { 200: paged(CapacityReport, 'A page, oldest first unless told.') },
  })
  async capacity(
    @Query() query: ReportQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = rangeOf(query);
    return reportReply({
      path: '/v1/reports/capacity',
      name: 'capacity',
      query,
      accept,
      shape: CapacityReportRow,
      find: (page) => this.reports.capacity(filter, page),
      show: capacityOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('flavor_capacity')
  @Operation({
    id: 'getFlavorCapacityReport',
    tag: TAG,
    summary: 'How many servers of each flavor still fitted into clusters, hour by hour',
    description: `${FORMATS} An hour in which no conductor looked has no row.`,
    access: 'admin',
    replies: { 200: { shape: FlavorCapacityReport, description: 'A page, oldest first.' } },
  })
  async flavorCapacity(
    @Query() query: FlavorCapacityQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = { ...rangeOf(query), flavorId: query.flavor_id };
    return reportReply({
      path: '/v1/reports/flavor_capacity',
      name: 'flavor_capacity',
      query,
      accept,
      shape: FlavorCapacityRow,
      find: (page) => this.reports.flavorCapacity(filter, page),
      show: flavorCapacityOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('project_capacity')
  @Operation({
    id: 'getProjectCapacityReport',
    tag: TAG,
    summary: 'What the quota of addresses left to projects, hour by hour',
    description: `${FORMATS} A project without a quota of its own has no row: it has the room that clusters have.`,
    replies: { 200: { shape: ProjectCapacityReport, description: 'A page, oldest first.' } },
  })
  async projectCapacity(
    @CurrentCaller() caller: Caller,
    @Query() query: ProjectCapacityQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const filter = ofProject(caller, query);
    return reportReply({
      path: '/v1/reports/project_capacity',
      name: 'project_capacity',
      query,
      accept,
      shape: ProjectCapacityRow,
      find: (page) => this.reports.projectCapacity(filter, page),
      show: projectCapacityOf,
      sortValue: ({ hour }) => sqlHour(hour),
    });
  }

  @Get('forecasts')
  @Operation({
    id: 'getForecasts',
    tag: TAG,
    summary: 'When the room of clusters, for flavors and in quotas will be used up',
    description: `A straight line through the hours of the last days in which somebody looked. ${FORMATS}`,
    access: 'admin',
    replies: { 200: paged(ForecastReport, 'A page: by cluster, resource and flavor, then by project.') },
  })
  async forecast(
    @Query() query: ForecastQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<HttpReply> {
    const from = new Date(Date.now() - (query.days ?? FORECAST_DAYS) * DAY_MS);
    return reportReply({
      path: '/v1/reports/forecasts',
      name: 'forecasts',
      query,
      accept,
      shape: ForecastRow,
      find: (page) => this.forecasts.list(from, page),
      show: forecastOf,
      sortValue: ({ owner }) => owner,
    });
  }
}

/** Who is no admin sees the own project alone. */
const ofProject = (caller: Caller, query: ProjectCapacityQuery & { flavor_id?: string }): ReportFilter => ({
  ...rangeOf(query),
  projectId: projectToReadIn(caller, query.project_id),
  flavorId: query.flavor_id,
});

/**
 * The bounds are whole hours, or the next page of a report that ends now would be another report.
 * @throws RequestFault when it ends before it begins.
 */
function rangeOf(query: Pick<ReportQuery, 'from' | 'to' | 'cluster_id'>): ReportFilter {
  const to = query.to === undefined ? new Date(Date.now() + 3_600_000) : new Date(query.to);
  const from = query.from === undefined ? new Date(to.getTime() - DAY_MS - 3_600_000) : new Date(query.from);
  if (from >= to) throw RequestFault.badQuery([{ pointer: '?from', detail: 'must be before `to`' }]);
  return { from: floor(from), to, clusterId: query.cluster_id };
}

const floor = (time: Date): Date => new Date(Math.floor(time.getTime() / 3_600_000) * 3_600_000);
