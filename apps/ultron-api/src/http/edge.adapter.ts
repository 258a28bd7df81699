import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { faultFrom } from './problem/fault.from.js';
import { problemOf } from './problem/problem.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Whoever sends a request more slowly is cut off. */
const RECEIVE_MS = 30_000;

/** Key pairs and zones have no id but their name: 255 characters of up to four bytes, each written as `%xx`. */
const LONGEST_PARAMETER = 255 * 4 * 3;

/** Fastify as the edge needs it. */
export class EdgeAdapter extends FastifyAdapter {
  constructor() {
    super({
      bodyLimit: BODY_LIMIT_BYTES,
      requestTimeout: RECEIVE_MS,
      // Nobody here uses Express middleware, and its hook would cost on every request.
      skipMiddie: true,
      forceCloseConnections: 'idle',
      frameworkErrors: answerUnroutable,
      routerOptions: { maxParamLength: LONGEST_PARAMETER, ignoreTrailingSlash: true },
    });
  }

  /** The problem filter knows Fastify's errors by their codes, which the mapping would drop. */
  override mapException(error: unknown): unknown {
    return error;
  }
}

/** The router cannot even read the address, so neither hooks nor filters see the request. */
function answerUnroutable(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, document } = problemOf(faultFrom(error), undefined);
  void reply.code(status).headers(headers).send(document);
}
