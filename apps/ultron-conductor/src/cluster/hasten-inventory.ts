import { RefreshRepository } from '@ultron/cluster/refresh/refresh.repository';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';

const refreshes = new RefreshRepository();

/**
 * For kinds that are mapped to names of Ultron's own: the refresh of the cluster makes the map, from one reading of all
 * of them, and so knows what a changed one means for it.
 */
export const hastenInventory: NonNullable<ClusterSyncKind['applied']> = async (tx, clusterId, changes) => {
  if (changes.written.length || changes.gone.length) await refreshes.hastenInventory(tx, clusterId);
};
