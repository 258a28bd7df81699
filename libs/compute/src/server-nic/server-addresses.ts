import { Inject, Injectable } from '@nestjs/common';
import type {
  Assignment,
  Explain,
  NeededAddresses,
  PlacementRequest,
} from '@ultron/cluster/scheduler/placement';
import { Fault, type FieldFault } from '@ultron/kernel/fault';
import { newId } from '@ultron/kernel/id';
import { AddressAllocation } from '@ultron/network/address-plan/address/address-allocation';
import type { AllocationRequest } from '@ultron/network/address-plan/address/address.types';
import { SegmentLockRepository } from '@ultron/network/address-plan/segment/segment-lock.repository';
import { PlanRoomService, type FoundRoom } from '@ultron/network/address-plan/usage/plan-room.service';
import type { PlanOrigin } from '@ultron/network/realisation/segment-tasks';
import type { BatchOutcome } from '@ultron/platform/database/batch-writer';
import type { Allocation } from '@ultron/network/address-plan/address/address.types';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskRef } from '@ultron/tasks/task/task.types';
import { AddressReplenishment, type Shortage } from './address-replenishment.js';
import { isVpcNic, pinsOf, type ResolvedNic, type VpcNic } from './nic-request.rules.js';
import type { NewServerNic } from './server-nic.repository.js';

/** Servers that are to have the same networks, and for whom. */
export interface NicWish {
  serverIds: readonly string[];
  nics: readonly ResolvedNic[];
  preemptible: boolean;
  origin: PlanOrigin;
}

/** What the scheduler is told of the addresses of one wish. */
export type AddressPart = Pick<PlacementRequest, 'addresses' | 'pins' | 'preemptible'>;

/** What is known of the plan while its segments are locked. */
export interface OpenedAddresses {
  /** In the order of the wishes. */
  parts: AddressPart[];
  /** Supplements that were begun: to be rung after the commit. */
  ring: TaskRef[];
}

/** A batch needs more addresses than its clusters have: it is written anew, beginning with their supplement. */
export class NeedsAddresses extends Error {
  constructor(readonly shortages: readonly Shortage[]) {
    super('clusters need more addresses');
  }
}

/**
 * Clusters that lack addresses show only when servers are placed, but are given them before: the locks of VPCs come
 * first. So the work, a transaction, is begun anew with what was found to lack.
 */
export async function withSupplements<T>(work: (shortages: readonly Shortage[]) => Promise<T>): Promise<T> {
  let shortages: readonly Shortage[] = [];
  // It ends: whoever was given more once is not asked for again.
  for (;;) {
    try {
      return await work(shortages);
    } catch (error) {
      if (!(error instanceof NeedsAddresses)) throw error;
      shortages = [...shortages, ...error.shortages];
    }
  }
}

/**
 * Addresses of servers, in the transaction that accepts or moves them. The locks are taken in the order of the plan:
 * VPCs (only for a supplement), segments, and then the scheduler's; so its numbers hold when the addresses are taken.
 */
@Injectable()
export class ServerAddresses {
  constructor(
    @Inject(PlanRoomService) private readonly rooms: PlanRoomService,
    @Inject(SegmentLockRepository) private readonly locks: SegmentLockRepository,
    @Inject(AddressAllocation) private readonly allocation: AddressAllocation,
    @Inject(AddressReplenishment) private readonly replenishment: AddressReplenishment,
  ) {}

  /** Brings in what is known to lack, locks what hands out addresses, and says what there is. */
  async open(
    tx: Transaction,
    wishes: readonly NicWish[],
    shortages: readonly Shortage[] = [],
  ): Promise<OpenedAddresses> {
    const nics = wishes.flatMap((wish) => wish.nics.filter(isVpcNic));
    if (nics.length === 0) return { parts: wishes.map(partWithout), ring: [] };
    const ring = await this.replenishment.replenish(tx, shortages);
    await this.locks.lockHandingOut(tx, [...new Set(nics.map(({ vpc }) => vpc.id))]);
    const wanted = scopesOf(nics);
    const found = await this.rooms.roomsOf(tx, wanted);
    const rooms = new Map(found.flatMap((room, i) => (room ? [[keyOf(wanted[i]), room] as const] : [])));
    return { parts: wishes.map((wish) => partOf(wish, rooms, shortages)), ring };
  }

