import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { toBytes, type Family } from '../block/block.js';
import { type NewAddress, shownAddress } from './address.repository.js';
import type { AddressPurpose } from './address.state.js';

/** Addresses that ports have to which the plan did not hand them out. */
@Injectable()
export class AddressWithdrawalRepository {
  /** Takes a free address out; the caller counts it in its segment. */
  async withdraw(tx: Transaction, one: NewAddress, purpose: AddressPurpose, portId: string): Promise<void> {
    await change(
      tx,
      `INSERT INTO address (scope_id, address, segment_id, reservation_id, state, purpose, port_id)
       VALUES (?, ?, ?, ?, 'infra', ?, ?)`,
      [one.scopeId, toBytes(one.family, one.address), one.segmentId, one.reservationId, purpose, portId],
    );
  }

  /** Takes out an address that was cooling. */
  async withdrawCooling(
    tx: Transaction,
    one: NewAddress,
    purpose: AddressPurpose,
    portId: string,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE address SET state = 'infra', purpose = ?, port_id = ?, reservation_id = ?, expires_at = NULL
        WHERE scope_id = ? AND address = ? AND state = 'cooling'`,
      [purpose, portId, one.reservationId, one.scopeId, toBytes(one.family, one.address)],
    );
  }

  /** A free address is the port's; the caller counts it in its segment. */
  async insertBound(tx: Transaction, one: NewAddress, portId: string): Promise<void> {
    await change(
      tx,
      `INSERT INTO address (scope_id, address, segment_id, reservation_id, state, port_id)
       VALUES (?, ?, ?, ?, 'bound', ?)`,
      [one.scopeId, toBytes(one.family, one.address), one.segmentId, one.reservationId, portId],
    );
  }

  /** An address that was cooling, or had been taken out, is the port's. */
  async bindHeld(tx: Transaction, one: NewAddress, portId: string): Promise<void> {
    await change(
      tx,
      `UPDATE address SET state = 'bound', purpose = NULL, port_id = ?, reservation_id = ?, expires_at = NULL
        WHERE scope_id = ? AND address = ? AND (state = 'cooling' OR state = 'infra' AND purpose IS NOT NULL)`,
      [portId, one.reservationId, one.scopeId, toBytes(one.family, one.address)],
    );
  }

  /** What ports have under the reservation is taken out: they are not ours any more. */
  async withdrawBound(tx: Transaction, reservationId: string, purpose: AddressPurpose): Promise<number> {
    return change(
      tx,
      `UPDATE address SET state = 'infra', purpose = ? WHERE reservation_id = ? AND state = 'bound'`,
      [purpose, reservationId],
    );
  }

  async putBack(
    tx: Transaction,
    vpcId: string,
    family: Family,
    address: bigint,
    coolingS: number,
  ): Promise<boolean> {
    const changed = await change(
      tx,
      `UPDATE address SET state = 'cooling', purpose = NULL, expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
        WHERE scope_id = (SELECT pool_id FROM vpc WHERE id = ?) AND address = ?
          AND state = 'infra' AND purpose IS NOT NULL`,
      [coolingS, vpcId, toBytes(family, address)],
    );
    return changed === 1;
  }

  async takenOut(
    tx: Transaction,
    clusterId: string,
  ): Promise<{ vpcId: string; address: string; purpose: AddressPurpose; portId: string }[]> {
    const rows = await select<{ vpcId: string; address: Buffer; purpose: AddressPurpose; portId: string }>(
      tx,
      `SELECT s.vpc_id AS vpcId, a.address, a.purpose, a.port_id AS portId
         FROM segment s JOIN address a ON a.segment_id = s.id
        WHERE s.cluster_id = ? AND a.state = 'infra' AND a.purpose IS NOT NULL ORDER BY a.address`,
      [clusterId],
    );
    return rows.map((row) => ({ ...row, address: shownAddress(row.address) }));
  }
}
