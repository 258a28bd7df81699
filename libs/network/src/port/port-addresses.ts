import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ADDRESS_PLAN_CONFIG, type AddressPlanConfig } from '../address-plan/address-plan.config.js';
import { reservationLost } from '../address-plan/address/address.faults.js';
import { AddressRepository } from '../address-plan/address/address.repository.js';
import { parseAddress } from '../address-plan/block/block.js';
import type { Port } from './port.entity.js';

type Held = Pick<Port, 'reservationId' | 'fixedIps'>;

/** The address of a port in the plan, from being reserved until it may be handed out again. */
@Injectable()
export class PortAddresses {
  constructor(
    @Inject(AddressRepository) private readonly addresses: AddressRepository,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  /** Makes sure that the address stays the port's until its cluster was told of it. Throws `address_reservation_lost`. */
  async keep(tx: Transaction, { reservationId }: Held): Promise<void> {
    if (reservationId === null) return;
    const held = await this.addresses.ofReservations(tx, [reservationId]);
    if (held.length === 0) throw reservationLost();
    await this.addresses.renew(tx, [reservationId], this.config.reservationS);
  }

  /** The cluster has the port. Throws `address_reservation_lost`. */
  async bind(tx: Transaction, { reservationId, fixedIps }: Held, openstackId: string): Promise<void> {
    if (reservationId === null) return;
    const bindings = fixedIps.map(({ ip_address }) => ({
      reservationId,
      portId: openstackId,
      ...parseAddress(ip_address, '/fixed_ips'),
    }));
    if ((await this.addresses.bind(tx, bindings)) !== bindings.length) throw reservationLost();
  }

  /** The cluster says that the port is gone, or was never there: its address cools before it is free. */
  async release(tx: Transaction, { reservationId }: Held): Promise<void> {
    if (reservationId !== null) await this.addresses.cool(tx, [reservationId], this.config.coolingS);
  }
}
