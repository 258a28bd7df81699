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

export interface ProbeSurroundings {
  connection: ClusterConnection;
  /** Where the service is by the catalog, for people. */
  endpoint: (service: string) => string | null;
  /** Whether what answers at the auth URL describes itself as a Keystone; asked only where it matters. */
  isKeystone: () => Promise<boolean>;
}

/**
 * What an error met by a probe says about the registration. Errors that say nothing about it (a bug of ours, a call
 * that was aborted, a cluster that asks to wait) come back as they are.
 */
export async function probeFaultOf(error: unknown, surroundings: ProbeSurroundings): Promise<unknown> {
  if (error instanceof Fault || !(error instanceof OpenStackError)) return error;
  if (error.code === 'aborted' || error.kind === 'throttle') return error;
  return error.service === 'identity'
    ? identityFault(error, surroundings)
    : serviceFault(error, surroundings);
}

async function identityFault(
  error: OpenStackError,
  { connection, isKeystone }: ProbeSurroundings,
): Promise<Fault> {
  // What answers in something else than JSON is a web server, a login page, a proxy: not what is looked for.
  if (error.code === 'not_keystone' || error.code === 'unreadable') return notKeystone(connection, error);
  if (error.kind === 'outage') return unreachable(connection.authUrl, 'identity', reasonOf(error), error);
  if (!(await isKeystone())) return notKeystone(connection, error);
  return error.kind === 'auth'
    ? credentialRefused(connection, error)
    : unexpectedAnswer(connection.authUrl, error);
}

function serviceFault(error: OpenStackError, { endpoint }: ProbeSurroundings): Fault {
  const url = endpoint(error.service) ?? error.path;
  if (error.kind === 'auth') return notAllowed(error.service, `${error.method} ${error.path}`, error);
  if (error.kind === 'outage') return unreachable(url, error.service, reasonOf(error), error);
  return unexpectedAnswer(url, error);
}

const unexpectedAnswer = (url: string, error: OpenStackError): Fault =>
  probeFault(
    'cluster_unexpected_answer',
    `${error.service} at ${url} answered ${error.status ?? 'nothing'} to ${error.method} ${error.path}: ${error.message}`,
    undefined,
    { extra: { service: error.service, request_id: error.requestId ?? null }, cause: error },
  );

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
  if (typeof error !== 'object' || error === null || depth > 6) return new Set();
  const below: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const causes = [...below, ...('cause' in error ? [error.cause] : [])];
  const codes = causes.flatMap((cause) => [...systemCodesOf(cause, depth + 1)]);
  return new Set([...codes, ...('code' in error ? [error.code] : [])]);
}
