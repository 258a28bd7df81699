import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

export interface TracingOptions {
  /** `ultron-api`, `ultron-conductor`. */
  service: string;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`, the base of a collector, such as `http://collector:4318`; undefined exports nothing. */
  endpoint: string | undefined;
}

export interface Tracing {
  /** Sends what is still in memory. */
  stop(): Promise<void>;
}

/** Exports the spans of this process, if a collector is named. Call it before anything makes spans. */
export function startTracing(options: TracingOptions): Tracing {
  if (!options.endpoint) return { stop: async () => undefined };
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service, 'process.pid': process.pid }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      // A collector that is away must not hold up the shutdown.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
    },
  };
}
