import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '../metrics/metrics.js';
import { readiness, type ReadinessCheck } from './readiness.js';

export interface HealthServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  checks: Readonly<Record<string, ReadinessCheck>>;
}

/** `/healthz`, `/readyz` and `/metrics` for a process that has no other HTTP server. */
export class HealthServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async listen(options: HealthServerOptions): Promise<HealthServer> {
    const server = createServer((request, response) => {
      answer(request, response, options.checks).catch(() => response.writeHead(500).end());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    return new HealthServer(server, (server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  checks: HealthServerOptions['checks'],
): Promise<void> {
  switch (new URL(request.url ?? '/', 'http://localhost').pathname) {
    case '/healthz':
      return reply(response, 200, { status: 'ok' });
    case '/readyz': {
      const { ready, parts } = await readiness(checks);
      return reply(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not_ready', parts });
    }
    case '/metrics':
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
      return;
    default:
      return reply(response, 404, { status: 'not_found' });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
