import type { Capacity, Dimensions } from '@ultron/cluster/capacity/capacity';
import { takesNewServers } from '@ultron/cluster/cluster/cluster.state';
import type { ClusterDetail, ClusterSummary } from '@ultron/cluster/cluster/cluster.types';
import { freeOf } from '@ultron/cluster/scheduler/filters.rules';
import type { OpenCircuitView } from '@ultron/sync/circuit/open-circuit.repository';
import type {
  AmountView,
  ClusterBrief,
  ClusterCapacityView,
  ClusterDetailView,
  ClusterMappingView,
  ClusterView,
} from './cluster.view.js';

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

export const clusterBrief = (cluster: ClusterSummary): ClusterBrief => ({
  id: cluster.id,
  name: cluster.name,
  idc: cluster.idc,
  state: cluster.state,
  schedulable:
    takesNewServers(cluster.state) &&
    cluster.probe.status === 'ok' &&
    cluster.health.reachable &&
    cluster.capacity !== null,
  reachable: cluster.health.reachable,
  release: cluster.releaseName,
});

export const clusterView = (cluster: ClusterSummary): ClusterView => ({
  ...clusterBrief(cluster),
  conductor_group: cluster.conductorGroup,
  auth_url: cluster.authUrl,
  region: cluster.region,
  interface: cluster.interface,
  credential_kind: cluster.credentialKind,
  network_backend: cluster.networkBackend,
  state_reason: cluster.stateReason,
  probe: {
    status: cluster.probe.status,
    fault: cluster.probe.fault,
    probed_at: time(cluster.probe.at),
  },
  health: {
    reachable: cluster.health.reachable,
    outages: cluster.health.outages,
    outage_since: time(cluster.health.outageSince),
    detail: cluster.health.detail,
  },
  capacity: cluster.capacity && capacityView(cluster.capacity),
  version: cluster.version,
  created_at: cluster.createdAt.toISOString(),
  updated_at: cluster.updatedAt.toISOString(),
});

export const clusterDetailView = (
  cluster: ClusterDetail,
  mapping: ClusterMappingView,
  circuit: OpenCircuitView | null,
): ClusterDetailView => ({
  ...clusterView(cluster),
  circuit: circuit && {
    conductor_id: circuit.conductorId,
    opened_at: circuit.openedAt.toISOString(),
    next_try_at: circuit.nextTryAt.toISOString(),
  },
  services: cluster.inventory.services.map((service) => ({
    type: service.serviceType,
    endpoint: service.endpoint,
    min_version: service.minVersion,
    max_version: service.maxVersion,
  })),
  extensions: cluster.inventory.extensions,
  capabilities: cluster.inventory.capabilities,
  declared_capabilities: cluster.declaredCapabilities,
  availability_zones: cluster.inventory.availabilityZones,
  mapping,
});

function capacityView(capacity: Capacity): ClusterCapacityView {
  const free = freeOf(capacity);
  const amount = (dimension: keyof Dimensions): AmountView => ({
    total: capacity.total[dimension],
    used: capacity.used[dimension],
    promised: capacity.promised[dimension],
    free: free[dimension],
  });
  return {
    hosts: capacity.hosts,
    servers: capacity.servers,
    promised_servers: capacity.promised.servers,
    vcpus: amount('vcpus'),
    ram_mb: amount('ramMb'),
    disk_gb: amount('diskGb'),
    observed_at: time(capacity.observedAt),
  };
}
