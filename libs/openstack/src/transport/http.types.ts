import type { Method } from '../call.js';

/** A request that is ready to be sent. */
export interface HttpRequest {
  method: Method;
  /** Absolute. */
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
  signal: AbortSignal;
  headersMs: number;
  bodyIdleMs: number;
  maxBodyBytes: number;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Why no (whole) answer came. `connect` and `tls`: nothing was sent. `reset`: the connection broke. `timeout`: the
 * cluster was too slow. `body_too_large`: the answer was given up. `aborted`: the signal.
 */
export type HttpFailureCode = 'connect' | 'tls' | 'reset' | 'timeout' | 'body_too_large' | 'aborted';

/** A request without an answer. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';

  constructor(
    readonly code: HttpFailureCode,
    message: string,
    /** Whether any of the request may have reached the other side. */
    readonly sent: boolean,
    /** The status, when the head of the answer had come. */
    readonly status?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
