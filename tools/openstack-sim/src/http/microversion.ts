import type { IncomingHttpHeaders } from 'node:http';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError, type Call, type ServiceType } from './call.js';

interface Versioned {
  major: number;
  min: number;
  max: (cluster: Cluster) => number;
  /** The header that was used before `OpenStack-API-Version`. */
  legacy?: string;
}

const VERSIONED: Partial<Record<ServiceType, Versioned>> = {
  compute: {
    major: 2,
    min: 1,
    max: (cluster) => cluster.profile.novaMax,
    legacy: 'x-openstack-nova-api-version',
  },
  placement: { major: 1, min: 0, max: (cluster) => cluster.profile.placementMax },
};

/** The minor version asked for: without a header the lowest; out of range 406, unreadable 400. */
export function negotiate(cluster: Cluster, service: ServiceType, headers: IncomingHttpHeaders): number {
  const rules = VERSIONED[service];
  if (!rules) return 0;
  const text = asked(service, rules, headers);
  const max = rules.max(cluster);
  if (text === undefined) return rules.min;
  if (text === 'latest') return max;
  const match = /^(\d+)\.(\d+)$/.exec(text);
  if (!match)
    throw new ApiError(
      400,
      `API Version String ${text} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major === rules.major && minor >= rules.min && minor <= max) return minor;
  throw new ApiError(
    406,
    `Version ${text} is not supported by the API. Minimum is ${rules.major}.${rules.min} and maximum is ${rules.major}.${max}.`,
  );
}

/** `compute 2.53` of the common header, else the value of the old one. */
function asked(service: ServiceType, rules: Versioned, headers: IncomingHttpHeaders): string | undefined {
  const common = headers['openstack-api-version'];
  const parts = (Array.isArray(common) ? common.join(',') : (common ?? '')).split(',');
  const mine = parts
    .map((part) => part.trim().split(/\s+/))
    .findLast(([name]) => name?.toLowerCase() === service);
  const old = rules.legacy ? headers[rules.legacy] : undefined;
  return (mine?.[1] ?? (typeof old === 'string' ? old : undefined))?.toLowerCase();
}

/** The lowest minor version of a service; 0 where there are none. */
export function lowest(service: ServiceType): number {
  return VERSIONED[service]?.min ?? 0;
}

/**
 * What the answer says of the version it was made with, as the services do: nothing before the token was looked at;
 * Nova also with a 406, but not with a version that it could not read; Placement only where there was no error.
 */
export function versionHeaders(call: Call, kind: string | undefined, status: number): Record<string, string> {
  const rules = VERSIONED[call.service];
  if (!rules || kind === undefined || status === 401 || !negotiated(call, kind, status)) return {};
  const version = `${rules.major}.${Math.max(call.microversion, rules.min)}`;
  const common = { 'OpenStack-API-Version': `${call.service} ${version}` };
  if (call.service === 'placement')
    return status >= 400 ? common : { ...common, Vary: 'OpenStack-API-Version' };
  return {
    ...common,
    'X-OpenStack-Nova-API-Version': version,
    Vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
  };
}

function negotiated(call: Call, kind: string, status: number): boolean {
  if (call.service === 'placement') return status !== 406;
  return kind !== 'GET /' && (call.microversion > 0 || status === 406);
}
