import { Fault } from '@ultron/kernel/fault';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../problem/problem.js';
import '../edge.request.js';

/** Long polls add this to the deadline: the longest that a caller may ask for. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Answers 503 when a handler takes too long, as it does when a database accepts connections but no longer answers. The
 * work may still be done later; with the same `Idempotency-Key` the repeated request finds out.
 */
export function installDeadlineHook(server: FastifyInstance, deadlineMs: number): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  server.addHook('preHandler', (request, reply, done) => {
    const ms = mayWait(request) ? deadlineMs + LONGEST_WAIT_MS : deadlineMs;
    timers.set(
      request,
      setTimeout(() => answer(request, reply), ms),
    );
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
}

function mayWait(request: FastifyRequest): boolean {
  const query: unknown = request.query;
  return typeof query === 'object' && query !== null && 'wait' in query;
}

function answer(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.sent) return;
  const { status, headers, document } = problemOf(tooSlow(), request.trace.traceId);
  request.faultCode = document.code;
  void reply.code(status).headers(headers).send(document);
}

const tooSlow = (): Fault =>
  new Fault({
    code: 'deadline_exceeded',
    category: 'unavailable',
    detail:
      'The answer takes too long. What was asked for may have been done: send it again with its Idempotency-Key.',
    retryAfterMs: 5_000,
    whoCanFix: 'operator',
  });
