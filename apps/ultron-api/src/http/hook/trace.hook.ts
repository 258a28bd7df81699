import { newContext, runInContext } from '@ultron/platform/context/request-context';
import type { FastifyInstance } from 'fastify';
import { acceptableRequestId } from '../trace/request-id.rules.js';
import '../edge.request.js';

/** Gives each request its trace, inside of which all that follows runs, and answers with its names. */
export function installTraceHook(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    const requestId = acceptableRequestId(request.headers['x-request-id']);
    const trace = newContext({
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      requestId,
    });
    request.trace = trace;
    reply.header('x-request-id', trace.requestId).header('traceparent', trace.traceparent);
    runInContext(trace, done);
  });
  // The events that deliver a body come from the socket, outside of the context of the first hook; and the token
  // has told meanwhile on whose behalf the request runs.
  server.addHook('preValidation', (request, _reply, done) => runInContext(request.trace, done));
}
