import type { CallOptions } from '@ultron/openstack/call';
import { currentContext } from '@ultron/platform/context/request-context';

/** What every call of a step carries: the task's trace, and the signal that ends it when the worker must let go. */
export function callOptions(signal?: AbortSignal): CallOptions {
  const traceId = currentContext()?.traceId;
  return { ...(signal ? { signal } : {}), ...(traceId ? { traceId } : {}) };
}

/** The same for work that nobody waits for: it goes by the offline budget of the cluster. */
export function offlineOptions(signal?: AbortSignal): CallOptions {
  return { ...callOptions(signal), lane: 'offline' };
}
