import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Cluster } from '../cluster/cluster.js';
import type { Effects } from '../fault/fault.effects.js';
import { ApiError, type Call, type Reply, type ServiceType } from './call.js';
import { errorReply } from './errors.js';
import { negotiate, versionHeaders } from './microversion.js';
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
  const { cluster, service } = incoming;
  const match = findRoute(service, incoming.method, incoming.path);
  const call: Call = {
    ...incoming,
    body: undefined,
    effects,
    requestId: `req-${randomUUID()}`,
    params: match?.params ?? {},
    microversion: 0,
    token: undefined,
  };
  const finish = (reply: Reply): Answer => ({
    reply: withCommonHeaders(call, reply),
    kind: match?.route.kind,
    requestId: call.requestId,
  });
  try {
    if (!match)
      throw new ApiError(501, `The simulator has no ${incoming.method} ${incoming.path} in ${service}.`);
    call.token = authenticate(call, match.route.open);
    call.microversion = isVersionDocument(match.route.kind)
      ? 0
      : negotiate(cluster, service, incoming.headers);
    return finish(match.route.handler({ ...call, body: parseBody(incoming) }));
  } catch (error) {
    if (error instanceof ApiError) return finish(errorReply(service, error, call));
    // A defect of the simulator itself: shown as a 500 with its stack, so that a test that meets it says where.
    return finish(
      errorReply(
        service,
        new ApiError(500, error instanceof Error ? (error.stack ?? error.message) : String(error)),
        call,
      ),
    );
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

function withCommonHeaders(call: Call, reply: Reply): Reply {
  const ids: Record<string, string> = { 'X-Openstack-Request-Id': call.requestId };
  if (call.service === 'compute') ids['X-Compute-Request-Id'] = call.requestId;
  const version =
    call.microversion > 0 || reply.status !== 406 ? versionHeaders(call.service, call.microversion) : {};
  return { ...reply, headers: { ...ids, ...(call.token ? version : {}), ...reply.headers } };
}
