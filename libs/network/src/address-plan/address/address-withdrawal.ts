import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan.config.js';
import { holds, parseAddress } from '../block/block.js';
import { SegmentRepository } from '../segment/segment.repository.js';
import { AddressRepository } from './address.repository.js';
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

/** Takes addresses out of the plan that ports of others use, and gives them back when those are gone. */
@Injectable()
export class AddressWithdrawal {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  takeOut(withdrawal: Withdrawal): Promise<Withdrawn> {
    return this.database.transaction((tx) => this.takeOutIn(tx, withdrawal));
  }

  /** Nobody is handed the address from now on. Never throws for what is found: it is told in the answer. */
  async takeOutIn(tx: Transaction, withdrawal: Withdrawal): Promise<Withdrawn> {
    const { family, address } = parseAddress(withdrawal.address, '/address');
    const seen = await this.segments.holding(tx, withdrawal, family, address);
    const segment = seen && (await this.segments.lock(tx, seen));
    if (!segment || segment.clusterId !== withdrawal.clusterId) return 'outside';
    // It was cut in two between being found and being locked.
    if (!holds(segment.block, address)) return this.takeOutIn(tx, withdrawal);
    const { scopeId } = segment;
    const held = await this.addresses.lockOne(tx, scopeId, family, address);
    if (held?.state === 'infra') return held.purpose === null ? 'own' : 'already';
    if (held && held.state !== 'cooling') return 'held';
    const row = { scopeId, segmentId: segment.id, family, address, reservationId: newId() };
    const { purpose, portId } = withdrawal;
    if (held) await this.addresses.withdrawCooling(tx, row, purpose, portId);
    else {
      await this.addresses.withdraw(tx, row, purpose, portId);
      await this.segments.addHeld(tx, new Map([[segment.id, 1]]));
    }
    return 'taken_out';
  }

  putBack(address: { vpcId: string; address: string }): Promise<boolean> {
    return this.database.transaction((tx) => this.putBackIn(tx, address));
  }

  /** The port is gone: the address cools, and is then free. False when it was not taken out. */
  async putBackIn(tx: Transaction, one: { vpcId: string; address: string }): Promise<boolean> {
    const { family, address } = parseAddress(one.address, '/address');
    return this.addresses.putBack(tx, one.vpcId, family, address, this.config.coolingS);
  }

  /** What is taken out of the segments of a cluster, so that it can be compared with what the cluster has. */
  takenOut(
    tx: Transaction,
    clusterId: string,
  ): Promise<{ vpcId: string; address: string; purpose: AddressPurpose; portId: string }[]> {
    return this.addresses.takenOut(tx, clusterId);
  }
}
