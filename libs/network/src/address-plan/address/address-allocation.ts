import { Inject, Injectable } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import type { BatchOutcome } from '@ultron/platform/database/batch-writer';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { formatAddress } from '../block/block.js';
import { freeIn } from '../plan.facts.js';
import { SegmentRepository, type SegmentRow } from '../segment/segment.repository.js';
import type { SegmentState } from '../segment/segment.state.js';
import { AddressQuotas } from '../quota/address-quotas.js';
import { floorOf } from '../supplement/floor.rules.js';
import { rateOf } from '../usage/rate.rules.js';
import { AddressRepository, type HeldAddress, type NewAddress } from './address.repository.js';
import type { Allocation, AllocationRequest } from './address.types.js';
import { checkRequest, neededSegments, pickFor, shown, type Picked } from './pick.rules.js';

type Open = SegmentRow & { dealtAt: Date };
type Held = HeldAddress & { subnetId: string; segmentState: SegmentState };

/** The requests for one cluster of one VPC, and its active segments. */
interface Group {
  requests: AllocationRequest[];
  open: Open[];
  taken: Set<bigint>;
}

/**
 * Hands out addresses to many requests with six statements, however many addresses they are. Requests do not fail each
 * other. The transaction is the caller's, so that addresses can be reserved together with what they are for.
 */
@Injectable()
export class AddressAllocation {
  constructor(
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(AddressQuotas) private readonly quotas: AddressQuotas,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** The outcomes stand in the order of the requests; an error is a Fault of `pickFor` or `checkRequest`. */
  async allocate(
    tx: Transaction,
    requests: readonly AllocationRequest[],
  ): Promise<BatchOutcome<Allocation>[]> {
    const groups = await this.lockGroups(tx, requests);
    const before = await this.addresses.ofReservations(
      tx,
      requests.map(({ reservationId }) => reservationId),
    );
    const held = heldBefore(before);
    await this.readTaken(tx, groups, held);
    const quota = await this.quotas.leftFor(
      tx,
      requests.map(({ vpcId }) => vpcId),
    );
    const picked: { request: AllocationRequest; picks: Picked<Open>[] }[] = [];
    const outcomes = requests.map((request): BatchOutcome<Allocation> => {
      const group = groupOf(groups, request);
      const own = held.get(request.reservationId);
      if (own) return { ok: true, result: again(request, own, group) };
      return outcomeOf(() => {
        checkRequest(request);
        const picks = pickFor(quota.allowed(request), group.open, group.taken, this.lowWaterOf(group));
        quota.taken(request, picks.length);
        picked.push({ request, picks });
        return { reservationId: request.reservationId, addresses: picks.map(shown), left: leftIn(group) };
      });
    });
    await this.write(tx, picked);
    return outcomes;
  }

  private lowWaterOf({ open }: Group): number {
    const { floor, rateWindowS } = this.config;
    return floorOf({ clusterId: '', eligible: true, ratePerSecond: rateOf(open, rateWindowS) }, floor);
  }

  private async lockGroups(
    tx: Transaction,
    requests: readonly AllocationRequest[],
  ): Promise<Map<string, Group>> {
    const groups = new Map<string, Group>();
    for (const request of requests) {
      const group = groups.get(keyOf(request)) ?? { requests: [], open: [], taken: new Set() };
      groups.set(keyOf(request), group);
      group.requests.push(request);
    }
    const owners = [...groups.values()].flatMap(({ requests: [first, ...others] }) =>
      first ? [{ ...first, coming: [first, ...others].some(({ coming }) => coming) }] : [],
    );
    for (const segment of await this.segments.lockOpen(tx, owners)) {
      const { vpcId, clusterId, dealtAt } = segment;
      if (clusterId === null || dealtAt === null) continue;
      groups.get(keyOf({ vpcId, clusterId }))?.open.push({ ...segment, dealtAt });
    }
    return groups;
  }

  private async readTaken(
    tx: Transaction,
    groups: ReadonlyMap<string, Group>,
    held: ReadonlyMap<string, Held[]>,
  ): Promise<void> {
    const all = [...groups.values()];
    const needed = all.map(({ requests, open }) =>
      neededSegments(
        requests.filter((request) => !held.has(request.reservationId) && isSound(request)),
        open,
      ),
    );
    const taken = await this.addresses.heldIn(tx, needed.flat());
    all.forEach((group, i) => {
      const scopeId = needed[i]?.[0]?.scopeId;
      for (const one of taken) if (one.scopeId === scopeId) group.taken.add(one.address);
    });
  }

  private async write(
    tx: Transaction,
    picked: readonly { request: AllocationRequest; picks: Picked<Open>[] }[],
  ): Promise<void> {
    const rows = picked.flatMap(({ request, picks }) => picks.map((pick) => newAddress(request, pick)));
    const counts = new Map<string, number>();
    for (const { segmentId } of rows) counts.set(segmentId, (counts.get(segmentId) ?? 0) + 1);
    await this.addresses.reserve(tx, rows, this.config.reservationS);
    await this.segments.addUsed(tx, counts, this.config.rateWindowS);
  }
}

function keyOf({ vpcId, clusterId }: { vpcId: string; clusterId: string }): string {
  return `${vpcId} ${clusterId}`;
}

function groupOf(groups: ReadonlyMap<string, Group>, request: AllocationRequest): Group {
  const group = groups.get(keyOf(request));
  if (!group) throw new RangeError('every request has its group');
  return group;
}

function heldBefore(rows: readonly Held[]): Map<string, Held[]> {
  return Map.groupBy(rows, ({ reservationId }) => reservationId);
}

/** What the reservation holds, for one who asks a second time. */
function again(request: AllocationRequest, own: readonly Held[], group: Group): Allocation {
  const named = request.fixed ?? [];
  const addresses = own
    .map(({ family, address, segmentId, subnetId, segmentState }) => ({
      address: formatAddress(family, address),
      segmentId,
      subnetId,
      segmentState,
    }))
    .toSorted((a, b) => named.indexOf(a.address) - named.indexOf(b.address));
  return { reservationId: request.reservationId, addresses, left: leftIn(group) };
}

function leftIn({ open }: Group): number {
  return open.reduce((sum, one) => sum + (one.state === 'active' ? freeIn(one) : 0), 0);
}

function newAddress({ reservationId }: AllocationRequest, { segment, address }: Picked<Open>): NewAddress {
  const { id: segmentId, scopeId, block } = segment;
  return { scopeId, segmentId, family: block.family, address, reservationId };
}

function isSound(request: AllocationRequest): boolean {
  return outcomeOf(() => checkRequest(request)).ok;
}

/** A Fault is the answer to one request; anything else is everybody's error. */
function outcomeOf<T>(work: () => T): BatchOutcome<T> {
  try {
    return { ok: true, result: work() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, error };
  }
}
