import { Fault, type FaultCategory, type WhoCanFix } from '@ultron/kernel/fault';
import { OpenStackError, type OpenStackErrorKind } from '@ultron/openstack/error/openstack-error';

interface Meaning {
  category: FaultCategory;
  whoCanFix: WhoCanFix;
  /** Overrides what the error says of itself. */
  retryable?: boolean;
}

const MEANINGS: Record<OpenStackErrorKind, Meaning> = {
  // The quota is that of Ultron's own account in the cluster: its operators ask for more, no caller can.
  quota: { category: 'quota', whoCanFix: 'operator', retryable: false },
  capacity: { category: 'capacity', whoCanFix: 'cluster', retryable: false },
  throttle: { category: 'throttled', whoCanFix: 'cluster' },
  conflict: { category: 'conflict', whoCanFix: 'operator' },
  invalid: { category: 'invalid', whoCanFix: 'operator', retryable: false },
  // Once the credential is put right the task goes on: giving up would leave behind what cannot be deleted now.
  auth: { category: 'unavailable', whoCanFix: 'operator', retryable: true },
  gone: { category: 'not_found', whoCanFix: 'operator', retryable: false },
  outage: { category: 'unavailable', whoCanFix: 'cluster', retryable: true },
};

const AUTH_PAUSE_MS = 10_000;

/** What an error of a cluster means for the task that met it. */
export function faultOfOpenStack(error: OpenStackError): Fault {
  const { category, whoCanFix, retryable } = MEANINGS[error.kind];
  const retryAfterMs = error.retryAfterMs ?? (error.kind === 'auth' ? AUTH_PAUSE_MS : undefined);
  return new Fault({
    code: `openstack_${error.kind}`,
    category,
    detail: `${error.cluster}: ${error.message}`,
    retryable: retryable ?? error.retryable,
    whoCanFix,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    extra: {
      openstack: {
        cluster: error.cluster,
        service: error.service,
        code: error.code,
        status: error.status ?? null,
        request_id: error.requestId ?? null,
      },
    },
    cause: error,
  });
}

/** The engine's last resort for what a step threw: an error of a cluster, a fault, or a bug of ours. */
export function classify(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof OpenStackError) return faultOfOpenStack(error);
  return new Fault({
    code: 'internal_error',
    category: 'bug',
    detail: `Ultron made a mistake: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  });
}
