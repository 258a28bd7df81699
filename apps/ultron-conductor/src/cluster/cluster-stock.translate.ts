import type { FoundAvailabilityZone } from '@ultron/cluster/inventory/inventory';
import type { ShownFlavor } from '@ultron/compute/flavor/flavor.repository';
import type { ShownImage } from '@ultron/compute/image/image.repository';
import type { ShownNetwork } from '@ultron/network/network/network.repository';
import type { AvailabilityZoneWire } from '@ultron/openstack/compute/availability-zones.wire';
import type { FlavorWire } from '@ultron/openstack/compute/flavors.wire';
import type { ImageWire } from '@ultron/openstack/image/images.wire';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { SecurityGroupWire } from '@ultron/openstack/network/security-groups.wire';
import type { ShownSecurityGroup } from '@ultron/security-group/security-group/security-group.repository';
import { fitsOf, type Host } from './hosts.rules.js';

/** The local disk of a flavor is all that Placement counts as DISK_GB: root, ephemeral and swap, rounded up. */
export function shownFlavors(flavors: readonly FlavorWire[], hosts: readonly Host[]): ShownFlavor[] {
  return flavors
    .filter((flavor) => flavor['OS-FLV-DISABLED:disabled'] !== true)
    .map((flavor) => {
      const swapGb = Math.ceil((flavor.swap || 0) / 1024);
      const diskGb = flavor.disk + flavor['OS-FLV-EXT-DATA:ephemeral'] + swapGb;
      const size = { vcpus: flavor.vcpus, ramMb: flavor.ram, diskGb };
      return { openstackId: flavor.id, name: flavor.name, ...size, fits: fitsOf(hosts, size) };
    });
}

/** An administrator is shown everybody's images; only those count that servers of the project can be made from. */
export function shownImages(images: readonly ImageWire[], projectId: string): ShownImage[] {
  return images
    .filter((image) => image.status === 'active' && image.os_hidden !== true)
    .filter((image) => image.visibility !== 'private' || image.owner === projectId)
    .map((image) => ({
      openstackId: image.id,
      name: image.name ?? '',
      minDiskGb: image.min_disk,
      minRamMb: image.min_ram,
    }));
}

/** An administrator is shown everybody's networks; a server of the project may use its own and the shared ones. */
export function shownNetworks(networks: readonly NetworkWire[], projectId: string): ShownNetwork[] {
  return networks
    .filter(
      (network) => network.project_id === projectId || network.shared || network['router:external'] === true,
    )
    .map((network) => ({
      openstackId: network.id,
      name: network.name,
      external: network['router:external'] === true,
    }));
}

export const shownSecurityGroups = (
  groups: readonly SecurityGroupWire[],
  projectId: string,
): ShownSecurityGroup[] =>
  groups
    .filter((group) => group.project_id === projectId || group.shared === true)
    .map((group) => ({ openstackId: group.id, name: group.name }));

export const foundZones = (zones: readonly AvailabilityZoneWire[]): FoundAvailabilityZone[] =>
  zones.map((zone) => ({ name: zone.zoneName, available: zone.zoneState.available }));
