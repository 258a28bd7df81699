import type { ListedAddress } from '@ultron/network/address-plan/address/address-list.repository';
import type { Fate } from '@ultron/network/address-plan/simulation/simulation.service';
import type { ClusterUsage, VpcUsage } from '@ultron/network/address-plan/usage/usage.rules';
import type { Places } from './plan.reader.js';
import { dealtView } from './subnet.presenter.js';
import { belowView } from './supplement.presenter.js';
import type {
  AddressBody,
  ClusterUsageBody,
  HeldName,
  PlacementFateBody,
  VpcUsageBody,
} from './vpc-usage.dto.js';

const HOUR_S = 3_600;

export function usageView(
  vpcId: string,
  usage: VpcUsage & { supplements: number },
  places: Places,
): VpcUsageBody {
  return {
    vpc_id: vpcId,
    free: usage.free,
    stranded_ratio: Math.round(usage.strandedRatio * 10_000) / 10_000,
    supplements: usage.supplements,
    clusters: usage.clusters.map((one) => clusterUsageView(one, places)),
  };
}

function clusterUsageView(one: ClusterUsage, places: Places): ClusterUsageBody {
  return {
    cluster: places.cluster(one.clusterId),
    idc: places.idc(one.idcId),
    free: one.free,
    coming: one.coming,
    reserved: one.reserved,
    bound: one.bound,
    cooling: one.cooling,
    infra: one.infra,
    taken_out: one.takenOut,
    replenishable: one.replenishable,
    largest_batch: one.free + one.coming + one.replenishable,
    low_water: one.lowWater,
    used_per_hour: Math.round(one.ratePerSecond * HOUR_S),
    exhausted_in_s: one.exhaustedInS,
    last_placed_s: one.lastPlacedS,
    idle: one.idle,
  };
}

export function fateView(fate: Fate, places: Places): PlacementFateBody {
  return {
    cluster: places.cluster(fate.clusterId),
    servers: fate.servers,
    at_once: fate.atOnce,
    after_building: fate.afterBuilding,
    refused: fate.refused,
    problem: fate.fault?.toRecord() ?? null,
    dealt: fate.dealt.map((one) => dealtView(one, places)),
    new_subnets: fate.newSubnets.length,
    draining: fate.draining.length,
    below_low_water: fate.belowFloor.map((one) => belowView(one, places)),
  };
}

export function addressView(one: ListedAddress, places: Places): AddressBody {
  return {
    address: one.address,
    state: one.state as HeldName,
    purpose: one.purpose,
    segment_id: one.segmentId,
    subnet_id: one.subnetId,
    cluster: one.clusterId === null ? null : places.cluster(one.clusterId),
    reservation_id: one.reservationId,
    port_id: one.portId,
    expires_at: one.expiresAt?.toISOString() ?? null,
  };
}
