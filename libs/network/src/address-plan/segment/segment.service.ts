import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { isEmpty, openSubnets } from '../plan.facts.js';
import { notFound } from '../plan.faults.js';
import { welcome, type Welcome } from '../subnet/newcomer.rules.js';
import { floorOf, type ClusterDemand } from '../supplement/floor.rules.js';
import type { DealtSegment } from '../supplement/supplement.outcome.js';
import { VpcPlanRepository, type VpcPlan } from '../vpc/vpc-plan.repository.js';
import { VpcRepository } from '../vpc/vpc.repository.js';
import { SegmentDeals } from './segment-deals.js';
import { SegmentRepository, type SegmentRow } from './segment.repository.js';
import { mayBecome, type SegmentState } from './segment.state.js';

export interface Welcomed {
  kind: Welcome['kind'];
  /** To be built: for the newcomer, or anew for the cluster that gives up half of a segment. */
  dealt: DealtSegment[];
  /** The half that becomes spare once it is drained; the newcomer is then to be added again. */
  draining: string[];
}

/** A cluster that is new in an IDC, and a VPC with a subnet there. */
export interface Newcomer {
  vpcId: string;
  idcId: string;
  clusterId: string;
  /** All clusters of the IDC. */
  demands: readonly ClusterDemand[];
}

/** The states to which a segment moves without more ado. */
export type MovedTo = 'creating' | 'active' | 'error' | 'draining';

export interface Retired {
  /** Segments that were never built. */
  givenBack: string[];
  /** Segments to be taken down once no port is left in them. */
  draining: string[];
  /** Addresses of the cluster that are still held by servers or cooling. */
  stillHeld: number;
}

