import type { HeldState } from '../address/address.state.js';
import { roomOf, segmentsIn, type VpcFacts } from '../plan.facts.js';
import type { PlanRoom } from './plan-room.rules.js';
import { exhaustedInS, lastUseS, rateOf } from './rate.rules.js';

/** A cluster in which no address was handed out for so long counts as idle: what is free there is stranded. */
const IDLE_S = 86_400;

/** Addresses of a VPC in one cluster. */
export interface ClusterUsage {
  idcId: string;
  clusterId: string;
  /** In active segments. */
  free: number;
  /** In segments that are being built. */
  coming: number;
  /** What the network itself needs. */
  infra: number;
  /** What ports of others have, and routers, VIPs and DHCP agents where the plan did not expect them. */
  takenOut: number;
  reserved: number;
  bound: number;
  cooling: number;
  /** What one supplement would give it at most, after the floors of the others. */
  replenishable: number;
  /** Below so many free ones it is supplemented. */
  lowWater: number;
  /** Addresses handed out per second, lately ones counting most. */
  ratePerSecond: number;
  /** When the free addresses are used up at this rate; null: not within sight. */
  exhaustedInS: number | null;
  /** Seconds since an address was handed out there; null: never. */
  lastPlacedS: number | null;
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
  state: HeldState | 'taken_out';
  count: number;
}

export interface UsageQuestion {
  vpc: VpcFacts;
  counted: readonly CountedState[];
  rooms: readonly PlanRoom[];
  rateWindowS: number;
}

export function usageOf({ vpc, counted, rooms, rateWindowS }: UsageQuestion): VpcUsage {
  const clusters = [...new Set(vpc.subnets.map(({ idcId }) => idcId))].flatMap((idcId) => {
    const segments = segmentsIn(vpc, idcId);
    const owners = segments.flatMap(({ clusterId }) => (clusterId === null ? [] : [clusterId]));
    const known = rooms.filter((room) => room.idcId === idcId).map(({ clusterId }) => clusterId);
    return [...new Set([...owners, ...known])].map((clusterId): ClusterUsage => {
      const own = segments.filter((segment) => segment.clusterId === clusterId);
      const room = rooms.find((one) => one.idcId === idcId && one.clusterId === clusterId);
      const count = (state: CountedState['state']) =>
        counted.find((one) => one.clusterId === clusterId && one.state === state)?.count ?? 0;
      const { free, coming } = roomOf(segments, clusterId);
      const ratePerSecond = rateOf(own, rateWindowS);
      const lastPlacedS = lastUseS(own);
      return {
        idcId,
        clusterId,
        free,
        coming,
        infra: count('infra'),
        takenOut: count('taken_out'),
        reserved: count('reserved'),
        bound: count('bound'),
        cooling: count('cooling'),
        replenishable: room?.replenishable ?? 0,
        lowWater: room?.lowWater ?? 0,
        ratePerSecond,
        exhaustedInS: exhaustedInS(free + coming, ratePerSecond),
        lastPlacedS,
        idle: lastPlacedS === null || lastPlacedS > IDLE_S,
      };
    });
  });
  return { clusters, free: sumFree(clusters), strandedRatio: strandedRatio(clusters) };
}

/** Of the free addresses, the share (0..1) that lies where nobody was placed for a day. */
export function strandedRatio(clusters: readonly Pick<ClusterUsage, 'free' | 'idle'>[]): number {
  const free = sumFree(clusters);
  return free === 0 ? 0 : sumFree(clusters.filter(({ idle }) => idle)) / free;
}

function sumFree(clusters: readonly Pick<ClusterUsage, 'free'>[]): number {
  return clusters.reduce((total, { free }) => total + free, 0);
}
