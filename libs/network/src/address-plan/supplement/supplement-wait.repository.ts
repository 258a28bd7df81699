import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** A cluster that nobody could give enough addresses. */
export interface Wait {
  vpcId: string;
  idcId: string;
  clusterId: string;
  need: number;
  urgent: boolean;
}

/** The line in which clusters wait; times are the database's. */
@Injectable()
export class SupplementWaitRepository {
  /**
   * The cluster keeps its place in the line when it is there already. While requests wait for it, being below its
   * low-water mark changes nothing of what it waits for.
   */
  async put(tx: Transaction, { vpcId, idcId, clusterId, need, urgent }: Wait, holdS: number): Promise<void> {
    await change(
      tx,
      `INSERT INTO supplement_wait (vpc_id, cluster_id, idc_id, need, urgent, since, expires_at)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)
       ON DUPLICATE KEY UPDATE
         since = IF(expires_at < UTC_TIMESTAMP(6), VALUES(since), since),
         need = IF(urgent > VALUES(urgent), need, VALUES(need)),
         expires_at = IF(urgent > VALUES(urgent), expires_at, VALUES(expires_at)),
         urgent = GREATEST(urgent, VALUES(urgent))`,
      [vpcId, clusterId, idcId, need, urgent, holdS],
    );
  }

  async remove(tx: Transaction, vpcId: string, clusterId: string): Promise<void> {
    await change(tx, 'DELETE FROM supplement_wait WHERE vpc_id = ? AND cluster_id = ?', [vpcId, clusterId]);
  }

  /**
   * Who waits in the IDC, the first to be served first: in the order in which they came, but those for whom no request
   * waits yet count as having come so many seconds later.
   */
  async line(tx: Transaction, vpcId: string, idcId: string, ageingS: number): Promise<Wait[]> {
    const rows = await select<Omit<Wait, 'urgent'> & { urgent: number }>(
      tx,
      `SELECT vpc_id AS vpcId, idc_id AS idcId, cluster_id AS clusterId, need, urgent FROM supplement_wait
        WHERE vpc_id = ? AND idc_id = ? AND expires_at > UTC_TIMESTAMP(6)
        ORDER BY since + INTERVAL IF(urgent, 0, ?) SECOND, cluster_id`,
      [vpcId, idcId, ageingS],
    );
    return rows.map((row) => ({ ...row, urgent: Number(row.urgent) === 1 }));
  }

  /** VPCs in whose lines somebody waits, a bounded number, and forgets those who do not any more. */
  async waiting(tx: Transaction, limit: number): Promise<{ vpcId: string; idcId: string }[]> {
    await change(tx, 'DELETE FROM supplement_wait WHERE expires_at <= UTC_TIMESTAMP(6) LIMIT 1000');
    return select(
      tx,
      `SELECT vpc_id AS vpcId, idc_id AS idcId FROM supplement_wait GROUP BY vpc_id, idc_id
        ORDER BY MIN(since) LIMIT ?`,
      [limit],
    );
  }
}