  /**
   * Takes the addresses of placed servers. In the order of the wishes: their networks, or the Fault of the first
   * address that could not be had. Nothing is undone: the transaction has to be.
   */
  async take(
    tx: Transaction,
    placed: readonly { wish: NicWish; assignments: readonly Assignment[] }[],
  ): Promise<(NewServerNic[] | Fault)[]> {
    const drafts = placed.map(({ wish, assignments }) => draftsOf(wish, assignments));
    const asked = drafts.flat().flatMap(({ request }) => (request ? [request] : []));
    const outcomes = asked.length > 0 ? await this.allocation.allocate(tx, asked) : [];
    const byReservation = new Map(asked.map(({ reservationId }, i) => [reservationId, outcomes[i]]));
    return drafts.map((own) => filled(own, byReservation));
  }
}

const keyOf = (scope: { vpcId: string; subnetId?: string | undefined } | undefined): string =>
  `${scope?.vpcId} ${scope?.subnetId ?? ''}`;

function scopesOf(nics: readonly VpcNic[]): { vpcId: string; subnetId?: string }[] {
  const scopes = nics.filter(({ fixed }) => fixed === null).map(scopeOf);
  return [...new Map(scopes.map((scope) => [keyOf(scope), scope])).values()];
}

const scopeOf = ({ vpc, subnetId }: VpcNic) => ({
  vpcId: vpc.id,
  ...(subnetId === null ? {} : { subnetId }),
});

const partWithout = ({ preemptible }: NicWish): AddressPart => (preemptible ? { preemptible } : {});

function partOf(
  wish: NicWish,
  rooms: ReadonlyMap<string, FoundRoom>,
  done: readonly Shortage[],
): AddressPart {
  const open = wish.nics.filter(isVpcNic).filter(({ fixed }) => fixed === null);
  const byScope = Map.groupBy(open, (nic) => keyOf(scopeOf(nic)));
  const addresses = [...byScope].map(([key, nics]) => neededOf(nics, rooms.get(key), done));
  const pins = pinsOf(wish.serverIds, wish.nics);
  return {
    ...partWithout(wish),
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(pins instanceof Map && pins.size > 0 ? { pins } : {}),
  };
}

function neededOf(
  nics: readonly VpcNic[],
  found: FoundRoom | undefined,
  done: readonly Shortage[],
): NeededAddresses {
  const [nic] = nics;
  if (!nic) throw new RangeError('a scope has a network');
  const scopes = [nic.vpc.id, ...(nic.subnetId === null ? [] : [nic.subnetId])];
  const clusters = (found?.rooms ?? []).map(({ idcId, clusterId, ...room }) => {
    // Whoever was just given more got all that there was for it.
    const given = done.some((one) => one.clusterId === clusterId && one.vpcId === nic.vpc.id);
    const replenishable = given ? 0 : room.replenishable;
    return [clusterId, { ...room, replenishable, stock: `${nic.vpc.id} ${idcId}` }] as const;
  });
  return { name: nic.name, scopes, perServer: nics.length, clusters: new Map(clusters) };
}

/**
 * What the clusters of placed requests are to be dealt, so that all of the chosen servers find their addresses: what
 * several requests of a batch want of the same is wanted once, together.
 */
