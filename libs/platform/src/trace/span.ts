import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';
import { currentContext, runInContext } from '../context/request-context.js';
import { formatTraceparent, parseTraceparent } from '../context/traceparent.js';

const SPAN_KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

export interface SpanOptions {
  kind?: keyof typeof SPAN_KINDS;
  attributes?: Attributes;
}

/**
 * Runs the work in a span of the present trace. The parent comes from the request context, so there is one mechanism
 * that carries the trace; without an exporter (see `startTracing`) this costs next to nothing.
 */
export async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = beginSpan(name, options);
  if (!span) return work();
  try {
    return await inContextOf(span, work);
  } catch (error) {
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : String(error),
    });
    throw error;
  } finally {
    span.end();
  }
}

function beginSpan(name: string, options: SpanOptions): Span | undefined {
  const caller = parseTraceparent(currentContext()?.traceparent);
  const parent = caller
    ? trace.setSpanContext(ROOT_CONTEXT, {
        traceId: caller.traceId,
        spanId: caller.spanId,
        traceFlags: caller.sampled ? 1 : 0,
        isRemote: true,
      })
    : ROOT_CONTEXT;
  const kind = SPAN_KINDS[options.kind ?? 'internal'];
  const span = trace
    .getTracer('ultron')
    .startSpan(name, { kind, attributes: options.attributes ?? {} }, parent);
  return span.isRecording() ? span : undefined;
}

function inContextOf<T>(span: Span, work: () => Promise<T>): Promise<T> {
  const context = currentContext();
  if (!context) return work();
  const { traceId, spanId } = span.spanContext();
  return runInContext(
    { ...context, traceparent: formatTraceparent({ traceId, spanId, sampled: true }) },
    work,
  );
}
