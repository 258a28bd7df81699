import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { roomOf, segmentsIn, withinSubnet } from '../plan.facts.js';
import { alreadyUsed } from '../plan.faults.js';
import { SegmentDeals } from '../segment/segment-deals.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { SubnetRepository } from '../subnet/subnet.repository.js';
import { VpcPlanRepository, type VpcPlan } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';
import { rateIn } from '../usage/plan-room.rules.js';
import { floorOf, type ClusterDemand } from './floor.rules.js';
import { reclaimable, type Candidate } from './reclaim.rules.js';
import type { DealtSegment, FreeElsewhere, SupplementOutcome } from './supplement.outcome.js';
import { SupplementRepository } from './supplement.repository.js';
import { decideSupplement, type SupplementAnswer, type SupplementQuestion } from './supplement.rules.js';

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

export interface Reclaimed {
  draining: string[];
  /** Lower halves that their clusters keep, to be built anew. */
  dealt: DealtSegment[];
}

/** Gives a cluster more addresses. All who ask at once wait for the lock of the VPC; the first one acts. */
@Injectable()
export class SupplementService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(SegmentDeals) private readonly deals: SegmentDeals,
    @Inject(SupplementRepository) private readonly history: SupplementRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /**
   * Deals the cluster more segments as far as there are any. Too few is an answer, not an error: what the answer
   * set in motion for others must be kept. See `addressesExhausted`.
   * @throws Fault `vpc_not_found`, `cluster_not_eligible`
   */
  supplement(command: SupplementCommand): Promise<SupplementOutcome> {
    return this.database.transaction((tx) => this.supplementIn(tx, command));
  }

  /** As `supplement`, in the caller's transaction; what is dealt is to be built after its commit. */
  async supplementIn(tx: Transaction, command: SupplementCommand): Promise<SupplementOutcome> {
    const plan = await this.plans.lock(tx, command.vpcId);
    const before = await this.history.find(tx, command.id);
    if (before) {
      if (before.vpcId !== command.vpcId || before.clusterId !== command.clusterId)
        throw alreadyUsed(before.id);
      return before.outcome;
    }
    requireEligible(command);
    const answer = decideSupplement(this.questionOf(plan, command));
    return this.carryOut(tx, plan, command, answer);
  }

  private questionOf(plan: VpcPlan, command: SupplementCommand): SupplementQuestion {
    const { subnetId, demands } = command;
    const segments = segmentsIn(plan, command.idcId);
    const { floor, rateWindowS } = this.config;
    return {
      ...command,
      vpc: subnetId === undefined ? plan : withinSubnet(plan, subnetId),
      noNewSubnet: subnetId !== undefined,
      sharing: plan.sharing,
      floor,
      demands: demands.map((one) => ({
        ratePerSecond: rateIn(segments, one.clusterId, rateWindowS),
        ...one,
      })),
    };
  }

  private async carryOut(
    tx: Transaction,
    plan: VpcPlan,
    command: SupplementCommand,
    answer: SupplementAnswer,
  ): Promise<SupplementOutcome> {
    const dealt = await this.deals.dealSpares(tx, plan, answer.deals);
    const subnet = await this.makeSubnet(tx, plan, command, answer);
    const reclaimed = await this.drain(tx, plan, answer.reclaim);
    const outcome: SupplementOutcome = {
      kind: answer.kind,
      dealt: [...dealt, ...subnet.dealt, ...reclaimed.dealt],
      subnetId: subnet.id,
      draining: reclaimed.draining,
      short: answer.short,
      belowFloor: answer.belowFloor,
      freeElsewhere: freeElsewhere(plan, command),
      keptFor: answer.keptFor,
    };
    if (outcome.dealt.length + outcome.draining.length === 0) return outcome;
    const generation = await this.vpcs.advance(tx, plan);
    const { id, vpcId, idcId, clusterId, need } = command;
    await this.history.insert(tx, { id, vpcId, idcId, clusterId, need, outcome, generation });
    return outcome;
  }

  private async makeSubnet(
    tx: Transaction,
    plan: VpcPlan,
    { vpcId, idcId }: SupplementCommand,
    { newSubnet }: SupplementAnswer,
  ): Promise<{ id: string | null; dealt: DealtSegment[] }> {
    if (!newSubnet) return { id: null, dealt: [] };
    const { slot, block, deals, spares } = newSubnet;
    const id = newId();
    await this.subnets.insert(tx, { id, vpcId, idcId, slot, block });
    const parts = [...deals, ...spares.map((spare) => ({ block: spare, clusterId: null }))];
    return { id, dealt: await this.deals.record(tx, plan, { id, block }, parts) };
  }

  /**
   * Takes back what clusters of the IDC do not need: empty segments above twice their floor.
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
    const floors = new Map(demands.map((one) => [one.clusterId, floorOf(one, this.config.floor)]));
    const candidates = reclaimable({
      segments: segmentsIn(plan, idcId),
      keep: (clusterId) => 2 * (floors.get(clusterId) ?? 0),
      exceptClusterId: null,
      unit: plan.policy.segment,
    });
    const reclaimed = await this.drain(tx, plan, candidates);
    if (reclaimed.draining.length > 0) await this.vpcs.advance(tx, plan);
    return reclaimed;
  }

  /** Segments in which an address was handed out since the plan was read are left alone. */
  private async drain(tx: Transaction, plan: VpcPlan, candidates: readonly Candidate[]): Promise<Reclaimed> {
    const reclaimed: Reclaimed = { draining: [], dealt: [] };
    const all = plan.subnets.flatMap(({ segments }) => segments);
    for (const { segmentId, half } of candidates) {
      const segment = all.find(({ id }) => id === segmentId);
      if (!segment) continue;
      const kept = half
        ? await this.deals.halve(tx, plan, segment)
        : (await this.segments.drainEmpty(tx, segmentId)) && [];
      if (!kept) continue;
      reclaimed.draining.push(segmentId);
      reclaimed.dealt.push(...kept);
    }
    return reclaimed;
  }
}

