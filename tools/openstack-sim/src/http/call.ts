import type { IncomingHttpHeaders } from 'node:http';
import type { Cluster } from '../cluster/cluster.js';
import type { Effects } from '../fault/fault.effects.js';
import type { TokenRecord } from '../keystone/identity.store.js';

/** A request as the handlers see it: already routed, authenticated and with its version negotiated. */
export interface Call {
  readonly cluster: Cluster;
  readonly service: ServiceType;
  readonly method: string;
  /** The path inside the service, for example `/v2.1/servers`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** Scheme, host, port and cluster, for links: `http://127.0.0.1:9000/north`. */
  readonly base: string;
  /** The local request id, `req-` and a UUID; it is answered in a header and kept in the journal. */
  readonly requestId: string;
  /** What the fault rules ask of the handler itself (no valid host, a down cell, …). */
  readonly effects: Effects;
  params: Record<string, string>;
  /** The minor version asked for (compute, placement); 0 for services without microversions. */
  microversion: number;
  /** Absent only on open routes, such as version documents. */
  token: TokenRecord | undefined;
}

export type ServiceType = 'identity' | 'compute' | 'network' | 'image' | 'placement';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
}

export type Handler = (call: Call) => Reply;

/** A JSON answer whose shape the compiler checks against the client's wire type. */
export function reply<Wire>(status: number, body: Wire, headers?: Record<string, string>): Reply {
  return { status, body, ...(headers ? { headers } : {}) };
}

/** An answer without a body. */
export function empty(status: number, headers?: Record<string, string>): Reply {
  return { status, ...(headers ? { headers } : {}) };
}

/** An error answer, thrown by a handler; each service dresses it in its own body. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    message: string,
    /** The exception's name where the service tells it (Neutron's `type`). */
    readonly type: string = '',
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** The token of a call on a route that is not open. */
export function tokenOf(call: Call): TokenRecord {
  if (!call.token) throw new ApiError(401, 'The request you have made requires authentication.');
  return call.token;
}

/** One parameter of the matched route. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}
