import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { AddressRepository, type UsedAddress } from './address/address.repository.js';
import { notFound } from './plan.faults.js';
import { AddressPoolRepository } from './pool/address-pool.repository.js';
import { SegmentRepository } from './segment/segment.repository.js';
import { SubnetRepository } from './subnet/subnet.repository.js';
import { VpcPlanRepository, type VpcPlan } from './vpc/vpc-plan.repository.js';
import { VpcRepository } from './vpc/vpc.repository.js';

/** The most that are named of what is still there. */
const MOST_NAMED = 100;

/** Whether something may be deleted: what is in use never is, and the answer names what uses it. */
@Injectable()
export class PlanDeletion {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AddressPoolRepository) private readonly pools: AddressPoolRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
  ) {}

  /**
   * The plan of the subnet's VPC, locked together with all segments of the subnet: nobody can be handed an address of it
   * until the transaction ends, and nobody holds one.
   * @throws Fault `subnet_not_found`, `subnet_in_use`
   */
  async lockUnusedSubnetIn(tx: Transaction, subnetId: string): Promise<VpcPlan> {
    const seen = await this.subnets.find(tx, subnetId);
    if (!seen) throw notFound('subnet', subnetId);
    const plan = await this.plans.lock(tx, seen.vpcId);
    const subnet = plan.subnets.find(({ id }) => id === subnetId);
    if (!subnet) throw notFound('subnet', subnetId);
    const ids = subnet.segments.map(({ id }) => id);
    await this.segments.lockMany(tx, ids);
    const used = await this.addresses.usedIn(tx, ids, MOST_NAMED);
    if (used.length > 0) throw subnetInUse(used);
    return plan;
  }

  /** The plan of a VPC without subnets, locked. Throws `vpc_not_found`, `vpc_in_use`. */
  async lockEmptyVpcIn(tx: Transaction, vpcId: string): Promise<VpcPlan> {
    const plan = await this.plans.lock(tx, vpcId);
    if (plan.subnets.length === 0) return plan;
    const ids = plan.subnets.flatMap(({ segments }) => segments).map(({ id }) => id);
    const used = await this.addresses.usedIn(tx, ids, MOST_NAMED);
    throw new Fault({
      code: 'vpc_in_use',
      category: 'conflict',
      detail: `The VPC has ${plan.subnets.length} subnets; delete them first.`,
      extra: { subnets: plan.subnets.map(({ id }) => id), ...named(used) },
    });
  }

  /** Deletes a pool that no VPC is cut from. Throws `address_pool_not_found`, `address_pool_in_use`. */
  deletePool(poolId: string): Promise<void> {
    return this.database.transaction((tx) => this.deletePoolIn(tx, poolId));
  }

  async deletePoolIn(tx: Transaction, poolId: string): Promise<void> {
    if (!(await this.pools.lock(tx, poolId))) throw notFound('address pool', poolId);
    const vpcs = await this.vpcs.ofPool(tx, poolId, MOST_NAMED);
    if (vpcs.length > 0) {
      throw new Fault({
        code: 'address_pool_in_use',
        category: 'conflict',
        detail: 'VPCs have been cut from the pool; delete them first.',
        extra: { vpcs, more: vpcs.length === MOST_NAMED },
      });
    }
    await this.pools.delete(tx, poolId);
  }
}

function named(used: readonly UsedAddress[]) {
  return {
    addresses: used.map(({ address, state, purpose, portId }) => ({
      address,
      state,
      purpose,
      port_id: portId,
    })),
    more: used.length === MOST_NAMED,
  };
}

function subnetInUse(used: readonly UsedAddress[]): Fault {
  const some = used.slice(0, 3).map(({ address }) => address);
  return new Fault({
    code: 'subnet_in_use',
    category: 'conflict',
    detail: `Ports have addresses of the subnet: ${some.join(', ')}${used.length > 3 ? ', …' : ''}. Delete them first.`,
    extra: named(used),
  });
}
