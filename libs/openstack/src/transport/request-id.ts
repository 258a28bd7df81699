import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../call.js';

/**
 * The id sent as `X-Openstack-Request-Id`: services take it for the global request id and hand it on to each other,
 * if it is `req-` and a UUID (`oslo_middleware.request_id`); anything else they ignore.
 */
export function globalRequestId(call: CallOptions | undefined): string {
  if (call?.requestId) return call.requestId;
  return call?.traceId ? requestIdOf(call.traceId) : `req-${randomUUID()}`;
}

/** The request id of a W3C trace id (32 hex digits). */
export function requestIdOf(traceId: string): string {
  const parts = [traceId.slice(0, 8), traceId.slice(8, 12), traceId.slice(12, 16), traceId.slice(16, 20)];
  return `req-${parts.join('-')}-${traceId.slice(20, 32)}`;
}

/** The id that the service gave to the call; Nova and Cinder have had headers of their own for it. */
export function answeredRequestId(headers: Record<string, string>): string | undefined {
  return headers['x-openstack-request-id'] ?? headers['x-compute-request-id'];
}
