import type { EndpointInterface } from '../cloud.options.js';
import type { CatalogServiceWire } from '../identity/tokens.wire.js';

/**
 * The names under which a catalog may list a service, preferred first (service-types-authority: official type, then
 * its aliases).
 */
const ALIASES: Record<string, readonly string[]> = {
  'block-storage': ['block-storage', 'volumev3', 'block-store', 'volume', 'volumev2'],
  baremetal: ['baremetal', 'bare-metal'],
  'load-balancer': ['load-balancer'],
};

export interface EndpointChoice {
  region: string | undefined;
  interface: EndpointInterface;
}

/** The URL of the service in the region, without a trailing slash; null when the catalog has none. */
export function endpointOf(
  catalog: readonly CatalogServiceWire[],
  service: string,
  choice: EndpointChoice,
): string | null {
  for (const type of ALIASES[service] ?? [service]) {
    const endpoint = catalog
      .filter((entry) => entry.type === type)
      .flatMap((entry) => entry.endpoints)
      .find((candidate) => fits(candidate, choice));
    if (endpoint) return endpoint.url.replace(/\/+$/, '');
  }
  return null;
}

/** The official types of the services that have an endpoint in the region. */
export function servicesIn(catalog: readonly CatalogServiceWire[], choice: EndpointChoice): string[] {
  const types = new Set(catalog.map((entry) => officialType(entry.type)));
  return [...types].filter((type) => endpointOf(catalog, type, choice) !== null).toSorted();
}

/** The regions in which the catalog has any endpoint. */
export function regionsOf(catalog: readonly CatalogServiceWire[]): string[] {
  const endpoints = catalog.flatMap((entry) => entry.endpoints);
  return [...new Set(endpoints.map((endpoint) => endpoint.region_id ?? endpoint.region ?? ''))].toSorted();
}

function fits(
  endpoint: { interface: string; region: string | null; region_id: string | null },
  choice: EndpointChoice,
): boolean {
  if (endpoint.interface !== choice.interface) return false;
  return (
    choice.region === undefined || endpoint.region_id === choice.region || endpoint.region === choice.region
  );
}

function officialType(type: string): string {
  return Object.entries(ALIASES).find(([, aliases]) => aliases.includes(type))?.[0] ?? type;
}

/** The endpoint with the version that this client speaks, whatever of it the catalog's URL holds. */
export function versionedEndpoint(service: string, url: string): string {
  switch (service) {
    case 'compute':
      // The microversions are those of v2.1; /v2 is the same code behind a mask that hides them.
      return /\/v2(\.\d+)?(\/|$)/.test(url) ? url.replace(/\/v2(\.0)?(?=\/|$)/, '/v2.1') : `${url}/v2.1`;
    case 'network':
      return /\/v2\.0$/.test(url) ? url : `${url}/v2.0`;
    case 'image':
      return /\/v2(\.\d+)?$/.test(url) ? url : `${url.replace(/\/v1(\.\d+)?$/, '')}/v2`;
    case 'identity':
      return /\/v3$/.test(url) ? url : `${url.replace(/\/v2\.0$/, '')}/v3`;
    default:
      return url;
  }
}
