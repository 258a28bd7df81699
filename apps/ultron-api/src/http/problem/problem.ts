import { STATUS_CODES } from 'node:http';
import { Fault, type FaultCategory } from '@ultron/kernel/fault';
import { titleOf, typeOf } from './problem.catalog.js';
import { RequestFault } from './request.fault.js';

/** A problem document (RFC 9457) with the members that every problem of Ultron has. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  category: FaultCategory;
  retryable: boolean;
  who_can_fix: string;
  trace_id: string | undefined;
  errors?: { pointer: string; detail: string }[];
  [extra: string]: unknown;
}

export interface Problem {
  status: number;
  headers: Record<string, string>;
  document: ProblemDocument;
}

const STATUS: Readonly<Record<FaultCategory, number>> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition: 412,
  quota: 403,
  capacity: 507,
  throttled: 429,
  unavailable: 503,
  bug: 500,
};

const DEFAULT_RETRY_AFTER_MS = 1_000;

export const statusOf = (fault: Fault): number =>
  fault instanceof RequestFault ? fault.status : STATUS[fault.category];

/** How a fault looks on the wire. Pure: the same fault and trace id give the same document. */
export function problemOf(fault: Fault, traceId: string | undefined): Problem {
  const status = statusOf(fault);
  const document: ProblemDocument = {
    ...fault.extra,
    type: typeOf(fault.code, fault.category),
    title: titleOf(fault.code, fault.category) ?? STATUS_CODES[status] ?? 'Error',
    status,
    detail: fault.message,
    code: fault.code,
    category: fault.category,
    retryable: fault.retryable,
    who_can_fix: fault.whoCanFix,
    trace_id: traceId,
    ...(fault.fields.length ? { errors: fault.fields } : {}),
  };
  return { status, headers: headersOf(fault, status), document };
}

function headersOf(fault: Fault, status: number): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json; charset=utf-8' };
  if (fault instanceof RequestFault) Object.assign(headers, fault.headers);
  if (fault.retryAfterMs !== undefined || status === 429 || status === 503) {
    headers['retry-after'] = String(
      Math.max(1, Math.ceil((fault.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS) / 1000)),
    );
  }
  return headers;
}
