import type { OpenStackErrorKind } from './openstack-error.js';
import { readErrorBody } from './error-body.rules.js';
import { retryAfterMs } from './retry-after.rules.js';

/** An error answer, sorted. */
export interface SortedFault {
  kind: OpenStackErrorKind;
  code: string;
  message: string;
  retryAfterMs: number | undefined;
}

interface Evidence {
  status: number;
  code: string | undefined;
  message: string;
  waitMs: number | undefined;
}

const QUOTA_TEXT = /quota|exceeds? allowed|maximum number of .* (exceeded|allowed)/i;
const CAPACITY_TEXT =
  /no ?valid ?host|not enough hosts|no more ip addresses|insufficient (compute )?resources/i;
/** Names of Neutron and Placement for "there is no room left", which come as 409. */
const CAPACITY_CODES = new Set([
  'IpAddressGenerationFailure',
  'NoNetworkAvailable',
  'ExternalIpAddressExhausted',
]);

/** Names of Neutron for a state that does not allow it, which come as 404 or 400 although nothing is gone or wrong. */
const CONFLICT_CODES = new Set(['ExternalGatewayForFloatingIPNotFound']);

/** Sorts an error answer of any service by its status, and where statuses are ambiguous by what the service says. */
export function sortAnswer(
  status: number,
  headers: Record<string, string>,
  body: string,
  now: number,
): SortedFault {
  const said = readErrorBody(body, status);
  const fromBody = said.retryAfterSeconds === undefined ? undefined : said.retryAfterSeconds * 1000;
  const waitMs = retryAfterMs(headers['retry-after'], now) ?? fromBody;
  const kind = kindOf({ status, code: said.code, message: said.message, waitMs });
  const mayWait = kind === 'throttle' || kind === 'outage' || kind === 'conflict';
  return {
    kind,
    code: said.code ?? `http_${status}`,
    message: said.message,
    retryAfterMs: mayWait ? waitMs : undefined,
  };
}

function kindOf(evidence: Evidence): OpenStackErrorKind {
  const { status, message, code } = evidence;
  if (status !== 401 && status !== 404 && (CAPACITY_TEXT.test(message) || CAPACITY_CODES.has(code ?? ''))) {
    return 'capacity';
  }
  if (status < 500 && CONFLICT_CODES.has(code ?? '')) return 'conflict';
  switch (status) {
    case 401:
      return 'auth';
    case 403:
      // Nova and Octavia say 403 when a quota is used up.
      return QUOTA_TEXT.test(message) ? 'quota' : 'auth';
    case 404:
    case 410:
      return 'gone';
    case 409:
      // Neutron says 409 when a quota is used up.
      return code === 'OverQuota' || QUOTA_TEXT.test(message) ? 'quota' : 'conflict';
    case 412:
    case 423:
    case 428:
      return 'conflict';
    case 413:
      return tooMuch(evidence);
    case 429:
      return 'throttle';
    case 408:
      return 'outage';
    case 501:
    case 505:
      return 'invalid';
    case 507:
      return 'capacity';
    default:
      return status >= 500 ? 'outage' : 'invalid';
  }
}

/**
 * 413 has three meanings: with `Retry-After: 0` a quota of Cinder, which no waiting mends; with a wait a rate limit;
 * else a request that is too large.
 */
function tooMuch({ waitMs, message }: Evidence): OpenStackErrorKind {
  if (waitMs !== undefined && waitMs > 0) return 'throttle';
  return waitMs === 0 || QUOTA_TEXT.test(message) ? 'quota' : 'invalid';
}
