import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import { Fault, type FaultCategory } from '@ultron/kernel/fault';

type Field = 'auth_url' | 'credential' | 'region' | 'interface';

/** A fault of a probe: it says which field of the registration to correct, and is not retried by itself. */
export function probeFault(
  code: string,
  detail: string,
  field?: { name: Field; detail: string },
  options: { category?: FaultCategory; extra?: Record<string, unknown>; cause?: unknown } = {},
): Fault {
  const { category = 'invalid', extra, cause } = options;
  return new Fault({
    code,
    category,
    detail,
    ...(field ? { fields: [{ pointer: `/${field.name}`, detail: field.detail }] } : {}),
    retryable: false,
    whoCanFix: 'operator',
    ...(extra ? { extra } : {}),
    cause,
  });
}

export const notKeystone = (connection: ClusterConnection, cause: unknown): Fault =>
  probeFault(
    'cluster_not_keystone',
    `${connection.authUrl} answers, but it is no Keystone v3: correct auth_url.`,
    { name: 'auth_url', detail: 'is not the address of a Keystone v3' },
    { cause },
  );

export const credentialRefused = (connection: ClusterConnection, cause: unknown): Fault =>
  probeFault(
    'cluster_credential_refused',
    connection.credential.kind === 'password'
      ? `Keystone refuses the login of ${connection.credential.username} into project ${connection.credential.projectName}: correct credential.`
      : `Keystone refuses application credential ${connection.credential.id}: it is wrong, expired or revoked; correct credential.`,
    { name: 'credential', detail: 'is refused by Keystone' },
    { cause },
  );

const REASONS = {
  refused: ['cluster_connection_refused', 'nothing listens there (connection refused)'],
  unknown_host: ['cluster_host_unknown', 'the name of the host cannot be resolved'],
  timeout: ['cluster_timeout', 'no answer came in time'],
  tls: ['cluster_tls', 'no secure connection can be made (TLS)'],
  network: ['cluster_unreachable', 'it cannot be reached'],
  unhealthy: ['cluster_unhealthy', 'it does not answer as it should'],
} as const;
export type UnreachableReason = keyof typeof REASONS;

export function unreachable(url: string, service: string, reason: UnreachableReason, cause: unknown): Fault {
  const [code, words] = REASONS[reason];
  const said = cause instanceof Error ? ` (${cause.message})` : '';
  const options = { category: 'unavailable', extra: { service, url }, cause } as const;
  if (service === 'identity') {
    const field = { name: 'auth_url', detail: words } as const;
    return probeFault(
      code,
      `Keystone at ${url}: ${words}${said}. Correct auth_url or mend the way to it.`,
      field,
      options,
    );
  }
  return probeFault(
    code,
    `The catalog says that ${service} is at ${url}, but ${words}${said}. Choose another interface or mend the cluster.`,
    { name: 'interface', detail: `leads to ${service} at ${url}, where ${words}` },
    options,
  );
}

export const tooOld = (max: string, oldest: string): Fault =>
  probeFault(
    'cluster_too_old',
    `Its Nova speaks microversions up to ${max || '2.0'} only; the oldest supported release is Queens (${oldest}). Upgrade the cluster.`,
    undefined,
    { extra: { compute_max_version: max, oldest_supported: oldest } },
  );

export const regionUnknown = (region: string, known: readonly string[]): Fault =>
  probeFault(
    'cluster_region_unknown',
    `Its catalog has no region ${region}; it has ${known.join(', ') || 'none'}: correct region.`,
    { name: 'region', detail: `must be one of ${known.join(', ')}` },
    { extra: { regions: known } },
  );

export const regionNeeded = (known: readonly string[]): Fault =>
  probeFault(
    'cluster_region_needed',
    `Its catalog has several regions (${known.join(', ')}): choose one by region.`,
    { name: 'region', detail: `must be one of ${known.join(', ')}` },
    { extra: { regions: known } },
  );

export const interfaceMissing = (service: string, wanted: string, offered: readonly string[]): Fault =>
  probeFault(
    'cluster_interface_missing',
    `Its catalog has no ${wanted} endpoint of ${service}, but ${offered.join(' and ')}: correct interface.`,
    { name: 'interface', detail: `must be one of ${offered.join(', ')}` },
    { extra: { service, interfaces: offered } },
  );

export const serviceMissing = (service: string, region: string): Fault =>
  probeFault(
    'cluster_service_missing',
    `It has no ${service} service${region}: compute (Nova), network (Neutron) and image (Glance) are needed.`,
    undefined,
    { extra: { service } },
  );

export const notAllowed = (service: string, what: string, cause: unknown): Fault =>
  probeFault(
    'cluster_not_allowed',
    `The account may not ${what} (${service}): give it a role that may, such as admin, or another credential.`,
    { name: 'credential', detail: `may not ${what}` },
    { extra: { service }, cause },
  );

export const superseded = (): Fault =>
  probeFault(
    'cluster_probe_superseded',
    'The registration was changed since this probe was asked for: another probe looks at it as it is now.',
    undefined,
    { category: 'conflict' },
  );
