import type { IncomingMessage, ServerResponse } from 'node:http';
import { draw } from '../clock/random.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Disturbance, FaultEngine } from '../fault/fault.engine.js';
import { StalePages } from '../fault/stale-pages.js';
import { type Answer, type Incoming, answer } from './answer.js';
import { ApiError, type ServiceType } from './call.js';
import type { Counters } from './counters.js';
import { errorReply } from './errors.js';
import { type LoggedRequest, type RequestLog, withoutSecrets } from './request-log.js';
import { readBody, send } from './wire.js';
import { findRoute, isService } from './services.js';

export interface ExchangeSurroundings {
  clusters: ReadonlyMap<string, Cluster>;
  faults: FaultEngine;
  log: RequestLog;
  counters: Counters;
  /** Called after each request that may have changed something, before its answer leaves. */
  settled: () => void;
  /** Where unknown routes are told of. */
  warn: (message: string) => void;
}

/** Takes one request to a cluster through its faults and delays to its answer. */
export class Exchange {
  readonly #stale = new StalePages();

  constructor(private readonly around: ExchangeSurroundings) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const [clusterName = '', service = '', ...rest] = url.pathname.split('/').slice(1);
    const cluster = this.around.clusters.get(decodeURIComponent(clusterName));
    if (!cluster || !isService(service))
      return void send(response, {
        status: 404,
        body: {
          error: { code: 404, title: 'Not Found', message: `No cluster and service at ${url.pathname}.` },
        },
      });
    const incoming: Incoming = {
      cluster,
      service,
      method: request.method ?? 'GET',
      path: `/${rest.join('/')}`,
      query: url.searchParams,
      headers: request.headers,
      body: await readBody(request),
      base: `${url.origin}/${clusterName}`,
    };
    await this.#disturbed(incoming, { request, response, started });
  }

  async #disturbed(
    incoming: Incoming,
    wire: { request: IncomingMessage; response: ServerResponse; started: number },
  ): Promise<void> {
    const { response } = wire;
    const disturbance = this.#strike(incoming, response);
    if (!disturbance) return;
    const entry = this.#entry(incoming, disturbance, wire.started);
    if (disturbance.hang) return this.around.log.add({ ...entry(), outcome: 'hung' });
    if (disturbance.reset) {
      this.around.log.add({ ...entry(), outcome: 'reset' });
      return void wire.request.socket.resetAndDestroy();
    }
    const latency = latencyOf(incoming);
    await pause(latency / 2);
    const made = this.#answer(incoming, disturbance);
    this.around.settled();
    await pause(latency / 2 + disturbance.slowMs);
    const done = { ...entry(), status: made.reply.status, request_id: made.requestId };
    this.around.log.add(disturbance.dropAnswer ? { ...done, outcome: 'answer dropped' } : done);
    if (disturbance.dropAnswer) return void wire.request.socket.resetAndDestroy();
    const bytes = send(response, made.reply, incoming.method === 'HEAD');
    const { cluster, service } = incoming;
    if (made.kind !== undefined) this.around.counters.sent(cluster.name, service, made.kind, bytes);
  }

  #strike(incoming: Incoming, response: ServerResponse): Disturbance | undefined {
    const header = incoming.headers['x-sim-fault'];
    try {
      return this.around.faults.strike(
        {
          cluster: incoming.cluster.name,
          service: incoming.service,
          method: incoming.method,
          url: urlOf(incoming),
        },
        typeof header === 'string' ? header : undefined,
      );
    } catch (error) {
      send(response, {
        status: 400,
        body: {
          error: {
            code: 400,
            title: 'Bad Request',
            message: error instanceof Error ? error.message : String(error),
          },
        },
      });
      return undefined;
    }
  }

  #answer(incoming: Incoming, disturbance: Disturbance): Answer {
    const { cluster, service, method } = incoming;
    if (disturbance.expireToken) cluster.identity.tokens.clear();
    const made = disturbance.status
      ? refused(incoming, disturbance.status)
      : this.#stale.answer(incoming, disturbance.staleMs, () => answer(incoming, disturbance.effects));
    if (made.kind === undefined) {
      this.around.counters.unknownRoute(cluster.name, service, method, incoming.path);
      this.around.warn(`unknown route: ${cluster.name} ${service} ${method} ${urlOf(incoming)}`);
    } else {
      this.around.counters.count(cluster.name, service, made.kind, made.reply.status);
    }
    return made;
  }

  #entry(incoming: Incoming, disturbance: Disturbance, started: number): () => Omit<LoggedRequest, 'seq'> {
    const at = new Date().toISOString();
    return () => ({
      at,
      cluster: incoming.cluster.name,
      service: incoming.service,
      method: incoming.method,
      url: urlOf(incoming),
      headers: withoutSecrets(incoming.headers),
      status: null,
      request_id: null,
      ms: Math.round((performance.now() - started) * 10) / 10,
      outcome: 'answered',
      faults: disturbance.rules,
    });
  }
}

function urlOf(incoming: Incoming): string {
  return incoming.query.size > 0 ? `${incoming.path}?${incoming.query}` : incoming.path;
}

/** The answer that a fault gives in place of the handler's. */
function refused(
  incoming: Incoming,
  fault: { status: number; retryAfter?: number; message?: string },
): Answer {
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
  const error = new ApiError(
    fault.status,
    fault.message ?? MESSAGES[fault.status] ?? 'A fault was asked for.',
    '',
    headers,
  );
  const requestId = `req-${crypto.randomUUID()}`;
  const reply = errorReply(incoming.service, error, {
    requestId,
    microversion: 0,
    cluster: incoming.cluster,
    headers: incoming.headers,
  });
  return {
    reply: { ...reply, headers: { 'X-Openstack-Request-Id': requestId, ...reply.headers } },
    kind: findRoute(incoming.service, incoming.method, incoming.path)?.route.kind,
    requestId,
  };
}

const MESSAGES: Record<number, string> = {
  413: 'This request was rate-limited.',
  429: 'This request was rate-limited.',
  500: 'Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function latencyOf(incoming: Incoming): number {
  const { latency } = incoming.cluster.settings;
  const kind = latency.kinds && findRoute(incoming.service, incoming.method, incoming.path)?.route.kind;
  const chosen =
    (kind === undefined ? undefined : latency.kinds?.[kind]) ??
    latency.kinds?.[incoming.service as ServiceType] ??
    latency;
  return draw({ min: chosen.base, max: chosen.base + chosen.jitter }, incoming.cluster.random);
}

function pause(ms: number): Promise<void> | undefined {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
}
