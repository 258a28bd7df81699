import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { formatAddress, fromBytes, lastOf, toBytes, type Block, type Family } from '../block/block.js';
import { baseOf } from '../block/block.row.js';
import type { SegmentState } from '../segment/segment.state.js';
import type { AddressPurpose, HeldState } from './address.state.js';

/** An address that is to be held. */
export interface NewAddress {
  scopeId: string;
  segmentId: string;
  family: Family;
  address: bigint;
  reservationId: string | null;
}

export interface HeldAddress {
  segmentId: string;
  family: Family;
  address: bigint;
  reservationId: string;
  state: HeldState;
}

export interface Binding {
  reservationId: string;
  family: Family;
  address: bigint;
  portId: string;
}

/** An address in use, as it is shown. */
export interface UsedAddress {
  address: string;
  state: HeldState;
  purpose: AddressPurpose | null;
  portId: string | null;
}

interface Columns {
  address: Buffer;
  segment_id: string;
  reservation_id: string;
  state: HeldState;
}

@Injectable()
export class AddressRepository {
  async reserve(tx: Transaction, addresses: readonly NewAddress[], ttlS: number): Promise<void> {
    await this.insert(tx, addresses, "'reserved', UTC_TIMESTAMP(6) + INTERVAL ? SECOND", [ttlS]);
  }

  async holdInfra(tx: Transaction, addresses: readonly NewAddress[]): Promise<void> {
    await this.insert(tx, addresses, "'infra', NULL", []);
  }

  private async insert(
    tx: Transaction,
    addresses: readonly NewAddress[],
    stateAndExpiry: string,
    values: readonly unknown[],
  ): Promise<void> {
    if (addresses.length === 0) return;
    await change(
      tx,
      `INSERT INTO address (scope_id, address, segment_id, reservation_id, state, expires_at)
       VALUES ${rowsOf(addresses.length, `(?, ?, ?, ?, ${stateAndExpiry})`)}`,
      addresses.flatMap((one) => [
        one.scopeId,
        toBytes(one.family, one.address),
        one.segmentId,
        one.reservationId,
        ...values,
      ]),
    );
  }

  /** The row of the address, locked; null when it is free. */
  async lockOne(
    tx: Transaction,
    scopeId: string,
    family: Family,
    address: bigint,
  ): Promise<{ state: HeldState; purpose: string | null } | null> {
    const [row] = await select<{ state: HeldState; purpose: string | null }>(
      tx,
      'SELECT state, purpose FROM address WHERE scope_id = ? AND address = ? FOR UPDATE',
      [scopeId, toBytes(family, address)],
    );
    return row ?? null;
  }

  /** Addresses of these segments that ports have or are about to have: ours, and those of others. */
  async usedIn(tx: Transaction, segmentIds: readonly string[], limit: number): Promise<UsedAddress[]> {
    if (segmentIds.length === 0) return [];
    const rows = await select<Omit<UsedAddress, 'address'> & { address: Buffer }>(
      tx,
      `SELECT address, state, purpose, port_id AS portId FROM address
        WHERE segment_id IN (?) AND (state IN ('reserved', 'bound') OR purpose = 'foreign')
        ORDER BY address LIMIT ?`,
      [segmentIds, limit],
    );
    return rows.map((row) => ({ ...row, address: shownAddress(row.address) }));
  }

  async freeInfra(tx: Transaction, segmentId: string, scopeId: string, block: Block): Promise<void> {
    await change(
      tx,
      `DELETE FROM address WHERE scope_id = ? AND address BETWEEN ? AND ? AND segment_id = ? AND state = 'infra'
          AND purpose IS NULL`,
      [scopeId, ...ends(block), segmentId],
    );
  }

  /** The addresses of the blocks that are not free. */
  async heldIn(
    tx: Transaction,
    blocks: readonly { scopeId: string; block: Block }[],
  ): Promise<{ scopeId: string; address: bigint }[]> {
    if (blocks.length === 0) return [];
    const each = blocks.map(() => '(scope_id = ? AND address BETWEEN ? AND ?)').join(' OR ');
    const rows = await select<{ scope_id: string; address: Buffer }>(
      tx,
      `SELECT scope_id, address FROM address WHERE ${each}`,
      blocks.flatMap(({ scopeId, block }) => [scopeId, ...ends(block)]),
    );
    return rows.map((row) => ({ scopeId: row.scope_id, address: fromBytes(row.address) }));
  }

  /** What these reservations hold, lowest address first; cooling ones are theirs no more. */
  async ofReservations(
    tx: Transaction,
    ids: readonly string[],
  ): Promise<(HeldAddress & { subnetId: string; segmentState: SegmentState })[]> {
    const rows = await select<Columns & { subnet_id: string; segment_state: SegmentState }>(
      tx,
      `SELECT a.address, a.segment_id, a.reservation_id, a.state, s.subnet_id, s.state AS segment_state
         FROM address a JOIN segment s ON s.id = a.segment_id
        WHERE a.reservation_id IN (?) AND a.state <> 'cooling' ORDER BY a.address`,
      [ids],
    );
    return rows.map((row) => ({
      ...toHeld(row),
      subnetId: row.subnet_id,
      segmentState: row.segment_state,
    }));
  }

