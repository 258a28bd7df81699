import type { NetworkCapability } from '@ultron/cluster/inventory/network-capability';
import type { Feature } from '@ultron/openstack/version/features';
import type { ComputeDeps } from '../conductor.deps.js';

/** Whether the cluster was seen to have the feature when it was probed last; costs no call. */
export async function clusterHas(
  deps: Pick<ComputeDeps, 'offers'>,
  clusterId: string,
  feature: Feature,
): Promise<boolean> {
  const cluster = (await deps.offers.current()).clusters.get(clusterId);
  return cluster?.capabilities.has(feature) ?? false;
}

/** Whether the networking of the cluster was seen to be able to do it; costs no call. */
export async function clusterCan(
  deps: Pick<ComputeDeps, 'offers'>,
  clusterId: string,
  capability: NetworkCapability,
): Promise<boolean> {
  const cluster = (await deps.offers.current()).clusters.get(clusterId);
  return cluster?.capabilities.has(capability) ?? false;
}
