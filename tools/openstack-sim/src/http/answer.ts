import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Cluster } from '../cluster/cluster.js';
import type { Effects } from '../fault/fault.effects.js';
import { ApiError, type Call, type Reply, type ServiceType } from './call.js';
import { errorReply } from './errors.js';
import { lowest, negotiate, versionHeaders } from './microversion.js';
import type { Match } from './router.js';
import { findRoute } from './services.js';

/** A request as it came over the wire, with the cluster and the service it is for. */
export interface Incoming {
  cluster: Cluster;
  service: ServiceType;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  base: string;
}

export interface Answer {
  reply: Reply;
  /** The pattern of the route, or undefined when there is none. */
  kind: string | undefined;
  requestId: string;
}

/** Routes, authenticates and negotiates, then lets the handler answer; every error comes out as an answer. */
export function answer(incoming: Incoming, effects: Effects): Answer {
  const match = findRoute(incoming.service, incoming.method, incoming.path);
  const requestId = `req-${randomUUID()}`;
  const call: Call = {
    ...incoming,
    body: undefined,
    effects,
    requestId,
    params: match?.params ?? {},
    microversion: 0,
    token: undefined,
  };
  const kind = match?.route.kind;
  return { reply: withCommonHeaders(call, kind, handle(call, incoming, match)), kind, requestId };
}

function handle(call: Call, incoming: Incoming, match: Match | undefined): Reply {
  const { service } = call;
  try {
    if (!match) throw new ApiError(501, `The simulator has no ${call.method} ${call.path} in ${service}.`);
    call.token = authenticate(call, match.route.open);
    call.microversion = isVersionDocument(match.route.kind)
      ? lowest(service)
      : negotiate(call.cluster, service, call.headers);
    return match.route.handler({ ...call, body: parseBody(incoming) });
  } catch (error) {
    if (error instanceof ApiError) return errorReply(service, error, call);
    // A defect of the simulator itself: shown as a 500 with its stack, so that a test that meets it says where.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return errorReply(service, new ApiError(500, text), call);
  }
}

const isVersionDocument = (kind: string): boolean => kind === 'GET /' || kind === 'GET /v2.1';

function authenticate(call: Call, open: boolean): Call['token'] {
  if (open) return undefined;
  const token = call.headers['x-auth-token'];
  const record =
    typeof token === 'string' ? call.cluster.identity.valid(token, call.cluster.clock.now()) : undefined;
  if (record) return record;
  throw new ApiError(401, 'The request you have made requires authentication.', '', {
    'WWW-Authenticate': `Keystone uri="${call.base}/identity"`,
  });
}

/** JSON where the client says so or says nothing; other data (an image) stays as it is. */
function parseBody(incoming: Incoming): unknown {
  const type = incoming.headers['content-type'] ?? 'application/json';
  if (!type.includes('json')) return incoming.body;
  if (incoming.body.length === 0) return undefined;
  try {
    return JSON.parse(incoming.body.toString('utf8')) as unknown;
  } catch {
    throw new ApiError(400, 'cannot understand JSON');
  }
}

/** Version documents at the root, and Glance's refusal of a token, are answered before a request id is given. */
function hasRequestId(call: Call, kind: string | undefined, status: number): boolean {
  if (call.service === 'image' && status === 401) return false;
  return kind !== 'GET /' || call.service === 'identity' || call.service === 'placement';
}

function withCommonHeaders(call: Call, kind: string | undefined, reply: Reply): Reply {
  const ids: Record<string, string> = hasRequestId(call, kind, reply.status)
    ? { 'X-Openstack-Request-Id': call.requestId }
    : {};
  const own = OWN_HEADERS[call.service]?.(call, reply, kind) ?? {};
  return {
    ...reply,
    headers: { ...ids, ...own, ...versionHeaders(call, kind, reply.status), ...reply.headers },
  };
}

type OwnHeaders = (call: Call, reply: Reply, kind: string | undefined) => Record<string, string>;

const OWN_HEADERS: Partial<Record<Call['service'], OwnHeaders>> = {
  identity: (call, reply) => ({
    Vary: 'X-Auth-Token',
    ...(reply.status === 401 ? { 'WWW-Authenticate': `Keystone uri="${call.base}/identity"` } : {}),
  }),
  compute: (call, reply, kind) => ({
    ...(kind === 'GET /' ? {} : { 'X-Compute-Request-Id': call.requestId }),
    ...(reply.body === undefined ? { 'Content-Type': 'application/json' } : {}),
  }),
};
