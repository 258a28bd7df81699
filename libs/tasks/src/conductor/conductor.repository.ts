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

  async heartbeat(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'UPDATE conductor SET heartbeat_at = UTC_TIMESTAMP(6) WHERE id = ?', [id]);
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
      alive: row.alive === 1 && row.stopping === 0,
    }));
  }
}