export function shortagesOf(
  placed: readonly { wish: NicWish; part: AddressPart; explain: Explain }[],
): Shortage[] {
  const sums = new Map<string, Shortage>();
  for (const { wish, part, explain } of placed) {
    for (const needed of part.addresses ?? []) {
      const [vpcId = '', subnetId] = needed.scopes;
      for (const { cluster_id: clusterId, replenish } of explain.clusters) {
        const room = needed.clusters.get(clusterId);
        if (!replenish || !room) continue;
        const key = `${vpcId} ${subnetId ?? ''} ${clusterId}`;
        // Beyond what there is, however much of it others of the batch took: of another scope, it may be.
        const before = sums.get(key)?.need ?? room.free + room.coming;
        const need = before + replenish * needed.perServer;
        sums.set(key, { vpcId, subnetId, clusterId, origin: wish.origin, need });
      }
    }
  }
  return [...sums.values()];
}

interface Draft {
  nic: NewServerNic;
  request: AllocationRequest | null;
  /** Where the wish named the address. */
  pointer: string | null;
}

function draftsOf(wish: NicWish, assignments: readonly Assignment[]): Draft[] {
  return assignments.flatMap(({ serverId, clusterId }) => {
    const index = wish.serverIds.indexOf(serverId);
    return wish.nics.map((nic, position) => draftOf(wish, nic, { serverId, clusterId, index, position }));
  });
}

function draftOf(
  { preemptible }: NicWish,
  nic: ResolvedNic,
  at: { serverId: string; clusterId: string; index: number; position: number },
): Draft {
  const { serverId, position } = at;
  const none = { subnetId: null, subnetAsked: false, addressAsked: false };
  const empty = { ...none, address: null, segmentId: null, reservationId: null };
  if (!isVpcNic(nic)) {
    const logical = { serverId, position, networkId: nic.network.id, vpcId: null, ...empty };
    return { nic: logical, request: null, pointer: null };
  }
  const reservationId = newId();
  const fixed = nic.fixed?.[at.index]?.address;
  const request: AllocationRequest = {
    reservationId,
    vpcId: nic.vpc.id,
    clusterId: at.clusterId,
    count: 1,
    ...(nic.subnetId === null ? {} : { subnetId: nic.subnetId }),
    ...(fixed === undefined ? {} : { fixed: [fixed] }),
    ...(preemptible ? { preemptible } : { coming: true }),
  };
  const row = {
    ...empty,
    ...{ serverId, position, networkId: null, vpcId: nic.vpc.id, subnetId: nic.subnetId, reservationId },
    ...{ subnetAsked: nic.subnetId !== null, addressAsked: fixed !== undefined },
  };
  return {
    nic: row,
    request,
    pointer: fixed === undefined ? null : `/networks/${position}/fixed_ips/${at.index}`,
  };
}

function filled(
  drafts: readonly Draft[],
  outcomes: ReadonlyMap<string, BatchOutcome<Allocation> | undefined>,
): NewServerNic[] | Fault {
  const faults: { fault: Fault; pointer: string | null }[] = [];
  const nics = drafts.map(({ nic, request, pointer }) => {
    const outcome = request && outcomes.get(request.reservationId);
    if (!outcome) return nic;
    if (!outcome.ok) {
      if (!(outcome.error instanceof Fault)) throw outcome.error;
      faults.push({ fault: outcome.error, pointer });
      return nic;
    }
    const [address] = outcome.result.addresses;
    return address
      ? { ...nic, address: address.address, segmentId: address.segmentId, subnetId: address.subnetId }
      : nic;
  });
  return faults.length > 0 ? joined(faults) : nics;
}

/** One fault for all the addresses of a request that cannot be had, each at its field. */
function joined(faults: readonly { fault: Fault; pointer: string | null }[]): Fault {
  const [first] = faults;
  if (!first) throw new RangeError('no fault to join');
  const fields: FieldFault[] = faults.flatMap(({ fault, pointer }) =>
    pointer === null ? [] : [{ pointer, detail: fault.message }],
  );
  const { fault } = first;
  if (fields.length === 0) return fault;
  const detail = fields.length === 1 ? fault.message : `${fields.length} addresses cannot be had.`;
  const { code, category, retryable, extra } = fault;
  return new Fault({ code, category, retryable, detail, fields, extra });
}
