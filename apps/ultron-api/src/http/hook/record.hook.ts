import { parseTraceparent } from '@ultron/platform/context/traceparent';
import { runInContext } from '@ultron/platform/context/request-context';
import type { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import type { TraceWriter } from '@ultron/platform/trace/trace-writer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Histogram } from 'prom-client';
import '../edge.request.js';

const duration = new Histogram({
  name: 'ultron_http_request_duration_seconds',
  help: 'Time from the first byte of a request to the end of its answer, by route and status.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  registers: [metrics],
});

/** Probes come every few seconds from everywhere: they are counted, not logged. */
const SILENT: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Once a request is answered: its line in the log, its place in the metrics and, if it matters, in its trace. */
export function installRecordHook(server: FastifyInstance, log: Log, traces: TraceWriter): void {
  const access = log.ofKnownFields();
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    duration.observe({ method, route, status }, ms / 1000);
    if (!SILENT.has(route)) {
      const path = pathOf(request);
      runInContext(request.trace, () =>
        access.info('request', {
          method,
          path,
          route,
          status,
          ms: Math.round(ms * 10) / 10,
          actor: request.trace.actor,
          ...(request.faultCode === undefined ? {} : { fault: request.faultCode }),
        }),
      );
      if (isKept(request)) {
        const { traceId, projectId } = request.trace;
        const at = new Date(Date.now() - ms);
        traces.request({ traceId, method, path, status, durationMs: ms, projectId, at });
      }
    }
    done();
  });
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? request.url;

/** Reads that nobody traces are many and tell nothing later. */
function isKept(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return request.caller !== undefined;
  const { traceparent } = request.headers;
  return (
    request.caller !== undefined &&
    typeof traceparent === 'string' &&
    parseTraceparent(traceparent) !== undefined
  );
}
