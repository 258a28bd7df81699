import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Family } from '../block/block.js';
import type { SubnetFacts, VpcFacts } from '../plan.facts.js';
import { notFound } from '../plan.faults.js';
import { SegmentRepository, type SegmentRow } from '../segment/segment.repository.js';
import { SubnetRepository } from '../subnet/subnet.repository.js';
import type { Sharing } from '../supplement/supplement.rules.js';
import { VpcRepository, type VpcRow } from './vpc.repository.js';

export interface PlannedSubnet extends SubnetFacts {
  segments: SegmentRow[];
}

/** A VPC with all its subnets and segments. */
export interface VpcPlan extends VpcFacts {
  /** The scope in which an address exists once: the pool. */
  scopeId: string;
  family: Family;
  sharing: Sharing;
  generation: number;
  subnets: PlannedSubnet[];
}

/** Reads the whole plan of a VPC: at most a few hundred rows, however many addresses it has. */
@Injectable()
export class VpcPlanRepository {
  constructor(
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
  ) {}

  /** The plan as it stands; nobody else changes it before the transaction ends. Throws `vpc_not_found`. */
  async lock(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    return this.read(tx, vpcId, await this.vpcs.lock(tx, vpcId));
  }

  /** The plan without a lock, for showing it. Throws `vpc_not_found`. */
  async get(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    return this.read(tx, vpcId, await this.vpcs.find(tx, vpcId));
  }

  private async read(tx: Transaction, vpcId: string, vpc: VpcRow | null): Promise<VpcPlan> {
    if (!vpc) throw notFound('VPC', vpcId);
    const subnets = await this.subnets.ofVpc(tx, vpcId);
    const segments = await this.segments.ofVpc(tx, vpcId);
    const { id, poolId, block, policy, infra, sharing, idcIds, generation } = vpc;
    return {
      id,
      scopeId: poolId,
      family: block.family,
      block,
      policy,
      infra,
      sharing,
      idcIds,
      generation,
      subnets: subnets.map((subnet) => ({
        ...subnet,
        segments: segments.filter(({ subnetId }) => subnetId === subnet.id),
      })),
    };
  }
}

/** The subnet of the plan; its absence would be a mistake in the program. */
export function subnetOf(plan: VpcPlan, subnetId: string): PlannedSubnet {
  const subnet = plan.subnets.find(({ id }) => id === subnetId);
  if (!subnet) throw new RangeError(`VPC ${plan.id} has no subnet ${subnetId}`);
  return subnet;
}
