import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { AddressAllocation } from '../address/address-allocation.js';
import { AddressRepository } from '../address/address.repository.js';
import { AddressService } from '../address/address.service.js';
import { DEFAULT_ADDRESS_PLAN, type AddressPlanConfig } from '../address-plan.config.js';
import { AddressPlanService, type CreateVpc } from '../address-plan.service.js';
import { PlanDeletion } from '../plan-deletion.js';
import { AddressPoolRepository } from '../pool/address-pool.repository.js';
import { SegmentDeals } from '../segment/segment-deals.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { SegmentService } from '../segment/segment.service.js';
import { SubnetRepository } from '../subnet/subnet.repository.js';
import { AddressWithdrawal } from '../address/address-withdrawal.js';
import { AddressWithdrawalRepository } from '../address/address-withdrawal.repository.js';
import { AddressQuotaRepository } from '../quota/address-quota.repository.js';
import { AddressQuotas } from '../quota/address-quotas.js';
import { SupplementDeals } from '../supplement/supplement-deals.js';
import { SupplementWaitRepository } from '../supplement/supplement-wait.repository.js';
import { SupplementRepository } from '../supplement/supplement.repository.js';
import { SupplementService } from '../supplement/supplement.service.js';
import { UsageService } from '../usage/usage.service.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';

/** The services of the plan on one database, without Nest, and what tests and benches do with them. */
export class AddressPlanFixture {
  readonly plan: AddressPlanService;
  readonly supplements: SupplementService;
  readonly segments: SegmentService;
  readonly addresses: AddressService;
  readonly usage: UsageService;
  readonly plans: VpcPlanRepository;
  readonly allocation: AddressAllocation;
  readonly quotas: AddressQuotaRepository;
  readonly deletion: PlanDeletion;
  readonly withdrawal: AddressWithdrawal;
  readonly config: AddressPlanConfig;

  constructor(
    readonly database: Database,
    config: Partial<AddressPlanConfig> = {},
  ) {
    this.config = { ...DEFAULT_ADDRESS_PLAN, ...config };
    const [segments, addresses, subnets, vpcs] = [
      new SegmentRepository(),
      new AddressRepository(),
      new SubnetRepository(),
      new VpcRepository(),
    ];
    const [pools, history] = [new AddressPoolRepository(), new SupplementRepository()];
    const deals = new SegmentDeals(segments, addresses);
    const plans = new VpcPlanRepository(vpcs, subnets, segments);
    this.plans = plans;
    const quotas = new AddressQuotaRepository();
    this.quotas = quotas;
    this.allocation = new AddressAllocation(
      segments,
      addresses,
      new AddressQuotas(quotas, this.config),
      this.config,
    );
    this.deletion = new PlanDeletion(database, pools, vpcs, plans, subnets, segments, addresses);
    this.withdrawal = new AddressWithdrawal(
      database,
      addresses,
      new AddressWithdrawalRepository(),
      segments,
      this.config,
    );
    this.plan = new AddressPlanService(database, pools, vpcs, plans, subnets, deals, this.config);
    this.supplements = new SupplementService(
      database,
      plans,
      vpcs,
      new SupplementDeals(deals, segments, subnets, vpcs),
      history,
      new SupplementWaitRepository(),
      this.config,
    );
    this.segments = new SegmentService(database, plans, vpcs, segments, deals, this.config);
    this.addresses = new AddressService(database, this.allocation, addresses, segments, this.config);
    // There is no registry here: whoever has segments counts as a cluster.
    const statuses = { ofIdcs: async () => [], demands: async () => [] };
    this.usage = new UsageService(database, plans, addresses, statuses, history, this.config);
  }

  /** A pool, a VPC of it, and as many cluster ids as wanted. */
  async newVpc(
    cidr: string,
    clusters: number,
    change: Partial<CreateVpc> = {},
  ): Promise<{ poolId: string; vpcId: string; idcId: string; clusterIds: string[] }> {
    const [poolId, idcId] = [newId(), newId()];
    await this.plan.createPool({ id: poolId, name: poolId, cidr });
    const vpcId = await this.addVpc(poolId, { idcIds: [idcId], ...change });
    return { poolId, vpcId, idcId, clusterIds: Array.from({ length: clusters }, () => newId()) };
  }

  async addVpc(poolId: string, change: Partial<CreateVpc> = {}): Promise<string> {
    const id = newId();
    await this.plan.createVpc({ id, poolId, projectId: newId(), name: 'net', idcIds: [], ...change });
    return id;
  }

  /** Does for every segment that is dealt out what a conductor does when the cluster builds it at once. */
  async build(vpcId: string): Promise<void> {
    const { subnets } = await this.plans.get(this.database.read, vpcId);
    for (const { id, state } of subnets.flatMap(({ segments }) => segments)) {
      if (state === 'reserved') await this.segments.beginCreating(id);
      if (state === 'reserved' || state === 'creating') await this.segments.activate(id);
    }
  }
}
