import type { Type } from '@nestjs/common';
import { ClusterApiModule } from './cluster/cluster.api.module.js';
import { ComputeApiModule } from './compute/compute.api.module.js';
import { DocsApiModule } from './docs/docs.api.module.js';
import type { Domain } from './domain.names.js';
import { HealthApiModule } from './health/health.api.module.js';
import { IdentityApiModule } from './identity/identity.api.module.js';
import { NetworkApiModule } from './network/network.api.module.js';
import { type ApiRoute, routesOf } from './openapi/route.list.js';
import { ReportApiModule } from './report/report.api.module.js';
import { ReconcileApiModule } from './reconcile/reconcile.api.module.js';
import { SyncApiModule } from './sync/sync.api.module.js';
import { TaskApiModule } from './task/task.api.module.js';
import { TraceApiModule } from './trace/trace.api.module.js';
import { TrailApiModule } from './trail/trail.api.module.js';

/** The controllers of each domain: `<domain>/<domain>.api.module.ts` exports `<Domain>ApiModule`. */
const DOMAIN_MODULES: Readonly<Record<Domain, Type>> = {
  compute: ComputeApiModule,
  network: NetworkApiModule,
  cluster: ClusterApiModule,
};

/** The modules with all controllers of a process that serves these domains, in the order of the reference. */
export const apiModules = (domains: readonly Domain[]): Type[] => [
  ...domains.map((domain) => DOMAIN_MODULES[domain]),
  ReconcileApiModule,
  ReportApiModule,
  TaskApiModule,
  SyncApiModule,
  TraceApiModule,
  TrailApiModule,
  IdentityApiModule,
  HealthApiModule,
  DocsApiModule,
];

export const apiRoutes = (domains: readonly Domain[]): ApiRoute[] => routesOf(apiModules(domains));
