export interface HttpRequestRecord {
  traceId: string;
  method: string;
  /** Without the query, which may hold what callers search for. */
  path: string;
  status: number;
  durationMs: number;
  projectId: string | null;
  /** When it came in. */
  at: Date;
}

export interface OpenStackCallRecord {
  traceId: string;
  taskId?: string | null | undefined;
  step?: string | null | undefined;
  clusterId: string | null;
  service: string;
  method: string;
  path: string;
  /** Undefined when there was no answer. */
  status?: number | null | undefined;
  durationMs: number;
  bytes: number;
  requestId?: string | null | undefined;
  error?: string | null | undefined;
  /** When it was sent. */
  at: Date;
}

/** What is kept of a trace; its tasks are asked of the task service. */
export interface TraceRecords {
  requests: HttpRequestRecord[];
  calls: OpenStackCallRecord[];
}