function requireEligible({ clusterId, demands }: SupplementCommand): void {
  if (demands.some((demand) => demand.clusterId === clusterId && demand.eligible)) return;
  throw new Fault({
    code: 'cluster_not_eligible',
    category: 'conflict',
    detail:
      'The cluster cannot take a part of a subnet at present: it is not in use, or has no room for servers.',
    retryable: true,
    whoCanFix: 'operator',
    extra: { cluster_id: clusterId },
  });
}

function freeElsewhere(plan: VpcPlan, { clusterId }: SupplementCommand): FreeElsewhere[] {
  return [...new Set(plan.subnets.map(({ idcId }) => idcId))].flatMap((idcId) => {
    const segments = segmentsIn(plan, idcId);
    const owners = new Set(segments.map((segment) => segment.clusterId));
    return [...owners]
      .filter((owner) => owner !== null && owner !== clusterId)
      .map((owner) => ({ idcId, clusterId: owner ?? '', free: roomOf(segments, owner ?? '').free }))
      .filter(({ free }) => free > 0);
  });
}

/** The fault of a request whose cluster could not be given enough addresses. */
export function addressesExhausted(outcome: SupplementOutcome): Fault {
  const { freeElsewhere: elsewhere, draining, keptFor, short } = outcome;
  return new Fault({
    code: 'vpc_addresses_exhausted',
    category: 'conflict',
    detail:
      draining.length > 0
        ? 'The VPC has no more addresses for this cluster at present; segments of others are being taken back.'
        : 'The VPC has no more addresses for this cluster; choose another cluster or another VPC.',
    retryable: draining.length > 0,
    extra: {
      missing: short,
      free_in_clusters: elsewhere.map((one) => ({
        idc_id: one.idcId,
        cluster_id: one.clusterId,
        free: one.free,
      })),
      draining_segments: draining,
      slots_kept_for_idcs: keptFor,
    },
  });
}
