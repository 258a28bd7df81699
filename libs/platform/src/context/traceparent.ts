import { randomFillSync } from 'node:crypto';

/** The parts of a W3C `traceparent` (https://www.w3.org/TR/trace-context/, version 00). */
export interface Traceparent {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero: the caller's span. */
  spanId: string;
  sampled: boolean;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
// A later version may append fields, but begins like version 00; `ff` is forbidden.
const LATER_VERSION = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** The parsed header, or undefined when it is absent or breaks the specification. */
export function parseTraceparent(header: string | undefined): Traceparent | undefined {
  const match = header === undefined ? null : (VERSION_00.exec(header) ?? LATER_VERSION.exec(header));
  const [, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags || isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(trace: Traceparent): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

/** Begins a trace of its own. */
export function newTraceparent(): Traceparent {
  return { traceId: nonZeroHex(16), spanId: nonZeroHex(8), sampled: true };
}

/** The same trace with a span id of ours, as a service sends it on. */
export function childTraceparent(parent: Traceparent): Traceparent {
  return { ...parent, spanId: nonZeroHex(8) };
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}

// Random bytes are drawn many at a time: a draw costs the same for 16 as for 4096.
const pool = Buffer.alloc(4096);
let used = pool.length;

function nonZeroHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  return isZero(hex) ? nonZeroHex(bytes) : hex;
}
