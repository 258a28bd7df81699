import type { Saga } from '@ultron/tasks/saga/saga';
import { clusterProbe } from './cluster/cluster-probe.saga.js';
import { quotaSync } from './cluster/quota.sync.js';
import { availabilityZoneSync } from './compute/availability-zone.sync.js';
import { flavorCreate } from './compute/flavor-create.saga.js';
import { flavorSync } from './compute/flavor.sync.js';
import { hypervisorSync } from './compute/hypervisor.sync.js';
import { imageSync } from './compute/image.sync.js';
import { keyPairSync } from './compute/key-pair.sync.js';
import { resourceProviderSync } from './compute/resource-provider.sync.js';
import { serverReboot, serverStart, serverStop } from './compute/server-action.saga.js';
import { serverCreate } from './compute/server-create.saga.js';
import { serverDelete } from './compute/server-delete.saga.js';
import { serverUpdate } from './compute/server-update.saga.js';
import { serverSync } from './compute/server.sync.js';
import { segmentBuild } from './network/segment-build.saga.js';
import { segmentDrain } from './network/segment-drain.saga.js';
import { subnetRemove } from './network/subnet-remove.saga.js';
import { vpcNetworkRemove, vpcRemove } from './network/vpc-remove.saga.js';
import type { ConductorDeps } from './conductor.deps.js';
import { floatingIpCreate } from './network/floating-ip-create.saga.js';
import { floatingIpDelete } from './network/floating-ip-delete.saga.js';
import { floatingIpUpdate } from './network/floating-ip-update.saga.js';
import { floatingIpSync } from './network/floating-ip.sync.js';
import { networkSync } from './network/network.sync.js';
import { portCreate } from './network/port-create.saga.js';
import { portDelete } from './network/port-delete.saga.js';
import { portUpdate } from './network/port-update.saga.js';
import { qosPolicyRealise } from './network/qos-policy-realise.saga.js';
import { qosPolicyRemove } from './network/qos-policy-remove.saga.js';
import { routerRealise } from './network/router-realise.saga.js';
import { routerRemove } from './network/router-remove.saga.js';
import { portSync } from './network/port.sync.js';
import { routerSync } from './network/router.sync.js';
import { securityGroupSync } from './network/security-group.sync.js';
import { subnetSync } from './network/subnet.sync.js';
import { adoptionAdopt } from './reconcile/adoption-adopt.saga.js';
import { adoptionRelease } from './reconcile/adoption-release.saga.js';
import { findingRepair } from './reconcile/finding-repair.saga.js';
import type { ClusterSyncKind } from './sync/cluster-sync.js';

/** Every saga that a conductor can run, of all domains: a kind that is not here is done by nobody. */
export const SAGAS: readonly Saga<ConductorDeps>[] = [
  clusterProbe,
  flavorCreate,
  serverCreate,
  serverDelete,
  serverStart,
  serverStop,
  serverReboot,
  serverUpdate,
  segmentBuild,
  segmentDrain,
  subnetRemove,
  vpcNetworkRemove,
  vpcRemove,
  portCreate,
  portUpdate,
  portDelete,
  floatingIpCreate,
  floatingIpUpdate,
  floatingIpDelete,
  qosPolicyRealise,
  qosPolicyRemove,
  routerRealise,
  routerRemove,
  findingRepair,
  adoptionAdopt,
  adoptionRelease,
];

/** Every kind of thing that a conductor keeps in sync, of all domains. */
export const SYNCS: readonly ClusterSyncKind[] = [
  serverSync,
  portSync,
  networkSync,
  subnetSync,
  routerSync,
  floatingIpSync,
  securityGroupSync,
  flavorSync,
  imageSync,
  keyPairSync,
  hypervisorSync,
  resourceProviderSync,
  availabilityZoneSync,
  quotaSync,
];

/** The domains of which `ULTRON_DOMAINS` may choose some. */
export const DOMAINS = ['cluster', 'network', 'compute'] as const;
export type Domain = (typeof DOMAINS)[number];
