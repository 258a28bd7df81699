import type { CatalogServiceWire } from '@ultron/openstack/identity/tokens.wire';
import type { Call } from '../http/call.js';
import { stableKeystoneId } from './identity.store.js';

const SERVICES: [type: string, name: string, path: string][] = [
  ['identity', 'keystone', '/identity'],
  ['compute', 'nova', '/compute/v2.1'],
  ['network', 'neutron', '/network'],
  ['image', 'glance', '/image'],
  ['placement', 'placement', '/placement'],
];

/** The catalogue: every service with its three interfaces, at the address under which the caller came. */
export function catalogOf(call: Call): CatalogServiceWire[] {
  const { name: cluster, region } = call.cluster;
  return SERVICES.map(([type, name, path]) => ({
    id: stableKeystoneId(cluster, 'service', type),
    type,
    name,
    endpoints: (['public', 'internal', 'admin'] as const).map((face) => ({
      id: stableKeystoneId(cluster, 'endpoint', type, face),
      interface: face,
      region,
      region_id: region,
      url: `${call.base}${path}`,
    })),
  }));
}
