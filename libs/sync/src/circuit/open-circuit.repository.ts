import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { MEMBER_TTL_MS } from '../membership/membership.rules.js';
import type { OpenCircuitEntity } from './open-circuit.entity.js';

const US_PER_MS = 1000;

/** That a cluster does not answer, with times from now in milliseconds. */
export interface OpenCircuit {
  clusterId: string;
  openForMs: number;
  nextTryInMs: number;
}

export interface OpenCircuitView {
  conductorId: string;
  openedAt: Date;
  nextTryAt: Date;
}

/** The open circuits of conductors, for operators to see. A row counts for as long as its conductor lives and owns lanes. */
@Injectable()
export class OpenCircuitRepository {
  async write(tx: Transaction, conductorId: string, circuit: OpenCircuit): Promise<void> {
    await change(
      tx,
      `INSERT INTO open_circuit (cluster_id, conductor_id, opened_at, next_try_at)
       VALUES (?, ?, UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)
       ON DUPLICATE KEY UPDATE opened_at = VALUES(opened_at), next_try_at = VALUES(next_try_at)`,
      [
        circuit.clusterId,
        conductorId,
        Math.round(circuit.openForMs * US_PER_MS),
        Math.round(circuit.nextTryInMs * US_PER_MS),
      ],
    );
  }

  async remove(tx: Transaction, conductorId: string, clusterId: string): Promise<void> {
    await change(tx, 'DELETE FROM open_circuit WHERE cluster_id = ? AND conductor_id = ?', [
      clusterId,
      conductorId,
    ]);
  }

  /** Those of conductors that are no more. */
  async forget(tx: Transaction): Promise<void> {
    // Found without locks first: heartbeats must not wait for it.
    const gone = await select<{ id: string }>(
      tx,
      `SELECT DISTINCT o.conductor_id AS id FROM open_circuit o
       LEFT JOIN lane_conductor m ON m.conductor_id = o.conductor_id WHERE m.conductor_id IS NULL`,
    );
    if (gone.length === 0) return;
    await change(
      tx,
      `DELETE FROM open_circuit WHERE conductor_id IN (${rowsOf(gone.length, '?')})`,
      gone.map(({ id }) => id),
    );
  }

  /** Of the conductors that read the cluster, the one that will try it next; null when it answers them. */
  async find(tx: Transaction, clusterId: string): Promise<OpenCircuitView | null> {
    const [row] = await select<OpenCircuitEntity>(
      tx,
      `SELECT o.* FROM open_circuit o JOIN lane_conductor m ON m.conductor_id = o.conductor_id
         AND m.beat_at > UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND
       WHERE o.cluster_id = ? AND EXISTS (
         SELECT 1 FROM lane l WHERE l.cluster_id = o.cluster_id AND l.owner_id = o.conductor_id)
       ORDER BY o.next_try_at LIMIT 1`,
      [MEMBER_TTL_MS * US_PER_MS, clusterId],
    );
    return row
      ? { conductorId: row.conductor_id, openedAt: row.opened_at, nextTryAt: row.next_try_at }
      : null;
  }
}