/** Segments on their way between the clusters, and clusters on their way into and out of an IDC. */
@Injectable()
export class SegmentService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(VpcPlanRepository) private readonly plans: VpcPlanRepository,
    @Inject(VpcRepository) private readonly vpcs: VpcRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(SegmentDeals) private readonly deals: SegmentDeals,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** The cluster is being told of the segment. Throws `segment_not_found`, `segment_state_conflict`. */
  beginCreating(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.moveIn(tx, segmentId, 'creating'));
  }

  /** The segment is there, or is used again after all; its addresses are handed out from now on. Throws as above. */
  activate(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.moveIn(tx, segmentId, 'active'));
  }

  /** The cluster could not build it, or lost it. Throws as above. */
  fail(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.moveIn(tx, segmentId, 'error'));
  }

  /** No more addresses of it are handed out; it ends when all are released. Throws as above. */
  drain(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.moveIn(tx, segmentId, 'draining'));
  }

  /** Any of the moves above, in the caller's transaction. Throws as above. */
  moveIn(tx: Transaction, segmentId: string, to: MovedTo): Promise<void> {
    return this.changeIn(tx, segmentId, to, (_plan, segment) => this.segments.setState(tx, segment.id, to));
  }

  /**
   * The cluster has it no more, and said that no port is left: it rests before another cluster may get it.
   * @throws Fault `segment_not_found`, `segment_state_conflict`, `segment_in_use`
   */
  drained(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.drainedIn(tx, segmentId));
  }

  drainedIn(tx: Transaction, segmentId: string): Promise<void> {
    return this.changeIn(tx, segmentId, 'quarantined', async (_plan, segment) => {
      if (!isEmpty(segment)) throw inUse(segment);
      await this.segments.quarantine(tx, segment.id, this.config.quarantineS);
    });
  }

  /** A segment that was dealt out but never built becomes spare. Throws as `drained`. */
  giveBack(segmentId: string): Promise<void> {
    return this.database.transaction((tx) => this.giveBackIn(tx, segmentId));
  }

  giveBackIn(tx: Transaction, segmentId: string): Promise<void> {
    return this.changeIn(tx, segmentId, 'spare', async (plan, segment) => {
      // Addresses may be promised before the segment is built.
      if (!isEmpty(segment)) throw inUse(segment);
      await this.deals.giveBack(tx, plan, segment);
    });
  }

  /** Makes segments spare that have rested long enough; returns how many. */
  async endQuarantines(limit = 100): Promise<number> {
    const due = await this.segments.endedQuarantines(this.database.read, limit);
    let ended = 0;
    for (const { id, vpcId } of due) ended += (await this.endQuarantine(id, vpcId)) ? 1 : 0;
    return ended;
  }

  private endQuarantine(id: string, vpcId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const plan = await this.plans.lock(tx, vpcId);
      const segment = plan.subnets.flatMap(({ segments }) => segments).find((one) => one.id === id);
      // Another process may have been first.
      if (segment?.state !== 'quarantined') return false;
      await this.deals.giveBack(tx, plan, segment);
      await this.vpcs.advance(tx, plan);
      return true;
    });
  }

  /** Gives a cluster that is new in the IDC its first addresses in a VPC. Throws `vpc_not_found`. */
  addCluster(newcomer: Newcomer): Promise<Welcomed> {
    return this.database.transaction((tx) => this.addClusterIn(tx, newcomer));
  }

  async addClusterIn(tx: Transaction, { vpcId, idcId, clusterId, demands }: Newcomer): Promise<Welcomed> {
    const plan = await this.plans.lock(tx, vpcId);
    const floors = new Map(demands.map((one) => [one.clusterId, floorOf(one, this.config.floor)]));
    const unit = plan.policy.segment;
    const found = welcome(
      openSubnets(plan, idcId).flatMap(({ segments }) => segments),
      clusterId,
      unit,
      (id) => floors.get(id) ?? 0,
    );
    if (found.kind !== 'spare' && found.kind !== 'halve') {
      return { kind: found.kind, dealt: [], draining: [] };
    }
    const welcomed = await (found.kind === 'spare'
      ? this.welcomeWithSpare(tx, plan, found.segment.id, clusterId)
      : this.welcomeWithHalf(tx, plan, found.segment.id));
    if (welcomed.dealt.length > 0) await this.vpcs.advance(tx, plan);
    return welcomed;
  }

  private async welcomeWithSpare(
    tx: Transaction,
    plan: VpcPlan,
    segmentId: string,
    clusterId: string,
  ): Promise<Welcomed> {
    const { subnet, segment } = locate(plan, segmentId);
    const block = { ...segment.block, prefix: plan.policy.segment };
    const deal = { block, subnet: subnet.block, segmentId, clusterId };
    return { kind: 'spare', dealt: await this.deals.dealSpares(tx, plan, [deal]), draining: [] };
  }

  private async welcomeWithHalf(tx: Transaction, plan: VpcPlan, segmentId: string): Promise<Welcomed> {
    const dealt = await this.deals.halve(tx, plan, locate(plan, segmentId).segment);
    if (!dealt) return { kind: 'next_subnet', dealt: [], draining: [] };
    return { kind: 'halve', dealt, draining: [segmentId] };
  }

  /** Takes the addresses of a VPC back from a cluster that leaves its IDC. Throws `vpc_not_found`. */
  retireCluster(vpcId: string, clusterId: string): Promise<Retired> {
    return this.database.transaction((tx) => this.retireClusterIn(tx, vpcId, clusterId));
  }

  async retireClusterIn(tx: Transaction, vpcId: string, clusterId: string): Promise<Retired> {
    await this.plans.lock(tx, vpcId);
    return this.takeBackIn(tx, vpcId, (segment) => segment.clusterId === clusterId);
  }

  /** Takes back the segments that are meant, all of them. The caller holds the lock of the VPC. */
  async takeBackIn(
    tx: Transaction,
    vpcId: string,
    isMeant: (segment: SegmentRow) => boolean,
  ): Promise<Retired> {
    const retired: Retired = { givenBack: [], draining: [], stillHeld: 0 };
    // Read again after each change: what is given back may be joined with its neighbour.
    for (;;) {
      const plan = await this.plans.get(tx, vpcId);
      const own = plan.subnets.flatMap(({ segments }) => segments).filter(isMeant);
      const unused = await this.firstUnused(tx, own);
      if (!unused) return this.drainAll(tx, plan, own, retired);
      await this.deals.giveBack(tx, plan, unused);
      retired.givenBack.push(unused.id);
    }
  }

  /** A segment that was dealt but not built, and of which no address is promised; locked. */
  private async firstUnused(tx: Transaction, segments: readonly SegmentRow[]): Promise<SegmentRow | null> {
    for (const { id } of segments.filter(({ state }) => state === 'reserved')) {
      const segment = await this.segments.lock(tx, id);
      if (segment && isEmpty(segment)) return segment;
    }
    return null;
  }

  private async drainAll(
    tx: Transaction,
    plan: VpcPlan,
    own: readonly SegmentRow[],
    retired: Retired,
  ): Promise<Retired> {
    for (const { id, state } of own) {
      const segment = await this.segments.lock(tx, id);
      if (!segment) continue;
      retired.stillHeld += segment.held - segment.infra;
      if (!mayBecome(state, 'draining')) continue;
      await this.segments.setState(tx, id, 'draining');
      retired.draining.push(id);
    }
    if (own.length + retired.givenBack.length > 0) await this.vpcs.advance(tx, plan);
    return retired;
  }

  /** Changes a segment under the lock of its VPC, then of its row; being there already is no error. */
  private async changeIn(
    tx: Transaction,
    segmentId: string,
    to: SegmentState,
    work: (plan: VpcPlan, segment: SegmentRow) => Promise<void>,
  ): Promise<void> {
    const seen = await this.segments.find(tx, segmentId);
    if (!seen) throw notFound('segment', segmentId);
    const plan = await this.plans.lock(tx, seen.vpcId);
    const segment = await this.segments.lock(tx, segmentId);
    if (!segment) throw notFound('segment', segmentId);
    if (segment.state === to) return;
    if (!mayBecome(segment.state, to)) throw stateConflict(segment, to);
    await work(plan, segment);
    await this.vpcs.advance(tx, plan);
  }
}

function locate(plan: VpcPlan, segmentId: string) {
  for (const subnet of plan.subnets) {
    const segment = subnet.segments.find(({ id }) => id === segmentId);
    if (segment) return { subnet, segment };
  }
  throw new RangeError(`VPC ${plan.id} has no segment ${segmentId}`);
}

function stateConflict({ id, state }: SegmentRow, to: SegmentState): Fault {
  return new Fault({
    code: 'segment_state_conflict',
    category: 'conflict',
    detail: `Segment ${id} is ${state} and cannot become ${to}.`,
    extra: { segment_state: state },
  });
}

function inUse({ id, held, infra }: SegmentRow): Fault {
  return new Fault({
    code: 'segment_in_use',
    category: 'conflict',
    detail: `${held - infra} addresses of segment ${id} are held by servers or are still cooling.`,
    retryable: true,
    extra: { held: held - infra },
  });
}
