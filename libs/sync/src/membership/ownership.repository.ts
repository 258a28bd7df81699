import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { PASS_GIVEN_UP } from '../lane/lane.row.js';
import type { LaneKey } from '../observed/observed-store.js';
import { MEMBER_TTL_MS, type Share } from './membership.rules.js';

const US_PER_MS = 1000;
/** Lanes of one switch between the living: few enough for the transaction to be over in some milliseconds. */
export const AT_ONCE = 64;
/** Lanes that nobody works at are taken many at a time. */
export const DEAD_AT_ONCE = 1_000;

/** How the lanes of a cluster and domain are spread at present. */
export interface OwnedShare extends Share {
  ownerId: string | null;
}

export interface WantedLanes {
  /** Lanes that have gone to another group since they were looked at are left to that one. */
  conductorGroup: string;
  clusterIds: readonly string[];
  domains: readonly string[];
  /** Most lanes of the switch. */
  atOnce: number;
}

export interface Taken extends LaneKey {
  epoch: number;
  /** Null when nobody owned it. */
  from: string | null;
}

interface TakeableRow {
  cluster_id: string;
  kind: string;
  epoch: number;
  owner_id: string | null;
}

/** Who owns which lane. Raising a lane's epoch is the switch: from then on the owner of before writes nothing. */
@Injectable()
export class OwnershipRepository {
  async shares(tx: Transaction, conductorGroup: string): Promise<OwnedShare[]> {
    const rows = await select<{ cluster_id: string; domain: string; owner_id: string | null; lanes: string }>(
      tx,
      `SELECT cluster_id, domain, owner_id, COUNT(*) AS lanes FROM lane WHERE conductor_group = ?
       GROUP BY cluster_id, domain, owner_id`,
      [conductorGroup],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      domain: row.domain,
      ownerId: row.owner_id,
      lanes: Number(row.lanes),
    }));
  }

  /**
   * Takes some of the lanes of the clusters: at most so many that the switch is short. Lanes that are being written just
   * now are left for the next time, as are those at a pass, unless their owner is dead or has had the time to end it.
   * Whoever takes must be ready to go on: between the two owners there is nothing but this transaction.
   */
  async take(tx: Transaction, conductorId: string, wanted: WantedLanes): Promise<Taken[]> {
    const { conductorGroup, clusterIds, domains, atOnce } = wanted;
    if (clusterIds.length === 0 || domains.length === 0) return [];
    const busy = await this.thoseWhoMayEndTheirPass(tx);
    const rows = await select<TakeableRow>(
      tx,
      `SELECT cluster_id, kind, epoch, owner_id FROM lane
       WHERE cluster_id IN (?) AND domain IN (?) AND conductor_group = ?
         AND (owner_id IS NULL OR (owner_id <> ? AND (pass_started_at IS NULL OR owner_id NOT IN (?))))
       LIMIT ? FOR UPDATE SKIP LOCKED`,
      [clusterIds, domains, conductorGroup, conductorId, busy, atOnce],
    );
    if (rows.length === 0) return [];
    await change(
      tx,
      `UPDATE lane SET owner_id = ?, epoch = epoch + 1, taken_at = UTC_TIMESTAMP(6), ${PASS_GIVEN_UP}
       WHERE (cluster_id, kind) IN (${rowsOf(rows.length, '(?, ?)')})`,
      [conductorId, ...rows.flatMap((row) => [row.cluster_id, row.kind])],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      epoch: row.epoch + 1,
      from: row.owner_id,
    }));
  }

  private async thoseWhoMayEndTheirPass(tx: Transaction): Promise<string[]> {
    const rows = await select<{ conductor_id: string }>(
      tx,
      `SELECT conductor_id FROM lane_conductor
       WHERE beat_at > UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND
         AND ((draining = 0 AND leaving = 0) OR busy_until > UTC_TIMESTAMP(6))`,
      [MEMBER_TTL_MS * US_PER_MS],
    );
    return ['', ...rows.map((row) => row.conductor_id)];
  }

  /** How many lanes the conductor owns. */
  async count(tx: Transaction, conductorId: string): Promise<number> {
    const [row] = await select<{ lanes: string }>(
      tx,
      'SELECT COUNT(*) AS lanes FROM lane WHERE owner_id = ?',
      [conductorId],
    );
    return Number(row?.lanes ?? 0);
  }

  /** Lets go of all that nobody took. */
  async release(tx: Transaction, conductorId: string): Promise<number> {
    return change(
      tx,
      `UPDATE lane SET owner_id = NULL, epoch = epoch + 1, ${PASS_GIVEN_UP}
       WHERE owner_id = ?`,
      [conductorId],
    );
  }
}
