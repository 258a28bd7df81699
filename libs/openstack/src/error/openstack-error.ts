import type { Method } from '../call.js';

/** What a fault means for whoever asked. Every error of every service is sorted into one of these, here and once. */
export type OpenStackErrorKind =
  | 'quota' // the project may not have more
  | 'capacity' // the cluster cannot give more
  | 'throttle' // ask again later, less often
  | 'conflict' // the state of the object does not allow it now
  | 'invalid' // the request can never succeed as it is
  | 'auth' // not logged in, or not allowed
  | 'gone' // there is no such object
  | 'outage'; // no (usable) answer

export interface OpenStackErrorOptions {
  kind: OpenStackErrorKind;
  /**
   * Why, in a word that stays the same: the service's own name of the error where it has one (`OverQuota`,
   * `itemNotFound`), or one of ours: `aborted`, `body_too_large`, `circuit_open`, `connect`, `deadline`,
   * `no_endpoint`, `not_keystone`, `reset`, `timeout`, `unreadable`, `unsupported`.
   */
  code: string;
  message: string;
  cluster: string;
  /** The service type of the catalog: `compute`, `network`, … */
  service: string;
  method: Method;
  path: string;
  /** The HTTP status; undefined when no answer came. */
  status?: number | undefined;
  /** The request id that the service gave to the call, or the one that was sent when it gave none. */
  requestId?: string | undefined;
  retryable?: boolean;
  retryAfterMs?: number | undefined;
  outcomeUnknown?: boolean;
  cause?: unknown;
}

const RETRYABLE: ReadonlySet<OpenStackErrorKind> = new Set(['throttle', 'outage']);

/** The one error that this client throws for whatever goes wrong between it and a cluster. */
export class OpenStackError extends Error {
  override readonly name = 'OpenStackError';
  readonly kind: OpenStackErrorKind;
  readonly code: string;
  readonly cluster: string;
  readonly service: string;
  readonly method: Method;
  readonly path: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Whether the same call can succeed later, unchanged, at the same cluster. */
  readonly retryable: boolean;
  /** Milliseconds after which the cluster wishes to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** The call changes something and its answer was lost: it may have happened. Look before doing it again. */
  readonly outcomeUnknown: boolean;

  constructor(options: OpenStackErrorOptions) {
    super(options.message, { cause: options.cause });
    this.kind = options.kind;
    this.code = options.code;
    this.cluster = options.cluster;
    this.service = options.service;
    this.method = options.method;
    this.path = options.path;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? RETRYABLE.has(options.kind);
    this.retryAfterMs = options.retryAfterMs;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}
