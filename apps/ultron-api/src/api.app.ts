import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TokenAuthenticator } from '@ultron/identity/token/token.authenticator';
import type { Log } from '@ultron/platform/logging/logger';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { NestLog } from '@ultron/platform/logging/nest-log';
import type { ApiConfig } from './api.config.js';
import { ApiModule } from './api.module.js';
import { installBodyParser } from './http/body.parser.js';
import { EdgeAdapter } from './http/edge.adapter.js';
import { ShapePipe } from './http/field/shape.pipe.js';
import { installAuthHook } from './http/hook/auth.hook.js';
import { installClosingHook } from './http/hook/closing.hook.js';
import { installDeadlineHook } from './http/hook/deadline.hook.js';
import { installInputHook } from './http/hook/input.hook.js';
import { installRecordHook } from './http/hook/record.hook.js';
import { installReplyHook } from './http/hook/reply.hook.js';
import { installSpanHook } from './http/hook/span.hook.js';
import { installTraceHook } from './http/hook/trace.hook.js';
import { ProblemFilter } from './http/problem/problem.filter.js';
import { RouteTable } from './http/route.table.js';

/** A hundred servers are accepted in less than a second; what takes so long hangs. */
const DEADLINE_MS = 15_000;

/** The whole API process but for its port: `main.ts` lets it listen, tests may inject requests. */
export async function createApi(config: ApiConfig, log: Log): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.with(config, log),
    new EdgeAdapter(),
    {
      logger: new NestLog(log),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const server = app.getHttpAdapter().getInstance();
  const routes = new RouteTable();
  routes.watch(server);
  installClosingHook(server);
  installBodyParser(server);
  installTraceHook(server);
  if (config.otlpEndpoint) installSpanHook(server);
  installAuthHook(server, app.get(TokenAuthenticator, { strict: false }));
  installInputHook(server);
  installDeadlineHook(server, DEADLINE_MS);
  installReplyHook(server);
  const traces = app.get(TraceWriter);
  installRecordHook(server, log, traces);
  // By then all requests are answered, and the database is still there.
  server.addHook('onClose', () => traces.flush());
  app.useGlobalPipes(new ShapePipe());
  app.useGlobalFilters(new ProblemFilter(log, routes));
  await app.init();
  await server.ready();
  return app;
}
