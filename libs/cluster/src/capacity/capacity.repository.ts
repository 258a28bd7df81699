import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { assign } from '../sql/assignment.js';
import type { Capacity, Dimensions, Reservation } from './capacity.js';
import { type CapacityRow, toCapacity } from './capacity.row.js';

/** What was seen of a cluster's capacity in one observation. */
export interface ObservedCapacity {
  hosts: number;
  servers: number;
  total: Dimensions;
  used: Dimensions;
}

/** A change of what is promised in one cluster; negative when promises end. */
export interface PromiseChange extends Dimensions {
  servers: number;
}

/**
 * Capacity rows and reservations. Whoever changes reservations of a cluster first locks its capacity row
 * (`lock`), so that the promised counters always equal the sums over the reservations.
 */
@Injectable()
export class CapacityRepository {
  /** Locks the rows in the order of their ids, so that two callers never wait for each other. */
  async lock(tx: Transaction, clusterIds: readonly string[]): Promise<Map<string, Capacity>> {
    return this.select(tx, clusterIds, 'FOR UPDATE');
  }

  async read(tx: Transaction, clusterIds: readonly string[]): Promise<Map<string, Capacity>> {
    return this.select(tx, clusterIds, '');
  }

  async createEmpty(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query('INSERT INTO cluster_capacity (cluster_id) VALUES (?)', [clusterId]);
  }

  /** Writes the reservations; the capacity rows must be locked. */
  async reserve(tx: Transaction, reservations: readonly Reservation[]): Promise<void> {
    if (!reservations.length) return;
    const now = new Date();
    await tx.query(
      'INSERT INTO capacity_reservation (server_id, cluster_id, vcpus, ram_mb, disk_gb, created_at) VALUES ?',
      [reservations.map((r) => [r.serverId, r.clusterId, r.vcpus, r.ramMb, r.diskGb, now])],
    );
    await this.changePromised(tx, sumByCluster(reservations, 1));
  }

  /** The reservations of these servers; those that have none are left out. */
  async reservationsOf(tx: Transaction, serverIds: readonly string[]): Promise<Reservation[]> {
    if (!serverIds.length) return [];
    const rows = await tx.query<ReservationRow[]>(
      'SELECT server_id, cluster_id, vcpus, ram_mb, disk_gb FROM capacity_reservation WHERE server_id IN (?)',
      [serverIds],
    );
    return rows.map(toReservation);
  }

  /** Deletes them and lowers the counters; the capacity rows must be locked. */
  async drop(tx: Transaction, reservations: readonly Reservation[]): Promise<void> {
    if (!reservations.length) return;
    await tx.query('DELETE FROM capacity_reservation WHERE server_id IN (?)', [
      reservations.map((reservation) => reservation.serverId),
    ]);
    await this.changePromised(tx, sumByCluster(reservations, -1));
  }

  async settle(tx: Transaction, serverIds: readonly string[]): Promise<void> {
    if (!serverIds.length) return;
    await tx.query(
      'UPDATE capacity_reservation SET settled_at = UTC_TIMESTAMP(6) WHERE server_id IN (?) AND settled_at IS NULL',
      [serverIds],
    );
  }

  /**
   * Replaces the figures by an observation that began at `startedAt` (the database's clock), and forgets the
   * settled reservations that it counts among the used. The promised counters are summed anew.
   */
  async applyObserved(
    tx: Transaction,
    clusterId: string,
    observed: ObservedCapacity,
    startedAt: Date,
  ): Promise<void> {
    await this.lock(tx, [clusterId]);
    await tx.query('DELETE FROM capacity_reservation WHERE cluster_id = ? AND settled_at < ?', [
      clusterId,
      startedAt,
    ]);
    const promised = await this.sumOfReservations(tx, clusterId);
    const { hosts, servers, total, used } = observed;
    const { sql, values } = assign({
      hosts,
      servers,
      vcpus: total.vcpus,
      vcpus_used: used.vcpus,
      ram_mb: total.ramMb,
      ram_mb_used: used.ramMb,
      disk_gb: total.diskGb,
      disk_gb_used: used.diskGb,
      promised_servers: promised.servers,
      promised_vcpus: promised.vcpus,
      promised_ram_mb: promised.ramMb,
      promised_disk_gb: promised.diskGb,
      observed_at: startedAt,
    });
    await tx.query(`UPDATE cluster_capacity SET ${sql} WHERE cluster_id = ?`, [...values, clusterId]);
  }

  async sumOfReservations(tx: Transaction, clusterId: string): Promise<PromiseChange> {
    const [sum] = await tx.query<Record<string, string | number | null>[]>(
      `SELECT COUNT(*) AS servers, SUM(vcpus) AS vcpus, SUM(ram_mb) AS ram_mb, SUM(disk_gb) AS disk_gb
       FROM capacity_reservation WHERE cluster_id = ?`,
      [clusterId],
    );
    const of = (column: string) => Number(sum?.[column] ?? 0);
    return { servers: of('servers'), vcpus: of('vcpus'), ramMb: of('ram_mb'), diskGb: of('disk_gb') };
  }

  /** Changes all clusters in one statement. */
  private async changePromised(tx: Transaction, changes: ReadonlyMap<string, PromiseChange>): Promise<void> {
    const cases = (column: string, of: (change: PromiseChange) => number) => ({
      sql: `${column} = ${column} + CASE cluster_id ${'WHEN ? THEN ? '.repeat(changes.size)}ELSE 0 END`,
      parameters: [...changes].flatMap(([id, change]) => [id, of(change)]),
    });
    const sets = [
      cases('promised_servers', (change) => change.servers),
      cases('promised_vcpus', (change) => change.vcpus),
      cases('promised_ram_mb', (change) => change.ramMb),
      cases('promised_disk_gb', (change) => change.diskGb),
    ];
    await tx.query(
      `UPDATE cluster_capacity SET ${sets.map((set) => set.sql).join(', ')} WHERE cluster_id IN (?)`,
      [...sets.flatMap((set) => set.parameters), [...changes.keys()]],
    );
  }

  private async select(
    tx: Transaction,
    ids: readonly string[],
    lock: string,
  ): Promise<Map<string, Capacity>> {
    if (!ids.length) return new Map();
    const rows = await tx.query<(CapacityRow & { cluster_id: string })[]>(
      `SELECT * FROM cluster_capacity WHERE cluster_id IN (?) ORDER BY cluster_id ${lock}`,
      [ids],
    );
    return new Map(rows.map((row) => [row.cluster_id, toCapacity(row)]));
  }
}

interface ReservationRow {
  server_id: string;
  cluster_id: string;
  vcpus: number;
  ram_mb: number;
  disk_gb: number;
}

const toReservation = (row: ReservationRow): Reservation => ({
  serverId: row.server_id,
  clusterId: row.cluster_id,
  vcpus: row.vcpus,
  ramMb: row.ram_mb,
  diskGb: row.disk_gb,
});

function sumByCluster(reservations: readonly Reservation[], sign: 1 | -1): Map<string, PromiseChange> {
  const sums = new Map<string, PromiseChange>();
  for (const { clusterId, vcpus, ramMb, diskGb } of reservations) {
    const sum = sums.get(clusterId) ?? { servers: 0, vcpus: 0, ramMb: 0, diskGb: 0 };
    sum.servers += sign;
    sum.vcpus += sign * vcpus;
    sum.ramMb += sign * ramMb;
    sum.diskGb += sign * diskGb;
    sums.set(clusterId, sum);
  }
  return sums;
}
