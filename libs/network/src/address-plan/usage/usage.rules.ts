import { wholeSegments } from '../subnet/split.rules.js';
import { childAt } from '../block/block.js';
import { freeSlots, openSubnets, roomOf, segmentsIn, type VpcFacts } from '../plan.facts.js';
import { subnetsPerVpc } from '../pool/pool.rules.js';
import { RETURNING } from '../segment/segment.state.js';
import { usableOf } from '../segment/infra.rules.js';
import type { HeldState } from '../address/address.state.js';

/** Addresses of a VPC in one cluster. */
export interface ClusterUsage {
  idcId: string;
  clusterId: string;
  /** In active segments; the largest batch that the cluster can be given at once. */
  free: number;
  /** In segments that are being built. */
  coming: number;
  infra: number;
  reserved: number;
  bound: number;
  cooling: number;
  /** What it could still be given: spare segments, segments that come back, and slots that are not kept for others. */
  replenishable: number;
  /** Whether no address was handed out there for a day. */
  idle: boolean;
}

export interface VpcUsage {
  clusters: ClusterUsage[];
  free: number;
  /** Of the free addresses, the share (0..1) that lies in idle clusters. */
  strandedRatio: number;
}

export interface CountedState {
  clusterId: string | null;
  state: HeldState;
  count: number;
}

/** Clusters in which an address was handed out lately. */
export type Busy = ReadonlySet<string>;

export function usageOf(vpc: VpcFacts, counted: readonly CountedState[], busy: Busy): VpcUsage {
  const clusters = [...new Set(vpc.subnets.map(({ idcId }) => idcId))].flatMap((idcId) => {
    const segments = segmentsIn(vpc, idcId);
    const owners = new Set(segments.flatMap(({ clusterId }) => (clusterId === null ? [] : [clusterId])));
    const replenishable = replenishableIn(vpc, idcId);
    return [...owners].map((clusterId): ClusterUsage => {
      const count = (state: HeldState) =>
        counted.find((one) => one.clusterId === clusterId && one.state === state)?.count ?? 0;
      return {
        idcId,
        clusterId,
        ...roomOf(segments, clusterId),
        infra: count('infra'),
        reserved: count('reserved'),
        bound: count('bound'),
        cooling: count('cooling'),
        replenishable,
        idle: !busy.has(clusterId),
      };
    });
  });
  const free = sum(clusters);
  return { clusters, free, strandedRatio: free === 0 ? 0 : sum(clusters.filter(({ idle }) => idle)) / free };
}

function sum(clusters: readonly ClusterUsage[]): number {
  return clusters.reduce((total, { free }) => total + free, 0);
}

/** Usable addresses that a cluster of the IDC can be dealt beyond what it has. */
function replenishableIn(vpc: VpcFacts, idcId: string): number {
  const own = openSubnets(vpc, idcId);
  const spare = own.flatMap(({ block, segments }) =>
    segments
      .filter(({ state }) => state === 'spare' || RETURNING.has(state))
      .map((segment) => usableOf(vpc.infra, block, segment.block)),
  );
  const { free, keptFor } = freeSlots(vpc, subnetsPerVpc(vpc.policy));
  const fresh = free.slice(keptFor.filter((id) => id !== idcId).length).flatMap((slot) => {
    const block = childAt(vpc.block, vpc.policy.subnet, slot);
    return wholeSegments(block, vpc.policy).map((segment) => usableOf(vpc.infra, block, segment));
  });
  return [...spare, ...fresh].reduce((total, usable) => total + usable, 0);
}
