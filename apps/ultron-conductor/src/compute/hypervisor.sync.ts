import type { HypervisorWire } from '@ultron/openstack/compute/hypervisors.wire';
import { mapListing, withDigest, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';

export const hypervisorSync: ClusterSyncKind = {
  kind: 'hypervisor',
  domain: 'compute',
  slowness: 2,
  strategy: (caps) => (caps.hasService('compute') ? { changes: 'full', deletions: 'full' } : null),
  list: ({ cloud, call }, known) =>
    mapListing(
      cloud.compute.hypervisors.listDetail({}, call).unlessKnown(known),
      withDigest(observedHypervisor),
    ),
  find: async ({ cloud, call }, id) => {
    const hypervisor = await cloud.compute.hypervisors.find(id, call);
    return hypervisor && observedHypervisor(hypervisor);
  },
};

/** What a host does at the moment (workload, uptime, free memory as the kernel counts it) is left out. */
const observedHypervisor = (hypervisor: HypervisorWire): ObservedObject => ({
  id: String(hypervisor.id),
  name: hypervisor.hypervisor_hostname,
  projectId: null,
  status: hypervisor.state === 'up' ? hypervisor.status : hypervisor.state,
  parentId: null,
  revision: null,
  updatedAt: null,
  fields: {
    state: hypervisor.state,
    status: hypervisor.status,
    host: hypervisor.service.host,
    disabled_reason: hypervisor.service.disabled_reason,
    type: hypervisor.hypervisor_type,
    version: hypervisor.hypervisor_version,
    host_ip: hypervisor.host_ip,
    vcpus: hypervisor.vcpus ?? null,
    vcpus_used: hypervisor.vcpus_used ?? null,
    ram_mb: hypervisor.memory_mb ?? null,
    ram_mb_used: hypervisor.memory_mb_used ?? null,
    disk_gb: hypervisor.local_gb ?? null,
    disk_gb_used: hypervisor.local_gb_used ?? null,
    running_servers: hypervisor.running_vms ?? null,
  },
});
