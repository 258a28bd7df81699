import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { SegmentService } from '../segment/segment.service.js';
import { ClusterStatusRepository } from '../supplement/cluster-status.repository.js';
import { demandOf } from '../supplement/standing.rules.js';
import type { DealtSegment } from '../supplement/supplement.outcome.js';
import { SupplementService } from '../supplement/supplement.service.js';
import { VpcPlanRepository } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';
import { dueIn, type PlanDue } from './plan-due.rules.js';

/** What is to be built and taken down because of something that was due. */
export interface Kept {
  dealt: DealtSegment[];
  draining: string[];
}

/** What nobody asks for and has to be done nevertheless: a conductor looks through the VPCs, some at a time. */
@Injectable()
export class PlanUpkeep {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(ClusterStatusRepository) private readonly clusters: ClusterStatusRepository,
    @Inject(SupplementService) private readonly supplements: SupplementService,
    @Inject(SegmentService) private readonly segments: SegmentService,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /**
   * What is due in the next VPCs after this id, and the id to go on from; null after the last one. Three statements,
   * no locks: what is found is looked at again when it is done.
   */
  async next(after: string | null, limit = 100): Promise<{ due: PlanDue[]; next: string | null }> {
    const { read } = this.database;
    const ids = await this.vpcs.idsAfter(read, after, limit);
    const plans = await this.plans.many(read, ids);
    const clusters = (await this.clusters.ofIdcs(read)).map((one) => ({
      ...demandOf(one),
      idcId: one.idcId,
      leaving: one.state === 'draining',
    }));
    const { floor, rateWindowS } = this.config;
    const due = [...plans.values()]
      .filter((vpc) => !vpc.deleting)
      .flatMap((vpc) => dueIn({ vpc, clusters, floor, rateWindowS }));
    return { due, next: ids.length < limit ? null : (ids.at(-1) ?? null) };
  }

  /** Does what is due, as far as it still is. Throws `vpc_not_found`, `vpc_deleting`, `cluster_not_eligible`. */
  async doIn(tx: Transaction, due: PlanDue): Promise<Kept> {
    const { vpcId, idcId, clusterId } = due;
    if (due.kind === 'leaver') {
      const { draining } = await this.segments.retireClusterIn(tx, vpcId, clusterId);
      return { dealt: [], draining };
    }
    const demands = await this.clusters.demands(tx, idcId);
    if (due.kind === 'newcomer') return this.segments.addClusterIn(tx, { vpcId, idcId, clusterId, demands });
    const command = { id: newId(), vpcId, idcId, clusterId, need: due.need, urgent: false, demands };
    return this.supplements.supplementIn(tx, command);
  }

  /** Gives those that wait what has come back meanwhile. */
  async serveWaitingIn(tx: Transaction, vpcId: string, idcId: string): Promise<Kept> {
    const demands = await this.clusters.demands(tx, idcId);
    return (await this.supplements.serveWaitingIn(tx, vpcId, idcId, demands)) ?? { dealt: [], draining: [] };
  }
}