  /** Binds reserved addresses to their ports; returns how many are bound to them now. */
  async bind(tx: Transaction, bindings: readonly Binding[]): Promise<number> {
    const pick = (value: (one: Binding) => string) => ({
      sql: `CASE address ${bindings.map(() => 'WHEN ? THEN ?').join(' ')} END`,
      values: bindings.flatMap((one) => [toBytes(one.family, one.address), value(one)]),
    });
    const port = pick(({ portId }) => portId);
    const reservation = pick(({ reservationId }) => reservationId);
    return change(
      tx,
      `UPDATE address SET port_id = IF(state = 'reserved', ${port.sql}, port_id), state = 'bound', expires_at = NULL
        WHERE reservation_id IN (?) AND reservation_id = ${reservation.sql}
          AND (state = 'reserved' OR (state = 'bound' AND port_id = ${port.sql}))`,
      [
        ...port.values,
        bindings.map(({ reservationId }) => reservationId),
        ...reservation.values,
        ...port.values,
      ],
    );
  }

  async renew(tx: Transaction, reservationIds: readonly string[], ttlS: number): Promise<number> {
    return change(
      tx,
      `UPDATE address SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
        WHERE reservation_id IN (?) AND state = 'reserved'`,
      [ttlS, reservationIds],
    );
  }

  /** Lets what the reservations hold cool; with addresses, only these of them. */
  async cool(
    tx: Transaction,
    reservationIds: readonly string[],
    coolingS: number,
    addresses: readonly Buffer[] = [],
  ): Promise<number> {
    return change(
      tx,
      `UPDATE address SET state = 'cooling', expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
        WHERE reservation_id IN (?) AND state IN ('reserved', 'bound')
              ${addresses.length > 0 ? 'AND address IN (?)' : ''}`,
      [coolingS, reservationIds, addresses],
    );
  }

  /** The reserved addresses of the reservations, locked. */
  async lockReserved(tx: Transaction, reservationIds: readonly string[]): Promise<HeldAddress[]> {
    const rows = await select<Columns>(
      tx,
      `SELECT address, segment_id, reservation_id, state FROM address
        WHERE reservation_id IN (?) AND state = 'reserved' FOR UPDATE`,
      [reservationIds],
    );
    return rows.map(toHeld);
  }

  /** Lets reservations that lapsed cool; returns how many addresses they held. */
  async coolLapsed(tx: Transaction, coolingS: number, limit: number): Promise<number> {
    return change(
      tx,
      `UPDATE address SET state = 'cooling', expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
        WHERE state = 'reserved' AND expires_at <= UTC_TIMESTAMP(6) ORDER BY expires_at LIMIT ?`,
      [coolingS, limit],
    );
  }

  /** Addresses that have cooled, locked; those that somebody else has locked are left to him. */
  async lockCooled(tx: Transaction, limit: number): Promise<HeldAddress[]> {
    const rows = await select<Columns>(
      tx,
      `SELECT address, segment_id, reservation_id, state FROM address
        WHERE state = 'cooling' AND expires_at <= UTC_TIMESTAMP(6)
        ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED`,
      [limit],
    );
    return rows.map(toHeld);
  }

  /** Frees addresses; the caller holds their locks and counts them off their segments. */
  async free(tx: Transaction, held: readonly HeldAddress[]): Promise<void> {
    if (held.length === 0) return;
    await change(
      tx,
      'DELETE FROM address WHERE reservation_id IN (?) AND segment_id IN (?) AND address IN (?)',
      [
        [...new Set(held.map(({ reservationId }) => reservationId))],
        [...new Set(held.map(({ segmentId }) => segmentId))],
        held.map((one) => toBytes(one.family, one.address)),
      ],
    );
  }

  /** How many addresses each cluster of the VPC has in each state. */
  async countByCluster(
    tx: Transaction,
    scopeId: string,
    vpc: Block,
  ): Promise<{ clusterId: string; state: HeldState | 'taken_out'; count: number }[]> {
    return select(
      tx,
      `SELECT s.cluster_id AS clusterId, IF(a.purpose IS NULL, a.state, 'taken_out') AS state, COUNT(*) AS count
         FROM address a JOIN segment s ON s.id = a.segment_id
        WHERE a.scope_id = ? AND a.address BETWEEN ? AND ? GROUP BY 1, 2`,
      [scopeId, ...ends(vpc)],
    );
  }
}

function ends(block: Block): [Buffer, Buffer] {
  return [baseOf(block), toBytes(block.family, lastOf(block))];
}

export function shownAddress(bytes: Buffer): string {
  return formatAddress(bytes.length === 4 ? 4 : 6, fromBytes(bytes));
}

function toHeld(row: Columns): HeldAddress {
  return {
    segmentId: row.segment_id,
    family: row.address.length === 4 ? 4 : 6,
    address: fromBytes(row.address),
    reservationId: row.reservation_id,
    state: row.state,
  };
}
