import { Counter, Histogram } from 'prom-client';
import type { CallObserver, CallRecord } from '@ultron/openstack/observer';
import { currentContext } from '@ultron/platform/context/request-context';
import type { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import type { TraceWriter } from '@ultron/platform/trace/trace-writer';

const SECONDS = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

const calls = new Counter({
  name: 'ultron_openstack_calls_total',
  help: 'Requests to OpenStack by outcome: the HTTP status, or the kind of error when no answer came.',
  labelNames: ['cluster', 'service', 'method', 'route', 'outcome'],
  registers: [metrics],
});
const durations = new Histogram({
  name: 'ultron_openstack_call_seconds',
  help: 'Time from sending a request to OpenStack to the end of its answer.',
  labelNames: ['cluster', 'service', 'method'],
  buckets: SECONDS,
  registers: [metrics],
});
const queued = new Histogram({
  name: 'ultron_openstack_call_queued_seconds',
  help: 'Time that a request waited for its turn under the limit of its cluster.',
  labelNames: ['cluster'],
  buckets: SECONDS,
  registers: [metrics],
});

/** Keeps every request to a cluster: for traces, in metrics, and in the log. */
export function callObserver(
  traces: Pick<TraceWriter, 'call'>,
  log: Log,
): (clusterId: string) => CallObserver {
  return (clusterId) => (record) => {
    count(record);
    logged(log, record);
    if (record.lane === 'offline' && !record.error) return;
    const context = currentContext();
    const traceId = record.traceId ?? context?.traceId;
    // A watcher's list is for many tasks at once, so it belongs to no trace.
    if (traceId === undefined) return;
    traces.call({
      traceId,
      taskId: context?.taskId,
      step: context?.step,
      clusterId,
      service: record.service,
      method: record.method,
      path: record.path,
      status: record.status,
      durationMs: record.ms,
      bytes: record.bytes,
      requestId: record.requestId ?? record.globalRequestId,
      error: record.error?.message,
      at: record.at,
    });
  };
}

function count({ cluster, service, method, route, status, error, ms, queuedMs }: CallRecord): void {
  calls.inc({ cluster, service, method, route, outcome: String(status ?? error?.code ?? 'none') });
  durations.observe({ cluster, service, method }, ms / 1000);
  queued.observe({ cluster }, queuedMs / 1000);
}

function logged(log: Log, record: CallRecord): void {
  const { cluster, service, method, path, status, ms, requestId, globalRequestId, attempt, error } = record;
  const fields = {
    cluster,
    // Every line bears the name of our own process as `service`.
    openstack_service: service,
    method,
    path,
    status,
    ms: Math.round(ms),
    openstack_request_id: requestId,
    global_request_id: globalRequestId,
    attempt,
  };
  if (error && error.kind !== 'gone')
    log.warn('an OpenStack call failed', { ...fields, reason: error.message });
  // What reads clusters again and again would drown what anybody looks for.
  else if (record.lane === 'offline') log.debug('called OpenStack', fields);
  else log.info('called OpenStack', fields);
}
