import type { Method } from './call.js';
import type { OpenStackError } from './error/openstack-error.js';
import type { Lane } from './traffic/limiter.js';

/** One request as it went over the wire; a call that was tried twice makes two of these. */
export interface CallRecord {
  cluster: string;
  /** The service type of the catalog. */
  service: string;
  method: Method;
  /** The path with its query, without the host. */
  path: string;
  /** The path with ids replaced by `{id}`, for metrics. */
  route: string;
  /** Undefined when no answer came. */
  status: number | undefined;
  /** Milliseconds from sending to the end of the answer; waiting for a free slot is not part of it. */
  ms: number;
  /** Milliseconds that the call waited for a free slot before. */
  queuedMs: number;
  /** Bytes of the answer's body. */
  bytes: number;
  /** The service's own request id. */
  requestId: string | undefined;
  /** The request id that was sent, which the service hands on to the others. */
  globalRequestId: string;
  traceId: string | undefined;
  lane: Lane;
  /** 1 for the first try. */
  attempt: number;
  error: OpenStackError | undefined;
  /** When it was sent. */
  at: Date;
}

export type CallObserver = (record: CallRecord) => void;
