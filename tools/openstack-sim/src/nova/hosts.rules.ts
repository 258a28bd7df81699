import type { FlavorRow, HostRow, ServerRow } from './compute.store.js';

export interface Usage {
  vcpus: number;
  memoryMb: number;
  diskGb: number;
  servers: number;
}

/** Nova's own defaults, as the providers of the simulator tell Placement. */
export const ALLOCATION_RATIO = { vcpus: 4, memoryMb: 1, diskGb: 1 } as const;
export const RESERVED_HOST_MEMORY_MB = 512;

export function usageOf(servers: Iterable<ServerRow>): Usage {
  const usage = { vcpus: 0, memoryMb: 0, diskGb: 0, servers: 0 };
  for (const { flavor } of servers) {
    usage.vcpus += flavor.vcpus;
    usage.memoryMb += flavor.ram;
    usage.diskGb += flavor.disk + flavor.ephemeral;
    usage.servers++;
  }
  return usage;
}

export function hasRoom(host: HostRow, used: Usage, flavor: FlavorRow): boolean {
  return (
    used.vcpus + flavor.vcpus <= host.vcpus * ALLOCATION_RATIO.vcpus &&
    used.memoryMb + flavor.ram <= (host.memoryMb - RESERVED_HOST_MEMORY_MB) * ALLOCATION_RATIO.memoryMb &&
    used.diskGb + flavor.disk + flavor.ephemeral <= host.diskGb * ALLOCATION_RATIO.diskGb
  );
}
