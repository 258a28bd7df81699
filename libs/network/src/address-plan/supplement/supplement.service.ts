import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { segmentsIn, withinSubnet } from '../plan.facts.js';
import { alreadyUsed } from '../plan.faults.js';
import { rateIn } from '../usage/plan-room.rules.js';
import { VpcPlanRepository, type VpcPlan } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';
import { highWaterOf, type ClusterDemand } from './floor.rules.js';
import { reclaimable } from './reclaim.rules.js';
import { SupplementDeals, type Reclaimed } from './supplement-deals.js';
import { SupplementWaitRepository, type Wait } from './supplement-wait.repository.js';
import { requireEligible } from './supplement.faults.js';
import type { SupplementOutcome } from './supplement.outcome.js';
import { SupplementRepository } from './supplement.repository.js';
import { decideSupplement, type SupplementQuestion } from './supplement.rules.js';

export interface SupplementCommand {
  /** The caller's: asking again with it gives the same answer. */
  id: string;
  vpcId: string;
  idcId: string;
  /** The cluster that runs out. */
  clusterId: string;
  /** Only addresses of this subnet are of use. */
  subnetId?: string | undefined;
  /** Addresses that it must be able to hand out. */
  need: number;
  /** Whether requests wait; false at the low-water mark. */
  urgent: boolean;
  /** All clusters of the IDC. */
  demands: readonly ClusterDemand[];
}

/**
 * Gives clusters more addresses. All who ask at once wait for the lock of the VPC, and the first one acts; whoever
 * could not be given enough waits in a line, and is served before those that came after it.
 */
