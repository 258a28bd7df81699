import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { AddressRepository } from '../address/address.repository.js';
import { ClusterStatusRepository } from '../supplement/cluster-status.repository.js';
import { demandOf } from '../supplement/standing.rules.js';
import { SupplementRepository } from '../supplement/supplement.repository.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';
import { planRooms } from './plan-room.rules.js';
import { usageOf, type VpcUsage } from './usage.rules.js';

@Injectable()
export class UsageService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
    @Inject(SupplementRepository) private readonly supplements: SupplementRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** Where the addresses of the VPC are. Throws `vpc_not_found`. */
  async usage(vpcId: string): Promise<VpcUsage & { supplements: number }> {
    return this.database.transaction(async (tx) => {
      const vpc = await this.plans.get(tx, vpcId);
      const counted = await this.addresses.countByCluster(tx, vpc.scopeId, vpc.block);
      const clusters = (await this.clusters.ofIdcs(tx)).map((one) => ({
        ...demandOf(one),
        idcId: one.idcId,
      }));
      const { floor, rateWindowS } = this.config;
      const rooms = planRooms({ vpc, floor, rateWindowS, clusters });
      const supplements = await this.supplements.countOf(tx, vpcId);
      return { ...usageOf({ vpc, counted, rooms, rateWindowS }), supplements };
    });
  }
}
