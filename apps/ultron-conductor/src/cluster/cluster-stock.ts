import type { ObservedCapacity } from '@ultron/cluster/capacity/capacity.repository';
import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import type { NetworkBackend } from '@ultron/cluster/inventory/network-capability';
import type { FoundService, Inventory } from '@ultron/cluster/inventory/inventory';
import type { ShownFlavor } from '@ultron/compute/flavor/flavor.repository';
import type { ShownImage } from '@ultron/compute/image/image.repository';
import type { ShownNetwork } from '@ultron/network/network/network.repository';
import { endpointOf } from '@ultron/openstack/auth/catalog.rules';
import type { Session } from '@ultron/openstack/auth/session';
import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import type { Capabilities } from '@ultron/openstack/version/capabilities';
import type { ShownSecurityGroup } from '@ultron/security-group/security-group/security-group.repository';
import { choiceOf } from './catalog-check.rules.js';
import {
  foundZones,
  shownFlavors,
  shownImages,
  shownNetworks,
  shownSecurityGroups,
} from './cluster-stock.translate.js';
import type { HostRatios } from './host-ratios.js';
import { readAgents } from './network-agents.js';
import { networkBackendOf, networkCapabilitiesOf, type NetworkSigns } from './network-backend.rules.js';
import { type Host, hostOf, sumOf, takesServers } from './hosts.rules.js';

/** What changes by the minute: room, and how often each flavor fits into it. */
export interface CapacityStock {
  capacity: ObservedCapacity;
  flavors: ShownFlavor[];
}

/** What changes by the week. */
export interface InventoryStock {
  release: string;
  networkBackend: NetworkBackend;
  inventory: Inventory;
  images: ShownImage[];
  networks: ShownNetwork[];
  securityGroups: ShownSecurityGroup[];
}

/** Reads the room in a cluster: one list of hypervisors and one of flavors, and ratios when they are due. */
export async function readCapacity(
  clusterId: string,
  cloud: Cloud,
  ratios: HostRatios,
  call: CallOptions,
): Promise<CapacityStock> {
  const [hypervisors, inventories, flavors] = await Promise.all([
    cloud.compute.hypervisors.listDetail({}, call).all(),
    ratios.of(clusterId, cloud, call),
    cloud.compute.flavors.list({}, call).all(),
  ]);
  const hosts: Host[] = hypervisors
    .filter(takesServers)
    .map((hypervisor) => hostOf(hypervisor, inventories.get(hypervisor.hypervisor_hostname)));
  return { capacity: sumOf(hosts), flavors: shownFlavors(flavors, hosts) };
}

/** Reads all else that a cluster offers. */
export async function readInventory(
  connection: ClusterConnection,
  cloud: Cloud,
  call: CallOptions,
): Promise<InventoryStock> {
  const session = await cloud.session();
  const projectId = session.project?.id ?? '';
  const [capabilities, images, networks, groups, zones] = await Promise.all([
    cloud.capabilities(),
    cloud.image.images.list({ status: 'active' }, call).all(),
    cloud.network.networks.list({}, call).all(),
    cloud.network.securityGroups.list({ projectId }, call).all(),
    cloud.compute.availabilityZones.list(call),
  ]);
  const { network: extensions } = capabilities.record;
  const signs: NetworkSigns = {
    extensions,
    agents: await readAgents(cloud, extensions, call),
    hasExternalNetwork: networks.some((network) => network['router:external'] === true),
    isAdministrator: session.roles.includes('admin'),
  };
  return {
    release: capabilities.release,
    networkBackend: networkBackendOf(signs),
    inventory: {
      services: foundServices(connection, session, capabilities),
      extensions,
      capabilities: [...new Set([...capabilities.features(), ...networkCapabilitiesOf(signs)])],
      availabilityZones: foundZones(zones),
    },
    images: shownImages(images, projectId),
    networks: shownNetworks(networks, projectId),
    securityGroups: shownSecurityGroups(groups, projectId),
  };
}

function foundServices(
  connection: ClusterConnection,
  session: Session,
  { record }: Capabilities,
): FoundService[] {
  const images = record.image.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const ranges: Record<string, { min: string; max: string } | null | undefined> = {
    compute: record.compute,
    placement: record.placement,
    identity: { min: record.identity, max: record.identity },
    image: { min: images[0] ?? '', max: images.at(-1) ?? '' },
  };
  return record.services.map((serviceType) => ({
    serviceType,
    endpoint: endpointOf(session.catalog, serviceType, choiceOf(connection)) ?? '',
    minVersion: ranges[serviceType]?.min || null,
    maxVersion: ranges[serviceType]?.max || null,
  }));
}
