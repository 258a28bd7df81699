import type { LinkWire } from '../wire.js';

/**
 * A hypervisor in detail. From 2.88 on `vcpus`, `memory_mb`, `local_gb`, their `_used` and `free_` companions,
 * `current_workload`, `cpu_info` and `running_vms` are gone: capacity is then asked from Placement.
 */
export interface HypervisorWire {
  /** A number below 2.53, a UUID from 2.53 on. */
  id: number | string;
  hypervisor_hostname: string;
  hypervisor_type: string;
  hypervisor_version: number;
  host_ip: string;
  state: 'up' | 'down';
  status: 'enabled' | 'disabled';
  service: { id: number | string; host: string; disabled_reason: string | null };
  /** 2.53 and above, with `with_servers`; from 2.75 on always. */
  servers?: { name: string; uuid: string }[];
  /** 2.88 and above. */
  uptime?: string | null;
  vcpus?: number;
  vcpus_used?: number;
  memory_mb?: number;
  memory_mb_used?: number;
  free_ram_mb?: number;
  local_gb?: number;
  local_gb_used?: number;
  free_disk_gb?: number;
  disk_available_least?: number | null;
  current_workload?: number;
  running_vms?: number;
  /** A JSON text below 2.28, an object from 2.28 on. */
  cpu_info?: string | Record<string, unknown>;
}

export interface HypervisorListWire {
  hypervisors: HypervisorWire[];
  /** 2.33 and above. */
  hypervisors_links?: LinkWire[];
}

/** `GET /os-hypervisors/{id}`. */
export interface HypervisorResponseWire {
  hypervisor: HypervisorWire;
}

/** `GET /os-hypervisors` (not detail). */
export interface HypervisorBriefListWire {
  hypervisors: Pick<HypervisorWire, 'id' | 'hypervisor_hostname' | 'state' | 'status'>[];
  hypervisors_links?: LinkWire[];
}

/** `GET /os-hypervisors/statistics`; 404 from 2.88 on. */
export interface HypervisorStatisticsWire {
  hypervisor_statistics: {
    count: number;
    vcpus: number;
    vcpus_used: number;
    memory_mb: number;
    memory_mb_used: number;
    free_ram_mb: number;
    local_gb: number;
    local_gb_used: number;
    free_disk_gb: number;
    disk_available_least: number;
    current_workload: number;
    running_vms: number;
  };
}
