import { Pool } from 'undici';
import { Exchange } from './exchange.js';
import type { HttpAnswer, HttpRequest } from './http.types.js';

export interface ConnectionOptions {
  /** Milliseconds until a connection stands. */
  connectMs: number;
  /** Milliseconds for which an idle connection is kept; below the 5 s of Apache and of most WSGI servers. */
  keepAliveMs: number;
  /** Certificates to trust instead of the system's, in PEM. */
  ca?: string;
}

export const DEFAULT_CONNECTIONS: ConnectionOptions = { connectMs: 5_000, keepAliveMs: 4_000 };

/** The kept connections to the services of one cluster: a pool per origin. */
export class Connections {
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly options: ConnectionOptions = DEFAULT_CONNECTIONS) {}

  /** Sends; fails with `HttpFailure` when no whole answer comes. Any status is an answer. */
  send(request: HttpRequest): Promise<HttpAnswer> {
    const exchange = new Exchange(request);
    this.poolOf(request.url.origin).dispatch(
      {
        method: request.method,
        path: request.url.pathname + request.url.search,
        headers: request.headers,
        body: request.body ?? null,
        // Both are the exchange's own, which can tell the phases apart.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange,
    );
    return exchange.answer;
  }

  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private poolOf(origin: string): Pool {
    let pool = this.pools.get(origin);
    if (!pool) {
      const { connectMs, keepAliveMs, ca } = this.options;
      pool = new Pool(origin, {
        // The limiter bounds how many are in use.
        connections: null,
        pipelining: 1,
        keepAliveTimeout: keepAliveMs,
        connect: { timeout: connectMs, ...(ca === undefined ? {} : { ca }) },
      });
      this.pools.set(origin, pool);
    }
    return pool;
  }
}
