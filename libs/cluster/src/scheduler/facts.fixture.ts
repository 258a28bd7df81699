import type { Capacity, Dimensions } from '../capacity/capacity.js';
import type { ClusterFacts, NeededAddresses, NeededFlavor, PlacementRequest } from './placement.js';

const NOTHING: Dimensions = { vcpus: 0, ramMb: 0, diskGb: 0 };

/** A cluster in which `vcpus` vCPUs are free, with RAM and disk to match m1.small (1 / 2048 / 20). */
export function clusterFacts(id: string, vcpus: number, changes: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    id,
    name: `cluster-${id}`,
    idcId: 'idc-a',
    idcName: 'east',
    conductorGroup: 'default',
    state: 'enabled',
    probe: 'ok',
    reachable: true,
    unreachableSince: null,
    capabilities: new Set(),
    recentFailures: 0,
    capacity: capacityOf({ vcpus, ramMb: vcpus * 2048, diskGb: vcpus * 20 }),
    ...changes,
  };
}

export const capacityOf = (total: Dimensions, used: Dimensions = NOTHING): Capacity => ({
  hosts: 1,
  servers: 0,
  total,
  used,
  promised: { servers: 0, ...NOTHING },
  observedAt: new Date(0),
});

export function smallFlavor(clusterIds: readonly string[], fits: number | null = null): NeededFlavor {
  return {
    id: 'flavor-small',
    name: 'm1.small',
    vcpus: 1,
    ramMb: 2048,
    diskGb: 20,
    clusters: new Map(clusterIds.map((id) => [id, { fits }])),
  };
}

export const placementRequest = (
  count: number,
  clusterIds: readonly string[],
  changes: Partial<PlacementRequest> = {},
): PlacementRequest => ({
  serverIds: Array.from({ length: count }, (_, index) => `server-${index}`),
  flavor: smallFlavor(clusterIds),
  ...changes,
});

/** Addresses of `VPC prod`: each cluster has so many free, and all of them draw on one stock. */
export function vpcAddresses(
  free: Readonly<Record<string, number>>,
  changes: { stock?: number; coming?: number; lowWater?: number; perServer?: number } = {},
): NeededAddresses {
  const { stock = 0, coming = 0, lowWater = 0, perServer = 1 } = changes;
  return {
    name: 'VPC prod',
    scopes: ['vpc-prod'],
    perServer,
    clusters: new Map(
      Object.entries(free).map(([id, own]) => [
        id,
        { free: own, coming, replenishable: stock, stock: 'idc-a', lowWater },
      ]),
    ),
  };
}
