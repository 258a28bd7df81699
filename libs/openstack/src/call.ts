import type { Lane } from './traffic/limiter.js';

/** What a caller may say about one call; everything has a default. */
export interface CallOptions {
  /** Ends the call; a mutating call that had been sent then fails with `outcomeUnknown`. */
  signal?: AbortSignal;
  /** The W3C trace id (32 hex digits); it becomes the OpenStack request id `req-<uuid>` that is sent. */
  traceId?: string;
  /** An OpenStack request id (`req-<uuid>`) to send instead of the one made from `traceId`. */
  requestId?: string;
  /** Whose budget the call uses; offline work (sync) never makes online work wait. */
  lane?: Lane;
  /** Calls of one flow queue behind each other, flows take turns; by default the trace id, else the project. */
  flow?: string;
  /** Milliseconds that the whole call may take, its queueing and retries included. */
  deadlineMs?: number;
}

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** Values of a query; a list becomes a repeated parameter, `undefined` is left out. */
export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** One request to a service, before it has an endpoint, a token or a version. */
export interface ServiceRequest {
  method: Method;
  /** Below the versioned endpoint, with a leading slash, already percent-encoded. */
  path: string;
  query?: Query;
  /** More of the query, by the lowest microversion that understands it. */
  queryFrom?: Record<string, Query>;
  /** The parameters of the `next` link that led here. */
  link?: URLSearchParams;
  body?: unknown;
  headers?: Record<string, string>;
  /** The lowest microversion with which the call makes sense; refused before sending where the cluster has less. */
  needs?: string;
  /** The highest microversion whose answer this client understands; never more than that is asked for. */
  knows?: string;
  /** Milliseconds more than usual until the answer begins, for a call that asks for many things at once. */
  extraMs?: number;
  call?: CallOptions | undefined;
}
