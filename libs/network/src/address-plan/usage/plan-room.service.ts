import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { ClusterStatusRepository } from '../supplement/cluster-status.repository.js';
import { demandOf } from '../supplement/standing.rules.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';
import { planRooms, type PlanRoom } from './plan-room.rules.js';

/** Addresses of a VPC, or of one subnet of it. */
export interface WantedRoom {
  vpcId: string;
  subnetId?: string | undefined;
  /** Clusters that the request is bound to: whether they have room for servers does not matter. */
  pinned?: readonly string[];
}

export interface FoundRoom extends WantedRoom {
  projectId: string;
  rooms: PlanRoom[];
}

/** What the scheduler asks of the plan before it places anything: nothing is locked. */
@Injectable()
export class PlanRoomService {
  constructor(
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /**
   * One statement for all the plans and one for the clusters. In the order of what is wanted; null where there is no
   * such VPC, or it has no such subnet.
   */
  async roomsOf(tx: Transaction, wanted: readonly WantedRoom[]): Promise<(FoundRoom | null)[]> {
    if (wanted.length === 0) return [];
    const plans = await this.plans.many(tx, [...new Set(wanted.map(({ vpcId }) => vpcId))]);
    const clusters = await this.clusters.ofIdcs(tx);
    const { floor, rateWindowS } = this.config;
    return wanted.map((one) => {
      const vpc = plans.get(one.vpcId);
      const known = one.subnetId === undefined || vpc?.subnets.some(({ id }) => id === one.subnetId);
      if (!vpc || !known) return null;
      const demands = clusters.map((cluster) => ({
        ...demandOf(cluster, one.pinned),
        idcId: cluster.idcId,
      }));
      const { subnetId } = one;
      const rooms = planRooms({ vpc, subnetId, floor, rateWindowS, clusters: demands });
      return { ...one, projectId: vpc.projectId, rooms };
    });
  }
}
