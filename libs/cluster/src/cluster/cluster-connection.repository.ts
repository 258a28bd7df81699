import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SealedCredential } from '../credential/credential.js';
import type { ClusterConnection } from './cluster.types.js';

export type SealedConnection = Omit<ClusterConnection, 'credential'> & { sealed: SealedCredential };

/** What conductors read of clusters to reach them. */
@Injectable()
export class ClusterConnectionRepository {
  async find(tx: Transaction, clusterId: string): Promise<SealedConnection | null> {
    const rows = await tx.query<SealedConnection[]>(
      `SELECT c.id, c.name, g.name AS conductorGroup, c.state, c.auth_url AS authUrl, c.region, c.interface,
              c.credential AS sealed, c.connection_version AS connectionVersion
       FROM cluster c JOIN conductor_group g ON g.id = c.conductor_group_id WHERE c.id = ?`,
      [clusterId],
    );
    return rows[0] ?? null;
  }

  async now(tx: Transaction): Promise<Date> {
    const [row] = await tx.query<{ now: Date }[]>('SELECT UTC_TIMESTAMP(6) AS now');
    if (!row) throw new Error('the database did not tell the time');
    return row.now;
  }
}
