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

/**
 * Objects of one page of a list of everything. A pass holds two pages, and a conductor has two dozen passes: so much of
 * its memory grows with the size of the pages, not with that of the clusters. Half as many requests would save little.
 */
export const PAGE_SIZE = 500;
