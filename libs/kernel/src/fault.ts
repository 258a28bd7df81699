/** The categories of every error that Ultron shows; each has one HTTP status at the edge. */
export type FaultCategory =
  | 'invalid' // 422 (400 when the request itself cannot be read)
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'not_found' // 404
  | 'conflict' // 409
  | 'precondition' // 412
  | 'quota' // 403
  | 'capacity' // 507
  | 'throttled' // 429
  | 'unavailable' // 503
  | 'bug'; // 500

/** Who can do something about a fault. */
export type WhoCanFix = 'caller' | 'operator' | 'cluster';

/** One bad field: a JSON pointer (RFC 6901) into the request body, or `?name` for a query parameter. */
export interface FieldFault {
  pointer: string;
  detail: string;
}

export interface FaultOptions {
  /** A stable machine-readable name in snake case, for example `cluster_name_taken`. */
  code: string;
  category: FaultCategory;
  /** One sentence for a person: what is wrong and what would be right. */
  detail: string;
  fields?: FieldFault[];
  /** Whether the same request can succeed later without being changed. */
  retryable?: boolean;
  retryAfterMs?: number;
  whoCanFix?: WhoCanFix;
  /** Extra members of the problem document, for example the explain record of the scheduler. */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

const RETRYABLE: ReadonlySet<FaultCategory> = new Set(['throttled', 'unavailable']);

/** An error of the domain: a typed value that the edge turns into a problem document (RFC 9457). */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly category: FaultCategory;
  readonly fields: FieldFault[];
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly whoCanFix: WhoCanFix;
  readonly extra: Record<string, unknown>;

  constructor(options: FaultOptions) {
    super(options.detail, { cause: options.cause });
    this.code = options.code;
    this.category = options.category;
    this.fields = options.fields ?? [];
    this.retryable = options.retryable ?? RETRYABLE.has(options.category);
    this.retryAfterMs = options.retryAfterMs;
    this.whoCanFix = options.whoCanFix ?? defaultFixer(options.category);
    this.extra = options.extra ?? {};
  }

  /** The form in which a fault is stored in a task and shown by the API. */
  toRecord(): FaultRecord {
    return {
      code: this.code,
      category: this.category,
      detail: this.message,
      retryable: this.retryable,
      who_can_fix: this.whoCanFix,
      ...(this.fields.length ? { errors: this.fields } : {}),
      ...this.extra,
    };
  }
}

export interface FaultRecord {
  code: string;
  category: FaultCategory;
  detail: string;
  retryable: boolean;
  who_can_fix: WhoCanFix;
  [extra: string]: unknown;
}

function defaultFixer(category: FaultCategory): WhoCanFix {
  if (category === 'capacity' || category === 'unavailable') return 'cluster';
  return category === 'bug' ? 'operator' : 'caller';
}
