import { roomOf, segmentsIn, withinSubnet, type VpcFacts } from '../plan.facts.js';
import type { PieceDeal } from '../supplement/share-out.rules.js';
import { usableIn } from '../supplement/share-out.rules.js';
import { floorOf, type ClusterDemand, type FloorPolicy } from '../supplement/floor.rules.js';
import { decideSupplement, type Sharing, type SupplementQuestion } from '../supplement/supplement.rules.js';
import { rateOf } from './rate.rules.js';

/** More than any VPC has. */
const ALL = 1 << 24;

/** What a cluster has of a VPC, or of a subnet of it, and can come to have. */
export interface PlanRoom {
  idcId: string;
  clusterId: string;
  /** In active segments. */
  free: number;
  /** In segments that are being built. */
  coming: number;
  /** What one supplement would give it at most, after the floors of the others. */
  replenishable: number;
  /** Below so many free ones it is supplemented. */
  lowWater: number;
}

export interface RoomQuestion {
  vpc: VpcFacts & { sharing: Sharing };
  /** Only addresses of this subnet. */
  subnetId?: string | undefined;
  floor: FloorPolicy;
  rateWindowS: number;
  /** The clusters of all IDCs in question. */
  clusters: readonly (ClusterDemand & { idcId: string })[];
}

/** The room of every cluster in the IDCs that the VPC has a subnet in, or is meant for. */
export function planRooms({ vpc: all, subnetId, floor, rateWindowS, clusters }: RoomQuestion): PlanRoom[] {
  const vpc = subnetId === undefined ? all : withinSubnet(all, subnetId);
  const served = vpc.subnets.map(({ idcId }) => idcId);
  const idcIds = new Set(subnetId === undefined ? [...served, ...all.idcIds] : served);
  return [...idcIds].flatMap((idcId) => {
    const segments = segmentsIn(vpc, idcId);
    const demands = clusters
      .filter((one) => one.idcId === idcId)
      .map((one) => ({ ...one, ratePerSecond: rateIn(segments, one.clusterId, rateWindowS) }));
    return demands.map((demand): PlanRoom => {
      const question: SupplementQuestion = {
        vpc,
        sharing: vpc.sharing,
        floor,
        idcId,
        clusterId: demand.clusterId,
        need: ALL,
        urgent: true,
        demands,
        noNewSubnet: subnetId !== undefined,
      };
      return {
        idcId,
        clusterId: demand.clusterId,
        ...roomOf(segments, demand.clusterId),
        replenishable: demand.eligible ? replenishable(question) : 0,
        lowWater: floorOf(demand, floor),
      };
    });
  });
}

export function rateIn(segments: ReturnType<typeof segmentsIn>, clusterId: string, windowS: number): number {
  return rateOf(
    segments.filter((segment) => segment.clusterId === clusterId),
    windowS,
  );
}

function replenishable(question: SupplementQuestion): number {
  const { deals, newSubnet } = decideSupplement(question);
  const own = (deal: PieceDeal) => deal.clusterId === question.clusterId;
  const measure = { infra: question.vpc.infra, unit: question.vpc.policy.segment };
  return [...deals, ...(newSubnet?.deals ?? [])]
    .filter(own)
    .reduce((sum, deal) => sum + usableIn(deal, measure), 0);
}
