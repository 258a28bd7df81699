import type { AdoptedRow } from './adoption.entity.js';
import type { NetworkPlace, PortToAdopt, ServerToAdopt } from './adoption.rows.js';

/** What is shown of a server that is to be adopted, or was. */
export const serverDetail = (
  server: ServerToAdopt,
  flavorId: string | null,
  imageId: string | null,
): Record<string, unknown> => ({
  name: server.name,
  status: server.status,
  flavor: {
    id: flavorId,
    mapped: flavorId !== null,
    in_cluster: server.flavor.name ?? server.flavor.openstackId,
  },
  image: { id: imageId, mapped: imageId !== null, in_cluster: server.imageOpenstackId },
  security_groups: server.securityGroups,
});

/** The same of a port. */
export const portRow = (port: PortToAdopt, place: NetworkPlace): AdoptedRow => ({
  kind: 'port',
  id: port.id,
  openstack_id: port.openstackId,
  detail: {
    name: port.name,
    mac_address: port.macAddress,
    addresses: port.fixedIps.map(({ ip_address }) => ip_address),
    network_id: place.networkId,
    vpc_id: place.vpcId,
    network_mapped: place.networkId !== null || place.vpcId !== null,
  },
});
