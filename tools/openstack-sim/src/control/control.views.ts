import type { Cluster } from '../cluster/cluster.js';
import { statusOf } from '../nova/server.state.js';

/** What a test wants to compare: who owns what, and how it is. Deleted servers are left out. */
export function stateOf(cluster: Cluster) {
  return {
    name: cluster.name,
    release: cluster.profile.name,
    settings: cluster.settings,
    servers: [...cluster.compute.live.after()].map((row) => ({
      id: row.id,
      name: row.name,
      project_id: row.projectId,
      status: statusOf(row.vmState, row.taskState),
      task_state: row.taskState,
      host: row.host,
      flavor: row.flavor.name,
      metadata: row.metadata,
      tags: row.tags,
      fault: row.fault?.message ?? null,
      ports: [...cluster.network.portsByDevice.get(row.id)].map((port) => port.id),
    })),
    ports: [...cluster.network.ports.values()].map((row) => ({
      id: row.id,
      name: row.name,
      project_id: row.project_id,
      network_id: row.network_id,
      device_id: row.device_id,
      device_owner: row.device_owner,
      status: row.status,
      admin_state_up: row.admin_state_up,
      fixed_ips: row.fixed_ips,
      security_groups: row.security_groups,
      tags: row.tags,
    })),
    networks: [...cluster.network.networks.values()].map((row) => ({
      id: row.id,
      name: row.name,
      project_id: row.project_id,
      admin_state_up: row.admin_state_up,
      tags: row.tags,
    })),
    subnets: [...cluster.network.subnets.values()].map((row) => ({
      id: row.id,
      name: row.name,
      network_id: row.network_id,
      cidr: row.cidr,
      gateway_ip: row.gateway_ip,
      allocation_pools: row.allocation_pools,
      tags: row.tags,
    })),
    hosts: [...cluster.compute.hosts.values()].map((row) => ({
      name: row.id,
      cell: row.cell,
      up: row.up,
      disabled: row.disabled,
      vcpus: row.vcpus,
      memory_mb: row.memoryMb,
      disk_gb: row.diskGb,
      used: cluster.lifecycle.ledger.usage(row.id),
    })),
    keypairs: [...cluster.compute.keypairs.values()].map((row) => row.name),
  };
}
