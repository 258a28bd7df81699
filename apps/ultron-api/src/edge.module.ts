import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { Idempotency } from '@ultron/platform/idempotency/idempotency.service';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Log } from '@ultron/platform/logging/logger';
import { TraceRepository } from '@ultron/platform/trace/trace.repository';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { API_ROUTES } from './docs/api.routes.token.js';
import type { ApiRoute } from './openapi/route.list.js';

const traceWriter = {
  provide: TraceWriter,
  inject: [Database, TraceRepository, Log],
  useFactory: (database: Database, traces: TraceRepository, log: Log) =>
    new TraceWriter(database, traces, log),
};

/** What every controller may ask for. */
@Module({})
export class EdgeModule {
  static with(log: Log, routes: () => readonly ApiRoute[]): DynamicModule {
    return {
      module: EdgeModule,
      global: true,
      providers: [
        { provide: Log, useValue: log },
        { provide: API_ROUTES, useValue: routes },
        Idempotency,
        IdempotencyRepository,
        TraceRepository,
        traceWriter,
      ],
      exports: [Log, API_ROUTES, Idempotency, TraceRepository, TraceWriter],
    };
  }
}
