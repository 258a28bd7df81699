import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ConductorView } from '../task/task.types.js';
import type { ConductorEntity } from './conductor.entity.js';

export type NewConductor = Pick<
  ConductorEntity,
  'id' | 'name' | 'conductor_group' | 'domains' | 'host' | 'pid'
>;

const ALIVE_S = 15;
/** A conductor that was not heard for so long is forgotten. */
const FORGET_H = 24;

@Injectable()
export class ConductorRepository {
  async register(tx: Transaction, conductor: NewConductor): Promise<void> {
    const { id, name, conductor_group, domains, host, pid } = conductor;
    await change(
      tx,
      `INSERT INTO conductor (id, name, conductor_group, domains, host, pid, started_at, heartbeat_at, stopping)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), 0)
       ON DUPLICATE KEY UPDATE heartbeat_at = VALUES(heartbeat_at)`,
      [id, name, conductor_group, JSON.stringify(domains), host, pid],
    );
    await change(tx, 'DELETE FROM conductor WHERE heartbeat_at < UTC_TIMESTAMP(6) - INTERVAL ? HOUR', [
      FORGET_H,
    ]);
  }

  /** Says that the conductor lives. Whether an operator wants it to take nothing more. */
  async heartbeat(tx: Transaction, id: string): Promise<{ draining: boolean }> {
    await change(tx, 'UPDATE conductor SET heartbeat_at = UTC_TIMESTAMP(6) WHERE id = ?', [id]);
    const rows = await select<{ draining: number }>(tx, 'SELECT draining FROM conductor WHERE id = ?', [id]);
    return { draining: rows[0]?.draining === 1 };
  }

  /** False when there is no such conductor. */
  async drain(tx: Transaction, id: string, draining: boolean): Promise<boolean> {
    const matched = await change(tx, 'UPDATE conductor SET draining = ? WHERE id = ?', [
      draining ? 1 : 0,
      id,
    ]);
    return matched === 1;
  }

  async find(tx: Transaction, id: string): Promise<ConductorView | null> {
    return (await this.list(tx)).find((conductor) => conductor.id === id) ?? null;
  }

  async stopping(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'UPDATE conductor SET stopping = 1 WHERE id = ?', [id]);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'DELETE FROM conductor WHERE id = ?', [id]);
  }

  async list(tx: Transaction): Promise<ConductorView[]> {
    const rows = await select<ConductorEntity & { alive: 0 | 1 }>(
      tx,
      `SELECT *, heartbeat_at > UTC_TIMESTAMP(6) - INTERVAL ? SECOND AS alive FROM conductor
       ORDER BY conductor_group, name, started_at`,
      [ALIVE_S],
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      conductor_group: row.conductor_group,
      domains: row.domains,
      host: row.host,
      pid: row.pid,
      started_at: row.started_at.toISOString(),
      heartbeat_at: row.heartbeat_at.toISOString(),
      stopping: row.stopping === 1,
      draining: row.draining === 1,
      alive: row.alive === 1 && row.stopping === 0,
    }));
  }
}
