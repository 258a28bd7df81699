import { AsyncLocalStorage } from 'node:async_hooks';
import { childTraceparent, formatTraceparent, newTraceparent, parseTraceparent } from './traceparent.js';

/** On whose behalf the present code runs; every log line and every call to OpenStack carries it. */
export interface RequestContext {
  /** 32 hex digits of the W3C trace. */
  readonly traceId: string;
  /** What is sent on: our span in the caller's trace. */
  readonly traceparent: string;
  /** What the caller named the request by `X-Request-Id`, or the trace id. */
  readonly requestId: string;
  readonly projectId: string | null;
  /** Who acts: the name of a token, or of a part of Ultron. */
  readonly actor: string | null;
  readonly taskId?: string | undefined;
  /** The step of the task's saga that runs now. */
  readonly step?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The context of the present code; undefined outside of requests and tasks. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export interface ContextOrigin {
  /** The caller's header; a malformed one begins a new trace. */
  traceparent?: string | undefined;
  requestId?: string | undefined;
  projectId?: string | null | undefined;
  actor?: string | null | undefined;
  taskId?: string | undefined;
  step?: string | undefined;
}

export function newContext(origin: ContextOrigin = {}): RequestContext {
  const caller = parseTraceparent(origin.traceparent);
  const own = caller ? childTraceparent(caller) : newTraceparent();
  return {
    traceId: own.traceId,
    traceparent: formatTraceparent(own),
    requestId: origin.requestId ?? own.traceId,
    projectId: origin.projectId ?? null,
    actor: origin.actor ?? null,
    taskId: origin.taskId,
    step: origin.step,
  };
}
