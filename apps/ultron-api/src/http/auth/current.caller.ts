import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '@ultron/identity/caller/caller';
import type { FastifyRequest } from 'fastify';
import { RequestFault } from '../problem/request.fault.js';
import '../edge.request.js';

export function callerOf(request: FastifyRequest): Caller {
  if (request.caller) return request.caller;
  throw RequestFault.unauthenticated('token_missing', 'A token is needed.');
}

/** The parameter of a handler that tells who calls. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
