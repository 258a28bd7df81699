import { currentContext, runInContext } from '@ultron/platform/context/request-context';
import { parseTraceparent } from '@ultron/platform/context/traceparent';
import { inSpan } from '@ultron/platform/trace/span';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import '../edge.request.js';

/** Makes a span of each request, for the collector; installed only where there is one, and after the trace hook. */
export function installSpanHook(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown route';
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const span = () =>
      inSpan(`${request.method} ${route}`, { kind: 'server', attributes }, () => {
        // What follows is a child of the span, and the caller may look for it by its id.
        request.trace = currentContext() ?? request.trace;
        reply.header('traceparent', request.trace.traceparent);
        const answered = untilAnswered(reply);
        done();
        return answered;
      });
    // Failed requests were answered; here they only mark the span.
    runInContext(underCaller(request), () => void span().catch(() => undefined));
  });
}

/** The span belongs under the caller's own, not under the one that we would have been without spans. */
function underCaller(request: FastifyRequest): FastifyRequest['trace'] {
  const { traceparent } = request.headers;
  const isUsable = typeof traceparent === 'string' && parseTraceparent(traceparent) !== undefined;
  return isUsable ? { ...request.trace, traceparent } : request.trace;
}

function untilAnswered(reply: FastifyReply): Promise<void> {
  return new Promise((resolve, reject) => {
    reply.raw.once('close', () => {
      if (reply.statusCode < 500) resolve();
      else reject(new Error(`answered ${reply.statusCode}`));
    });
  });
}
