import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { AddressRepository } from '../address/address.repository.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { SupplementRepository } from '../supplement/supplement.repository.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';
import { usageOf, type VpcUsage } from './usage.rules.js';

/** A cluster in which no address was handed out for so long counts as idle. */
const IDLE_S = 86_400;

@Injectable()
export class UsageService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(SupplementRepository) private readonly supplements: SupplementRepository,
  ) {}

  /** Where the addresses of the VPC are. Throws `vpc_not_found`. */
  async usage(vpcId: string): Promise<VpcUsage & { supplements: number }> {
    return this.database.transaction(async (tx) => {
      const plan = await this.plans.get(tx, vpcId);
      const counted = await this.addresses.countByCluster(tx, plan.scopeId, plan.block);
      const busy = await this.segments.clustersUsedWithin(tx, vpcId, IDLE_S);
      const supplements = await this.supplements.countOf(tx, vpcId);
      return { ...usageOf(plan, counted, new Set(busy)), supplements };
    });
  }
}
