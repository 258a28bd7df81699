import { wholeListing, type Json, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';
import { inOrder } from '../sync/observed.translate.js';

/** What the project of the cluster's account may use, and uses: one object for each service that has quotas. */
export const quotaSync: ClusterSyncKind = {
  kind: 'quota',
  domain: 'cluster',
  slowness: 2,
  strategy: (caps) => (caps.hasService('compute') ? { changes: 'full', deletions: 'full' } : null),
  list: (context) => wholeListing(() => quotasOf(context)),
  find: async (context, id) => (await quotasOf(context)).find((quota) => quota.id === id) ?? null,
};

async function quotasOf(context: ClusterSync): Promise<ObservedObject[]> {
  const projectId = await context.cloud.projectId(context.call);
  const [compute, network] = await Promise.all([computeQuota(context), networkQuota(context, projectId)]);
  return [quota('compute', projectId, compute), quota('network', projectId, network)];
}

const quota = (service: string, projectId: string, fields: Record<string, Json>): ObservedObject => ({
  id: `${service}:${projectId}`,
  name: service,
  projectId,
  status: null,
  parentId: null,
  revision: null,
  updatedAt: null,
  fields,
});

/** -1 is no limit. */
async function computeQuota({ cloud, call }: ClusterSync): Promise<Record<string, Json>> {
  const limits = await cloud.compute.limits.get(undefined, call);
  return {
    servers: { limit: limits.maxTotalInstances, used: limits.totalInstancesUsed },
    vcpus: { limit: limits.maxTotalCores, used: limits.totalCoresUsed },
    ram_mb: { limit: limits.maxTotalRAMSize, used: limits.totalRAMUsed },
    server_groups: { limit: limits.maxServerGroups, used: limits.totalServerGroupsUsed },
    key_pairs: { limit: limits.maxTotalKeypairs, used: null },
  };
}

async function networkQuota(
  { cloud, call, caps }: ClusterSync,
  projectId: string,
): Promise<Record<string, Json>> {
  if (caps.has('network_quota_details')) {
    const details = await cloud.network.quotas.details(projectId, call);
    return inOrder(
      Object.fromEntries(
        Object.entries(details).map(([name, { limit, used }]): [string, Json] => [name, { limit, used }]),
      ),
    );
  }
  const limits = await cloud.network.quotas.get(projectId, call);
  return inOrder(
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]): [string, Json] => [name, { limit, used: null }]),
    ),
  );
}
