import type { Dimensions } from '@ultron/cluster/capacity/capacity';
import type { ObservedCapacity } from '@ultron/cluster/capacity/capacity.repository';
import type { HypervisorWire } from '@ultron/openstack/compute/hypervisors.wire';
import type { InventoryWire } from '@ultron/openstack/placement/resource-providers.wire';

/** One hypervisor that takes servers: what Nova may give out there, overcommit included, and what it gave. */
export interface Host {
  servers: number;
  total: Dimensions;
  used: Dimensions;
}

/** How far Nova overcommits a host, by Placement's resource class. */
export type HostInventory = Partial<
  Record<ResourceClass, Pick<InventoryWire, 'allocation_ratio' | 'reserved'>>
>;
export type ResourceClass = 'VCPU' | 'MEMORY_MB' | 'DISK_GB';

const DIMENSIONS = ['vcpus', 'ramMb', 'diskGb'] as const;
const NO_OVERCOMMIT = { allocation_ratio: 1, reserved: 0 };

/**
 * Hosts that are down or disabled get no servers and do not count, nor do nodes of Ironic, which Nova lists as
 * hypervisors although each takes one server or none.
 */
export const takesServers = (hypervisor: HypervisorWire): boolean =>
  hypervisor.state === 'up' &&
  hypervisor.status === 'enabled' &&
  hypervisor.hypervisor_type.toLowerCase() !== 'ironic';

/**
 * Nova counts what is reserved for the host itself among the used; Placement takes it off the total before it
 * multiplies by the ratio (`resource_tracker.py`, `_normalize_inventory_from_cn_obj`). Without an inventory the
 * raw figures are taken: the cluster then gets less than it could take, never more.
 */
export function hostOf(hypervisor: HypervisorWire, inventory: HostInventory = {}): Host {
  const vcpus = amount(hypervisor.vcpus, hypervisor.vcpus_used, inventory.VCPU);
  const ram = amount(hypervisor.memory_mb, hypervisor.memory_mb_used, inventory.MEMORY_MB);
  const disk = amount(hypervisor.local_gb, hypervisor.local_gb_used, inventory.DISK_GB);
  return {
    servers: hypervisor.running_vms ?? 0,
    total: { vcpus: vcpus.total, ramMb: ram.total, diskGb: disk.total },
    used: { vcpus: vcpus.used, ramMb: ram.used, diskGb: disk.used },
  };
}

function amount(total = 0, used = 0, inventory: HostInventory[ResourceClass] = NO_OVERCOMMIT) {
  const { allocation_ratio: ratio, reserved } = inventory;
  return { total: Math.floor(Math.max(0, total - reserved) * ratio), used: Math.max(0, used - reserved) };
}

export function sumOf(hosts: readonly Host[]): ObservedCapacity {
  const sum = (of: (host: Host) => number) => hosts.reduce((total, host) => total + of(host), 0);
  const dimensions = (part: 'total' | 'used'): Dimensions => ({
    vcpus: sum((host) => host[part].vcpus),
    ramMb: sum((host) => host[part].ramMb),
    diskGb: sum((host) => host[part].diskGb),
  });
  return {
    hosts: hosts.length,
    servers: sum((host) => host.servers),
    total: dimensions('total'),
    used: dimensions('used'),
  };
}

/** How many servers of a size fit on the hosts one by one: free pieces on different hosts do not add up. */
export function fitsOf(hosts: readonly Host[], size: Dimensions): number | null {
  const needed = DIMENSIONS.filter((dimension) => size[dimension] > 0);
  if (needed.length === 0) return null;
  return hosts.reduce((sum, host) => {
    const room = needed.map((dimension) =>
      Math.floor((host.total[dimension] - host.used[dimension]) / size[dimension]),
    );
    return sum + Math.max(0, Math.min(...room));
  }, 0);
}
