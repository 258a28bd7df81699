import type { Capacity } from './capacity.js';

/** The columns of `cluster_capacity`. */
export interface CapacityRow {
  hosts: number;
  servers: number;
  vcpus: number;
  vcpus_used: number;
  ram_mb: number;
  ram_mb_used: number;
  disk_gb: number;
  disk_gb_used: number;
  promised_servers: number;
  promised_vcpus: number;
  promised_ram_mb: number;
  promised_disk_gb: number;
  observed_at: Date | null;
}

export const toCapacity = (row: CapacityRow): Capacity => ({
  hosts: row.hosts,
  servers: row.servers,
  total: { vcpus: row.vcpus, ramMb: row.ram_mb, diskGb: row.disk_gb },
  used: { vcpus: row.vcpus_used, ramMb: row.ram_mb_used, diskGb: row.disk_gb_used },
  promised: {
    servers: row.promised_servers,
    vcpus: row.promised_vcpus,
    ramMb: row.promised_ram_mb,
    diskGb: row.promised_disk_gb,
  },
  observedAt: row.observed_at,
});
