import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { roomOf, segmentsIn } from '../plan.facts.js';
import { SegmentDeals } from '../segment/segment-deals.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { SubnetRepository } from '../subnet/subnet.repository.js';
import type { VpcPlan } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';
import type { Candidate } from './reclaim.rules.js';
import type { DealtSegment, FreeElsewhere, SupplementOutcome } from './supplement.outcome.js';
import type { SupplementAnswer } from './supplement.rules.js';

export interface Reclaimed {
  draining: string[];
  /** Lower halves that their clusters keep, to be built anew. */
  dealt: DealtSegment[];
}

/** Writes what was decided about a supplement. Its callers hold the lock of the VPC. */
@Injectable()
export class SupplementDeals {
  constructor(
    @Inject(SegmentDeals) private readonly deals: SegmentDeals,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(SubnetRepository) private readonly subnets: SubnetRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
  ) {}

  async carryOut(
    tx: Transaction,
    plan: VpcPlan,
    asker: { idcId: string; clusterId: string },
    answer: SupplementAnswer,
  ): Promise<SupplementOutcome> {
    const dealt = await this.deals.dealSpares(tx, plan, answer.deals);
    const subnet = await this.makeSubnet(tx, plan, asker.idcId, answer);
    const reclaimed = await this.drain(tx, plan, answer.reclaim);
    const outcome: SupplementOutcome = {
      kind: answer.kind,
      dealt: [...dealt, ...subnet.dealt, ...reclaimed.dealt],
      subnetId: subnet.id,
      draining: reclaimed.draining,
      short: answer.short,
      belowFloor: answer.belowFloor,
      freeElsewhere: freeElsewhere(plan, asker.clusterId),
      keptFor: answer.keptFor,
    };
    if (outcome.dealt.length + outcome.draining.length > 0) await this.vpcs.advance(tx, plan);
    return outcome;
  }

  private async makeSubnet(
    tx: Transaction,
    plan: VpcPlan,
    idcId: string,
    { newSubnet }: SupplementAnswer,
  ): Promise<{ id: string | null; dealt: DealtSegment[] }> {
    if (!newSubnet) return { id: null, dealt: [] };
    const { slot, block, deals, spares } = newSubnet;
    const id = newId();
    await this.subnets.insert(tx, { id, vpcId: plan.id, idcId, slot, block });
    const parts = [...deals, ...spares.map((spare) => ({ block: spare, clusterId: null }))];
    return { id, dealt: await this.deals.record(tx, plan, { id, block }, parts) };
  }

  /** Segments in which an address was handed out since the plan was read are left alone. */
  async drain(tx: Transaction, plan: VpcPlan, candidates: readonly Candidate[]): Promise<Reclaimed> {
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

function freeElsewhere(plan: VpcPlan, clusterId: string): FreeElsewhere[] {
  return [...new Set(plan.subnets.map(({ idcId }) => idcId))].flatMap((idcId) => {
    const segments = segmentsIn(plan, idcId);
    const owners = new Set(segments.map((segment) => segment.clusterId));
    return [...owners]
      .filter((owner) => owner !== null && owner !== clusterId)
      .map((owner) => ({ idcId, clusterId: owner ?? '', free: roomOf(segments, owner ?? '').free }))
      .filter(({ free }) => free > 0);
  });
}