@Injectable()
export class SupplementService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(SupplementDeals) private readonly deals: SupplementDeals,
    @Inject(SupplementRepository) private readonly history: SupplementRepository,
    @Inject(SupplementWaitRepository) private readonly waits: SupplementWaitRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /**
   * Deals the cluster more segments as far as there are any. Too few is an answer, not an error: what the answer
   * set in motion for others must be kept. See `addressesExhausted`.
   * @throws Fault `vpc_not_found`, `vpc_deleting`, `cluster_not_eligible`
   */
  supplement(command: SupplementCommand): Promise<SupplementOutcome> {
    return this.database.transaction((tx) => this.supplementIn(tx, command));
  }

  /** As `supplement`, in the caller's transaction; what is dealt is to be built after its commit. */
  async supplementIn(tx: Transaction, command: SupplementCommand): Promise<SupplementOutcome> {
    const plan = await this.plans.lockOpen(tx, command.vpcId);
    const before = await this.history.find(tx, command.id);
    if (before) {
      if (before.vpcId !== command.vpcId || before.clusterId !== command.clusterId)
        throw alreadyUsed(before.id);
      return before.outcome;
    }
    requireEligible(command.clusterId, command.demands);
    // Addresses of one subnet only are nothing to stand in the line of the whole VPC for.
    const served = command.subnetId === undefined ? await this.serveAhead(tx, plan, command) : [];
    const now = served.length > 0 ? await this.plans.get(tx, plan.id) : plan;
    const own = await this.act(tx, now, command);
    if (command.subnetId === undefined) await this.keepPlace(tx, command, own.short);
    const outcome = served.reduce(joined, own);
    await this.record(tx, command, outcome);
    return outcome;
  }

  /** Serves those that wait in an IDC, in their order, as far as there is something for them. Null: nobody waits. */
  async serveWaitingIn(
    tx: Transaction,
    vpcId: string,
    idcId: string,
    demands: readonly ClusterDemand[],
  ): Promise<SupplementOutcome | null> {
    await this.plans.lockOpen(tx, vpcId);
    const line = await this.lineOf(tx, vpcId, idcId, demands);
    const outcomes = await this.serve(tx, line, demands);
    const [first, ...others] = outcomes;
    return first ? others.reduce((sum, one) => joined(sum, one), first) : null;
  }

  /** VPCs in which clusters wait, those that have waited longest first. */
  waiting(limit: number): Promise<{ vpcId: string; idcId: string }[]> {
    return this.waits.waiting(this.database.read, limit);
  }

  private async serveAhead(
    tx: Transaction,
    plan: VpcPlan,
    { idcId, clusterId, urgent, need, demands }: SupplementCommand,
  ): Promise<SupplementOutcome[]> {
    const line = await this.lineOf(tx, plan.id, idcId, demands);
    const own = line.findIndex((wait) => wait.clusterId === clusterId);
    const ahead = own >= 0 ? line.slice(0, own) : line.filter((wait) => wait.urgent || !urgent);
    if (ahead.length === 0) return [];
    const wanting = demands.map((one) => (one.clusterId === clusterId ? { ...one, waiting: need } : one));
    return this.serve(tx, ahead, wanting);
  }

  private async lineOf(
    tx: Transaction,
    vpcId: string,
    idcId: string,
    demands: readonly ClusterDemand[],
  ): Promise<Wait[]> {
    const line = await this.waits.line(tx, vpcId, idcId, this.config.ageingS);
    const eligible = new Set(demands.filter((one) => one.eligible).map(({ clusterId }) => clusterId));
    return line.filter(({ clusterId }) => eligible.has(clusterId));
  }

  private async serve(
    tx: Transaction,
    line: readonly Wait[],
    demands: readonly ClusterDemand[],
  ): Promise<SupplementOutcome[]> {
    const outcomes: SupplementOutcome[] = [];
    for (const wait of line) {
      const plan = await this.plans.get(tx, wait.vpcId);
      const command = { ...wait, id: newId(), demands };
      const outcome = await this.act(tx, plan, command);
      outcomes.push(outcome);
      await this.record(tx, command, outcome);
      if (outcome.short === 0) await this.waits.remove(tx, wait.vpcId, wait.clusterId);
    }
    return outcomes;
  }

  private async keepPlace(tx: Transaction, command: SupplementCommand, short: number): Promise<void> {
    if (short > 0) await this.waits.put(tx, command, this.config.waitS);
    else await this.waits.remove(tx, command.vpcId, command.clusterId);
  }

  private async act(tx: Transaction, plan: VpcPlan, command: SupplementCommand): Promise<SupplementOutcome> {
    const answer = decideSupplement(this.questionOf(plan, command));
    return this.deals.carryOut(tx, plan, command, answer);
  }

  /** What changed nothing need not be remembered: asked again, it may find more. */
  private async record(
    tx: Transaction,
    command: SupplementCommand,
    outcome: SupplementOutcome,
  ): Promise<void> {
    if (outcome.dealt.length + outcome.draining.length === 0) return;
    const { id, vpcId, idcId, clusterId, need } = command;
    await this.history.insert(tx, { id, vpcId, idcId, clusterId, need, outcome });
  }

  private questionOf(plan: VpcPlan, command: SupplementCommand): SupplementQuestion {
    const { subnetId } = command;
    return {
      ...command,
      vpc: subnetId === undefined ? plan : withinSubnet(plan, subnetId),
      noNewSubnet: subnetId !== undefined,
      sharing: plan.sharing,
      floor: this.config.floor,
      coolDownS: this.config.coolDownS,
      demands: this.withRates(plan, command.idcId, command.demands),
    };
  }

  private withRates(plan: VpcPlan, idcId: string, demands: readonly ClusterDemand[]): ClusterDemand[] {
    const segments = segmentsIn(plan, idcId);
    return demands.map((one) => ({
      ratePerSecond: rateIn(segments, one.clusterId, this.config.rateWindowS),
      ...one,
    }));
  }

  /**
   * Takes back what clusters of the IDC do not need: empty segments above their high-water mark.
   * @throws Fault `vpc_not_found`
   */
  reclaim(vpcId: string, idcId: string, demands: readonly ClusterDemand[]): Promise<Reclaimed> {
    return this.database.transaction((tx) => this.reclaimIn(tx, vpcId, idcId, demands));
  }

  async reclaimIn(
    tx: Transaction,
    vpcId: string,
    idcId: string,
    demands: readonly ClusterDemand[],
  ): Promise<Reclaimed> {
    const plan = await this.plans.lock(tx, vpcId);
    const rated = this.withRates(plan, idcId, demands);
    const marks = new Map(rated.map((one) => [one.clusterId, highWaterOf(one, this.config.floor)]));
    const candidates = reclaimable({
      segments: segmentsIn(plan, idcId),
      keep: (clusterId) => marks.get(clusterId) ?? 0,
      exceptClusterId: null,
      unit: plan.policy.segment,
      coolDownS: this.config.coolDownS,
    });
    const reclaimed = await this.deals.drain(tx, plan, candidates);
    if (reclaimed.draining.length > 0) await this.vpcs.advance(tx, plan);
    return reclaimed;
  }
}

/** The outcome of the one that asks, with what was dealt for those before it: all of it is to be built. */
function joined(own: SupplementOutcome, other: SupplementOutcome): SupplementOutcome {
  return {
    ...own,
    dealt: [...other.dealt, ...own.dealt],
    draining: [...other.draining, ...own.draining],
    subnetId: own.subnetId ?? other.subnetId,
  };
}
