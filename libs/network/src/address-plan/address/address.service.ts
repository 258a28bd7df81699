import { Inject, Injectable } from '@nestjs/common';
import { BatchWriter } from '@ultron/platform/database/batch-writer';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { parseAddress, toBytes } from '../block/block.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { AddressAllocation } from './address-allocation.js';
import { reservationLost } from './address.faults.js';
import { AddressRepository, type HeldAddress } from './address.repository.js';
import type { Allocation, AllocationRequest, PortBinding } from './address.types.js';

/** Requests of one flush, and rows of one pass that frees addresses. */
const MOST_REQUESTS = 128;
const MOST_ROWS = 1_000;

/** Addresses from being handed out until they are free again. */
@Injectable()
export class AddressService {
  private readonly writer: BatchWriter<AllocationRequest, Allocation>;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AddressAllocation) allocation: AddressAllocation,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {
    this.writer = new BatchWriter({
      flush: (requests) => database.transaction((tx) => allocation.allocate(tx, requests)),
      maxItems: MOST_REQUESTS,
    });
  }

  /**
   * Reserves exact addresses. Calls of the same moment share a transaction, since those for one cluster would only wait
   * for each other.
   * @throws Fault `cluster_addresses_exhausted`, `fixed_address_outside`, `fixed_address_taken`, `address_count_invalid`
   */
  allocate(request: AllocationRequest): Promise<Allocation> {
    return this.writer.write(request);
  }

  /** Reserved addresses now have these ports: all of them, or none. Throws `address_reservation_lost`. */
  async confirm(bindings: readonly PortBinding[]): Promise<void> {
    if (bindings.length === 0) return;
    const parsed = bindings.map((one) => ({ ...one, ...parseAddress(one.address, '/address') }));
    await this.database.transaction(async (tx) => {
      if ((await this.addresses.bind(tx, parsed)) !== parsed.length) throw reservationLost();
    });
  }

  /** Holds reservations longer; returns how many addresses they still hold reserved. */
  renew(reservationIds: readonly string[]): Promise<number> {
    if (reservationIds.length === 0) return Promise.resolve(0);
    return this.database.transaction((tx) =>
      this.addresses.renew(tx, reservationIds, this.config.reservationS),
    );
  }

  /** Ports are gone: their addresses cool. With addresses, only these of the reservations. Returns how many. */
  release(reservationIds: readonly string[], addresses: readonly string[] = []): Promise<number> {
    if (reservationIds.length === 0) return Promise.resolve(0);
    const only = addresses.map((text) => {
      const { family, address } = parseAddress(text, '/address');
      return toBytes(family, address);
    });
    return this.database.transaction((tx) =>
      this.addresses.cool(tx, reservationIds, this.config.coolingS, only),
    );
  }

  /** No cluster was ever told of what is still reserved: it is free at once. Returns how many addresses. */
  giveBackUnused(reservationIds: readonly string[]): Promise<number> {
    if (reservationIds.length === 0) return Promise.resolve(0);
    return this.database.transaction(async (tx) =>
      this.free(tx, await this.addresses.lockReserved(tx, reservationIds)),
    );
  }

  /** Lets lapsed reservations cool and frees what has cooled, a bounded number at a time. */
  async expire(limit = MOST_ROWS): Promise<{ lapsed: number; freed: number }> {
    // A task that died may have made its port: the addresses cool before they are handed out again.
    const lapsed = await this.database.transaction((tx) =>
      this.addresses.coolLapsed(tx, this.config.coolingS, limit),
    );
    const freed = await this.database.transaction(async (tx) =>
      this.free(tx, await this.addresses.lockCooled(tx, limit)),
    );
    return { lapsed, freed };
  }

  private async free(tx: Transaction, held: readonly HeldAddress[]): Promise<number> {
    const counts = new Map<string, number>();
    for (const { segmentId } of held) counts.set(segmentId, (counts.get(segmentId) ?? 0) - 1);
    await this.segments.lockMany(tx, [...counts.keys()]);
    await this.addresses.free(tx, held);
    await this.segments.addHeld(tx, counts);
    return held.length;
  }
}
