import { OpenStackError } from '../error/openstack-error.js';
import { sortAnswer } from '../error/sort.rules.js';
import type { CallScope } from './call-scope.js';
import type { HttpAnswer, HttpFailure } from './http.types.js';
import { answeredRequestId } from './request-id.js';
import { isSafe } from './retry.rules.js';
import type { Method } from '../call.js';

interface FailedRequest {
  service: string;
  method: Method;
  url: URL;
  scope: CallScope;
  globalRequestId: string;
}

/** Placement's and Nova's words for "somebody was faster, do it again". */
const CONCURRENT = /concurrent_update|please retry/i;

/** An answer that is not a success. */
export function answerError(
  cluster: string,
  request: FailedRequest,
  answer: HttpAnswer,
  now: number,
): OpenStackError {
  const sorted = sortAnswer(answer.status, answer.headers, answer.body.toString('utf8'), now);
  return new OpenStackError({
    ...place(cluster, request),
    ...sorted,
    status: answer.status,
    requestId: answeredRequestId(answer.headers) ?? request.globalRequestId,
    ...(sorted.kind === 'conflict' && CONCURRENT.test(`${sorted.code} ${sorted.message}`)
      ? { retryable: true }
      : {}),
    // A 5xx may come from a proxy while the service goes on, or from a service that failed half-way.
    outcomeUnknown: !isSafe(request.method) && sorted.kind === 'outage',
  });
}

/** No whole answer. */
export function failureError(cluster: string, request: FailedRequest, failure: HttpFailure): OpenStackError {
  const code = failure.code === 'aborted' ? (request.scope.endedBy ?? 'aborted') : failure.code;
  const tooLarge = failure.code === 'body_too_large';
  return new OpenStackError({
    ...place(cluster, request),
    kind: tooLarge ? 'invalid' : 'outage',
    code,
    message: failure.message,
    status: failure.status,
    ...(code === 'aborted' || code === 'tls' ? { retryable: false } : {}),
    outcomeUnknown: failure.sent && !isSafe(request.method),
    cause: failure,
  });
}

/** The call ended while it waited for its turn; nothing was sent. */
export function scopeError(cluster: string, request: FailedRequest): OpenStackError {
  const code = request.scope.endedBy ?? 'aborted';
  return new OpenStackError({
    ...place(cluster, request),
    kind: 'outage',
    code,
    message: `The call ended (${code}) before it was sent to ${request.service} of ${cluster}`,
    retryable: code === 'deadline',
    cause: request.scope.signal.reason,
  });
}

/** The breaker is open. */
export function refusalError(cluster: string, request: FailedRequest, retryAfterMs: number): OpenStackError {
  return new OpenStackError({
    ...place(cluster, request),
    kind: 'outage',
    code: 'circuit_open',
    message: `${request.service} of ${cluster} does not answer; not asked again yet`,
    retryAfterMs,
  });
}

/** A success that says something other than the API promises. */
export function unreadableError(cluster: string, request: FailedRequest, answer: HttpAnswer): OpenStackError {
  return new OpenStackError({
    ...place(cluster, request),
    kind: 'outage',
    code: 'unreadable',
    message: `${request.service} of ${cluster} answered ${answer.status} with something that is not JSON`,
    status: answer.status,
    requestId: answeredRequestId(answer.headers) ?? request.globalRequestId,
    outcomeUnknown: !isSafe(request.method),
  });
}

function place(cluster: string, request: FailedRequest) {
  const { service, method, url, globalRequestId } = request;
  return { cluster, service, method, path: url.pathname + url.search, requestId: globalRequestId };
}
