import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import { SyncEngine } from '@ultron/sync/engine/sync-engine';
import type { PassCall, SyncCluster, SyncTimes } from '@ultron/sync/engine/sync-engine.options';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { callOptions, offlineOptions } from '../openstack/call-options.js';
import type { CloudPool } from '../openstack/cloud-pool.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import type { ClusterSync, ClusterSyncKind } from './cluster-sync.js';
import { capsOf, syncClusters } from './sync-clusters.js';

export interface SyncWorkParts {
  database: Database;
  log: Log;
  clouds: Pick<CloudPool, 'get'>;
  /** The same as that of the tasks: operators know the process by it. */
  conductorId: string;
  name: string;
  conductorGroup: string;
  domains: readonly string[];
  kinds: readonly ClusterSyncKind[];
  times?: Partial<SyncTimes>;
}

/** One page may take so long; what hangs longer is an outage. */
const CALL_DEADLINE_MS = 90_000;
const NO_CAPS = capsOf(new Set(), new Set());

/** The sync engine on the clusters of this conductor's group. */
export function syncWork(parts: SyncWorkParts): SyncEngine<ClusterSync> {
  const { database, clouds, conductorGroup } = parts;
  const known = new Map<string, SyncCluster>();
  const open = async (clusterId: string, { signal, waitedFor }: PassCall): Promise<ClusterSync> => ({
    clusterId,
    clusterName: known.get(clusterId)?.name ?? clusterId,
    cloud: await clouds.get(clusterId),
    call: {
      ...(waitedFor ? callOptions(signal) : offlineOptions(signal)),
      deadlineMs: CALL_DEADLINE_MS,
    },
    caps: known.get(clusterId)?.caps ?? NO_CAPS,
  });
  return new SyncEngine<ClusterSync>({
    ...parts,
    store: new ObservedRepository(),
    classify,
    open,
    clusters: async () => {
      const clusters = await syncClusters(database, conductorGroup);
      known.clear();
      for (const cluster of clusters) known.set(cluster.id, cluster);
      return clusters;
    },
    prepare: async (clusterId, signal) => {
      const { cloud, call } = await open(clusterId, { signal });
      await cloud.projectId(call);
    },
  });
}
