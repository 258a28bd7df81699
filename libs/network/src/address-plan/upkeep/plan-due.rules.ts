import { openSubnets, roomOf, segmentsIn, type SegmentFacts, type VpcFacts } from '../plan.facts.js';
import { RETURNING } from '../segment/segment.state.js';
import { welcome } from '../subnet/newcomer.rules.js';
import { floorOf, highWaterOf, type ClusterDemand, type FloorPolicy } from '../supplement/floor.rules.js';
import { rateIn } from '../usage/plan-room.rules.js';

/** Something that is due in a VPC though no request asks for it. */
export type PlanDue = { vpcId: string; idcId: string; clusterId: string } &
  /** The cluster is below its low-water mark. */
  (
    | { kind: 'low_water'; need: number }
    /** The cluster came into the IDC, or has room for servers again, and has nothing of the VPC. */
    | { kind: 'newcomer' }
    /** The cluster is no more in the IDC, or is being emptied, and still has segments there. */
    | { kind: 'leaver' }
  );

export interface DueQuestion {
  vpc: VpcFacts;
  /** All clusters there are. */
  clusters: readonly (ClusterDemand & {
    idcId: string;
    /** An operator empties it. */
    leaving?: boolean;
  })[];
  floor: FloorPolicy;
  rateWindowS: number;
}

/** What is due in a VPC: who comes, who goes, and who runs low. */
export function dueIn({ vpc, clusters, floor, rateWindowS }: DueQuestion): PlanDue[] {
  const idcIds = [...new Set(vpc.subnets.filter((one) => !one.deleting).map(({ idcId }) => idcId))];
  return idcIds.flatMap((idcId) => {
    const segments = segmentsIn(vpc, idcId);
    const demands = clusters
      .filter((cluster) => cluster.idcId === idcId && cluster.leaving !== true)
      .map((one) => ({ ...one, ratePerSecond: rateIn(segments, one.clusterId, rateWindowS) }));
    const at = (clusterId: string) => ({ vpcId: vpc.id, idcId, clusterId });
    const leavers = ownersOf(segments).filter((owner) => !demands.some((one) => one.clusterId === owner));
    const floors = new Map(demands.map((one) => [one.clusterId, floorOf(one, floor)]));
    const open = openSubnets(vpc, idcId).flatMap((subnet) => subnet.segments);
    const isNew = ({ eligible, clusterId }: ClusterDemand) => {
      const kind = welcome(open, clusterId, vpc.policy.segment, (id) => floors.get(id) ?? 0).kind;
      return eligible && (kind === 'spare' || kind === 'halve');
    };
    const newcomers = demands.filter(isNew).map(({ clusterId }) => clusterId);
    const low = demands.filter((demand) => {
      const { free, coming } = roomOf(segments, demand.clusterId);
      return (
        demand.eligible &&
        ownersOf(segments).includes(demand.clusterId) &&
        free + coming < floorOf(demand, floor)
      );
    });
    return [
      ...leavers.map((id): PlanDue => ({ kind: 'leaver', ...at(id) })),
      ...newcomers.map((id): PlanDue => ({ kind: 'newcomer', ...at(id) })),
      ...low.map((one): PlanDue => ({
        kind: 'low_water',
        ...at(one.clusterId),
        need: highWaterOf(one, floor),
      })),
    ];
  });
}

/** Clusters that have segments which are not already on their way back. */
function ownersOf(segments: readonly SegmentFacts[]): string[] {
  const owners = segments
    .filter(({ state }) => !RETURNING.has(state))
    .flatMap(({ clusterId }) => (clusterId === null ? [] : [clusterId]));
  return [...new Set(owners)];
}
