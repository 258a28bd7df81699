import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IdempotencyClaim } from '@ultron/platform/idempotency/idempotency.service';
import { requestHash } from '@ultron/platform/idempotency/request-hash';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../auth/current.caller.js';
import { RequestFault } from '../problem/request.fault.js';

const KEY = /^[\x21-\x7e]{1,128}$/;

/** What `Idempotency-Key` claims; undefined when the caller sends none. Keys of two projects never meet. */
export function idempotencyClaim(request: FastifyRequest): IdempotencyClaim | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !KEY.test(header)) {
    throw RequestFault.badHeader('Idempotency-Key', 'must be 1 to 128 visible ASCII characters');
  }
  const caller = callerOf(request);
  const path = request.url.split('?', 1)[0] ?? request.url;
  return {
    scope: caller.projectId ?? caller.tokenId,
    key: header,
    requestHash: requestHash(request.method, path, request.body),
  };
}

/** The parameter of a POST handler for `Idempotency.run`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  idempotencyClaim(context.switchToHttp().getRequest<FastifyRequest>()),
);
