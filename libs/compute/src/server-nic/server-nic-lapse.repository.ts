import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Addresses that are promised to servers on which a task still works. */
@Injectable()
export class ServerNicLapseRepository {
  /** Reservations that would lapse within so many seconds, a bounded number. */
  async lapsing(tx: Transaction, withinS: number, limit: number): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT DISTINCT n.reservation_id AS id
         FROM address a JOIN server_nic n ON n.reservation_id = a.reservation_id
         JOIN server s ON s.id = n.server_id JOIN task t ON t.id = s.task_id
        WHERE a.state = 'reserved' AND a.expires_at < UTC_TIMESTAMP(6) + INTERVAL ? SECOND
          AND t.status IN ('queued', 'running', 'waiting', 'unwinding', 'stuck') LIMIT ?`,
      [withinS, limit],
    );
    return rows.map(({ id }) => id);
  }
}
