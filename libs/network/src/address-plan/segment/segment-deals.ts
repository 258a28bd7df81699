import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { AddressRepository, type NewAddress } from '../address/address.repository.js';
import { buddyOf, formatBlock, halvesOf, sameBlock, type Block } from '../block/block.js';
import { mergeBuddies } from '../block/buddy.rules.js';
import { largestSegment } from '../pool/pool.rules.js';
import type { PieceDeal } from '../supplement/share-out.rules.js';
import type { DealtSegment } from '../supplement/supplement.outcome.js';
import { subnetOf, type VpcPlan } from '../vpc/vpc-plan.repository.js';
import { infraOf } from './infra.rules.js';
import { SegmentRepository, type NewSegment, type SegmentRow } from './segment.repository.js';

/** A part of a subnet, and the cluster that gets it; null: it stays spare. */
export interface Part {
  block: Block;
  clusterId: string | null;
}

interface SubnetBlock {
  id: string;
  block: Block;
}

/** Writes who has which segment. Its callers hold the lock of the VPC. */
@Injectable()
export class SegmentDeals {
  constructor(
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
  ) {}

  /** Records parts of a subnet that have no row yet; returns those that a cluster got. */
  async record(
    tx: Transaction,
    plan: VpcPlan,
    subnet: SubnetBlock,
    parts: readonly Part[],
  ): Promise<DealtSegment[]> {
    const rows = parts.map((part) => newSegment(plan, subnet, part));
    await this.segments.insert(tx, rows);
    await this.addresses.holdInfra(
      tx,
      rows.filter(({ infra }) => infra > 0).flatMap((row) => infraRows(plan, subnet, row)),
    );
    return rows.flatMap(({ id, clusterId, block }) =>
      clusterId === null ? [] : [{ segmentId: id, subnetId: subnet.id, clusterId, cidr: formatBlock(block) }],
    );
  }

  /** Deals spare segments, or halves of them. */
  async dealSpares(tx: Transaction, plan: VpcPlan, deals: readonly PieceDeal[]): Promise<DealtSegment[]> {
    const dealt: DealtSegment[] = [];
    for (const subnet of plan.subnets) {
      for (const segment of subnet.segments) {
        const own = deals.filter(({ segmentId }) => segmentId === segment.id);
        if (own.length === 0) continue;
        await this.segments.delete(tx, [segment.id]);
        dealt.push(...(await this.record(tx, plan, subnet, [...own, ...restOf(segment.block, own)])));
      }
    }
    return dealt;
  }

  /** Makes the segment spare, joined with its buddy if that is spare too. Nothing but infra is held in it. */
  async giveBack(tx: Transaction, plan: VpcPlan, segment: SegmentRow): Promise<void> {
    const subnet = subnetOf(plan, segment.subnetId);
    const spares = subnet.segments.filter(({ state }) => state === 'spare');
    const before = [...spares.map(({ block }) => block), segment.block];
    const after = mergeBuddies(before, largestSegment(plan.policy));
    const gone = spares.filter(({ block }) => !after.some((one) => sameBlock(one, block)));
    await this.addresses.freeInfra(tx, segment.id, plan.scopeId, segment.block);
    await this.segments.delete(tx, [segment.id, ...gone.map(({ id }) => id)]);
    const added = after.filter((one) => !spares.some(({ block }) => sameBlock(one, block)));
    await this.record(tx, plan, subnet, added.map(spare));
  }

  /**
   * Lets the cluster keep the lower half of an empty segment, to be built anew, and drains the upper one. False when the
   * segment is no longer active and empty.
   */
  async halve(tx: Transaction, plan: VpcPlan, segment: SegmentRow): Promise<DealtSegment[] | null> {
    if (!(await this.segments.drainEmpty(tx, segment.id))) return null;
    const subnet = subnetOf(plan, segment.subnetId);
    const [low, high] = halvesOf(segment.block);
    await this.addresses.freeInfra(tx, segment.id, plan.scopeId, segment.block);
    const upper = {
      ...newSegment(plan, subnet, { block: high, clusterId: segment.clusterId }),
      id: segment.id,
    };
    await this.segments.resize(tx, segment.id, high, upper.infra);
    await this.addresses.holdInfra(tx, infraRows(plan, subnet, upper));
    return this.record(tx, plan, subnet, [{ block: low, clusterId: segment.clusterId }]);
  }
}

/** The other half of a block of which only one half was dealt. */
function restOf(block: Block, dealt: readonly PieceDeal[]): Part[] {
  const [only] = dealt;
  return dealt.length === 1 && only && !sameBlock(only.block, block) ? [spare(buddyOf(only.block))] : [];
}

function spare(block: Block): Part {
  return { block, clusterId: null };
}

function newSegment(plan: VpcPlan, subnet: SubnetBlock, { block, clusterId }: Part): NewSegment {
  const infra = clusterId === null ? 0 : infraOf(plan.infra, subnet.block, block).length;
  return {
    id: newId(),
    scopeId: plan.scopeId,
    vpcId: plan.id,
    subnetId: subnet.id,
    block,
    state: clusterId === null ? 'spare' : 'reserved',
    clusterId,
    held: infra,
    infra,
  };
}

function infraRows(plan: VpcPlan, subnet: SubnetBlock, segment: NewSegment): NewAddress[] {
  return infraOf(plan.infra, subnet.block, segment.block).map(({ address }) => ({
    scopeId: plan.scopeId,
    segmentId: segment.id,
    family: plan.family,
    address,
    reservationId: null,
  }));
}
