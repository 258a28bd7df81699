import { FastifyAdapter } from '@nestjs/platform-fastify';

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Fastify as the edge needs it. */
export class EdgeAdapter extends FastifyAdapter {
  constructor() {
    super({
      bodyLimit: BODY_LIMIT_BYTES,
      // Nobody here uses Express middleware, and its hook would cost on every request.
      skipMiddie: true,
      forceCloseConnections: 'idle',
      routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    });
  }

  /** The problem filter knows Fastify's errors by their codes, which the mapping would drop. */
  override mapException(error: unknown): unknown {
    return error;
  }
}
