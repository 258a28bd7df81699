import type { CallOptions } from '@ultron/openstack/call';
import type { Cloud } from '@ultron/openstack/cloud';
import type { ClusterCaps, SyncKind } from '@ultron/sync/kind/sync-kind';

/** Through what a pass reads a cluster. */
export interface ClusterSync {
  clusterId: string;
  clusterName: string;
  cloud: Cloud;
  /** Goes with every call: the offline budget, the end of the pass, its trace. */
  call: CallOptions;
  caps: ClusterCaps;
}

/** A kind as the conductor knows it: `export const serverSync: ClusterSyncKind = { … }`. */
export type ClusterSyncKind = SyncKind<ClusterSync>;
