import { createServer, type Server, type ServerResponse } from 'node:http';
import { metrics } from '@ultron/platform/metrics/metrics';

/** What the process can say of itself. */
export interface Health {
  /** Why it is not ready, or null when it is. */
  notReady(): Promise<string | null>;
}

/** Serves `/healthz` (the process lives), `/readyz` (it does its work) and `/metrics`. */
export async function serveHealth(at: { host: string; port: number }, health: Health): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request.url?.split('?', 1)[0] ?? '', response, health).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return server;
}

async function answer(path: string, response: ServerResponse, health: Health): Promise<void> {
  if (path === '/healthz') return json(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const reason = await health.notReady();
    return reason === null
      ? json(response, 200, { status: 'ready' })
      : json(response, 503, { status: 'not ready', reason });
  }
  if (path !== '/metrics')
    return json(response, 404, { detail: 'There are /healthz, /readyz and /metrics.' });
  const body = await metrics.metrics();
  response.writeHead(200, { 'content-type': metrics.contentType }).end(body);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
