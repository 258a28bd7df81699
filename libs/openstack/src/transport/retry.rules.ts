import type { Method } from '../call.js';

const BASE_MS = 200;
const CAP_MS = 10_000;

/** Methods whose repetition changes nothing more (RFC 9110, section 9.2.2). */
export function isIdempotent(method: Method): boolean {
  return method !== 'POST' && method !== 'PATCH';
}

/** Whether the method changes nothing at all. */
export function isSafe(method: Method): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Milliseconds before the next try after the `attempt`-th (from 1): doubling up to 10 s, of which the upper half is
 * left to chance so that callers who failed together do not return together. Never less than the service asked for.
 */
export function pauseBefore(attempt: number, askedMs: number | undefined, random: () => number): number {
  const ceiling = Math.min(BASE_MS * 2 ** (attempt - 1), CAP_MS);
  const backoff = ceiling / 2 + (ceiling / 2) * random();
  return askedMs === undefined ? backoff : Math.max(askedMs + (ceiling / 2) * random(), backoff);
}
