import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import { endpointOf, regionsOf, type EndpointChoice } from '@ultron/openstack/auth/catalog.rules';
import type { CatalogServiceWire } from '@ultron/openstack/identity/tokens.wire';
import { interfaceMissing, regionNeeded, regionUnknown, serviceMissing } from './probe.faults.js';

/** Without these a cluster is of no use. */
export const NEEDED_SERVICES = ['compute', 'network', 'image'] as const;

/**
 * Checks that the catalog has what is needed, in the region and by the interface that are registered.
 * @throws Fault that names the field to correct.
 */
export function checkCatalog(catalog: readonly CatalogServiceWire[], connection: ClusterConnection): void {
  const regions = regionsOf(catalog).filter((region) => region !== '');
  const { region } = connection;
  if (region !== null && !regions.includes(region)) throw regionUnknown(region, regions);
  if (region === null && regions.length > 1) throw regionNeeded(regions);
  const choice = choiceOf(connection);
  for (const service of NEEDED_SERVICES) {
    if (endpointOf(catalog, service, choice) !== null) continue;
    const offered = (['public', 'internal', 'admin'] as const).filter(
      (facing) => endpointOf(catalog, service, { ...choice, interface: facing }) !== null,
    );
    if (offered.length) throw interfaceMissing(service, connection.interface, offered);
    throw serviceMissing(service, region === null ? '' : ` in region ${region}`);
  }
}

export const choiceOf = (connection: Pick<ClusterConnection, 'region' | 'interface'>): EndpointChoice => ({
  region: connection.region ?? undefined,
  interface: connection.interface,
});
