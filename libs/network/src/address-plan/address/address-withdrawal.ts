import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { holds, parseAddress } from '../block/block.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { AddressRepository } from './address.repository.js';
import { AddressWithdrawalRepository } from './address-withdrawal.repository.js';
import type { AddressPurpose } from './address.state.js';

/** A port that is in a cluster and not the plan's own: made by hand, a VIP, a router's, a DHCP agent's. */
export interface Withdrawal {
  vpcId: string;
  clusterId: string;
  address: string;
  purpose: AddressPurpose;
  /** The port as the cluster knows it. */
  portId: string;
}

/**
 * What became of it. `held`: a reservation or one of our own ports has the address; `outside`: it is in no segment that
 * the cluster has; `own`: the plan itself keeps it for the network.
 */
export type Withdrawn = 'taken_out' | 'already' | 'held' | 'own' | 'outside';

/** An address of a port that Ultron did not make and that is a project's from now on. */
export interface Adopted extends Omit<Withdrawal, 'purpose'> {
  /** Under which the port holds its addresses. */
  reservationId: string;
}

/** Where in the plan an address is. */
export interface PlanPlace {
  subnetId: string;
  segmentId: string;
}

/**
 * Takes addresses out of the plan that ports of others use, and gives them back when those are gone; also makes them
 * the ports' own when those are adopted.
 */
@Injectable()
export class AddressWithdrawal {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(AddressWithdrawalRepository) private readonly withdrawn: AddressWithdrawalRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  takeOut(withdrawal: Withdrawal): Promise<Withdrawn> {
    return this.database.transaction((tx) => this.takeOutIn(tx, withdrawal));
  }

  /** Nobody is handed the address from now on. Never throws for what is found: it is told in the answer. */
  async takeOutIn(tx: Transaction, withdrawal: Withdrawal): Promise<Withdrawn> {
    const found = await this.lockIn(tx, withdrawal);
    if (!found) return 'outside';
    const { segment, held, row } = found;
    if (held?.state === 'infra') return held.purpose === null ? 'own' : 'already';
    if (held && held.state !== 'cooling') return 'held';
    const { purpose, portId } = withdrawal;
    if (held) await this.withdrawn.withdrawCooling(tx, row, purpose, portId);
    else {
      await this.withdrawn.withdraw(tx, row, purpose, portId);
      await this.segments.addHeld(tx, new Map([[segment.id, 1]]));
    }
    return 'taken_out';
  }

  /**
   * The address is the adopted port's, as if the plan had handed it out: what is free, cooling, or was taken out because
   * of this port. Null when it is not: it is in no segment of the cluster, the network's own, or another's.
   */
  async handToIn(tx: Transaction, adopted: Adopted): Promise<PlanPlace | null> {
    const found = await this.lockIn(tx, adopted);
    if (!found) return null;
    const { segment, held } = found;
    const row = { ...found.row, reservationId: adopted.reservationId };
    if (held && held.state !== 'cooling' && held.purpose !== 'foreign') return null;
    if (held) await this.withdrawn.bindHeld(tx, row, adopted.portId);
    else {
      await this.withdrawn.insertBound(tx, row, adopted.portId);
      await this.segments.addHeld(tx, new Map([[segment.id, 1]]));
    }
    return { subnetId: segment.subnetId, segmentId: segment.id };
  }

  /** The port is nobody's again and stays in its cluster: nobody is handed its addresses. Returns how many they are. */
  async giveUpIn(tx: Transaction, reservationId: string): Promise<number> {
    return this.withdrawn.withdrawBound(tx, reservationId, 'foreign');
  }

  /** The segment of the cluster that holds the address, locked, and what the plan says of the address. */
  private async lockIn(tx: Transaction, one: Pick<Withdrawal, 'vpcId' | 'clusterId' | 'address'>) {
    const { family, address } = parseAddress(one.address, '/address');
    for (;;) {
      const seen = await this.segments.holding(tx, one, family, address);
      const segment = seen && (await this.segments.lock(tx, seen));
      if (!segment || segment.clusterId !== one.clusterId) return null;
      // It was cut in two between being found and being locked.
      if (!holds(segment.block, address)) continue;
      const { scopeId } = segment;
      const held = await this.addresses.lockOne(tx, scopeId, family, address);
      return {
        segment,
        held,
        row: { scopeId, segmentId: segment.id, family, address, reservationId: newId() },
      };
    }
  }

  putBack(address: { vpcId: string; address: string }): Promise<boolean> {
    return this.database.transaction((tx) => this.putBackIn(tx, address));
  }

  /** The port is gone: the address cools, and is then free. False when it was not taken out. */
  async putBackIn(tx: Transaction, one: { vpcId: string; address: string }): Promise<boolean> {
    const { family, address } = parseAddress(one.address, '/address');
    return this.withdrawn.putBack(tx, one.vpcId, family, address, this.config.coolingS);
  }

  /** What is taken out of the segments of a cluster, so that it can be compared with what the cluster has. */
  takenOut(
    tx: Transaction,
    clusterId: string,
  ): Promise<{ vpcId: string; address: string; purpose: AddressPurpose; portId: string }[]> {
    return this.withdrawn.takenOut(tx, clusterId);
  }
}
