import { newId } from '@ultron/kernel/id';
import { createPool, type Pool } from 'mysql2/promise';

/**
 * The bare minimum of reserving addresses: one transaction with one INSERT of the same rows, into the same table. The
 * addresses are known beforehand: nothing is looked up, locked or counted.
 */
export class BareInserts {
  private readonly scopeId = newId();
  private readonly segmentId = newId();
  private next = 0;
  private readonly pool: Pool;

  constructor(url: string, connections: number) {
    this.pool = createPool({ uri: url, connectionLimit: connections, timezone: 'Z', charset: 'utf8mb4' });
  }

  async empty(): Promise<void> {
    await this.pool.query('DELETE FROM address WHERE scope_id = ?', [this.scopeId]);
    this.next = 0;
  }

  async insert(count: number): Promise<void> {
    const reservationId = newId();
    const values = Array.from({ length: count }, () => {
      const address = Buffer.alloc(4);
      address.writeUInt32BE(this.next++);
      return [this.scopeId, address, this.segmentId, reservationId, 900];
    });
    const rows = values
      .map(() => "(?, ?, ?, ?, 'reserved', UTC_TIMESTAMP(6) + INTERVAL ? SECOND)")
      .join(', ');
    const connection = await this.pool.getConnection();
    try {
      await connection.beginTransaction();
      await connection.query(
        `INSERT INTO address (scope_id, address, segment_id, reservation_id, state, expires_at) VALUES ${rows}`,
        values.flat(),
      );
      await connection.commit();
    } finally {
      connection.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
