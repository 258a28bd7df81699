import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import { Fault } from '@ultron/kernel/fault';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import {
  credentialRefused,
  notAllowed,
  notKeystone,
  probeFault,
  unreachable,
  type UnreachableReason,
} from './probe.faults.js';

/**
 * What an error met by a probe says about the registration. Errors that say nothing about it (a bug of ours, a call
 * that was aborted) come back as they are.
 * @param endpoint where the service is by the catalog, for people.
 */
export function probeFaultOf(
  error: unknown,
  connection: ClusterConnection,
  endpoint: (service: string) => string | null = () => null,
): unknown {
  if (error instanceof Fault || !(error instanceof OpenStackError) || error.code === 'aborted') return error;
  const url = error.service === 'identity' ? connection.authUrl : (endpoint(error.service) ?? error.path);
  if (error.code === 'not_keystone') return notKeystone(connection, error);
  if (error.kind === 'auth') {
    return error.service === 'identity'
      ? credentialRefused(connection, error)
      : notAllowed(error.service, `${error.method} ${error.path}`, error);
  }
  if (error.kind === 'outage') return outage(error, connection, url);
  // Too many requests pass; the engine waits as long as the cluster says.
  if (error.kind === 'throttle') return error;
  return probeFault(
    'cluster_unexpected_answer',
    `${error.service} at ${url} answered ${error.status ?? 'nothing'} to ${error.method} ${error.path}: ${error.message}`,
    undefined,
    { extra: { service: error.service, request_id: error.requestId ?? null }, cause: error },
  );
}

function outage(error: OpenStackError, connection: ClusterConnection, url: string): Fault {
  // What answers in something else than JSON is a web server, a login page, a proxy: not what is looked for.
  if (error.code === 'unreadable' && error.service === 'identity') return notKeystone(connection, error);
  return unreachable(url, error.service, reasonOf(error), error);
}

function reasonOf(error: OpenStackError): UnreachableReason {
  const codes = systemCodesOf(error);
  if (codes.has('ECONNREFUSED')) return 'refused';
  if (codes.has('ENOTFOUND') || codes.has('EAI_AGAIN')) return 'unknown_host';
  if (codes.has('ETIMEDOUT') || codes.has('UND_ERR_CONNECT_TIMEOUT')) return 'timeout';
  if (error.code === 'timeout' || error.code === 'deadline') return 'timeout';
  if (error.code === 'tls') return 'tls';
  return error.status === undefined ? 'network' : 'unhealthy';
}

/** The codes of all errors below: clients wrap them, and a host with several addresses has one per address. */
function systemCodesOf(error: unknown, depth = 0): Set<unknown> {
  if (!(error instanceof Error) || depth > 6) return new Set();
  const below = [error.cause, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])];
  const codes = below.flatMap((cause) => [...systemCodesOf(cause, depth + 1)]);
  return new Set([...codes, ...('code' in error ? [error.code] : [])]);
}
