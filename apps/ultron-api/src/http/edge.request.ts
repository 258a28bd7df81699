import type { Caller } from '@ultron/identity/caller/caller';
import type { RequestContext } from '@ultron/platform/context/request-context';
import type { Operation } from './operation/operation.decorator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The trace of the request and, once the token is known, on whose behalf it runs. */
    trace: RequestContext;
    /** Who calls; undefined on public routes and before the token is known. */
    caller: Caller | undefined;
    /** The fault that was answered, for the log. */
    faultCode: string | undefined;
  }
  interface FastifyContextConfig {
    operation?: Operation;
  }
}
