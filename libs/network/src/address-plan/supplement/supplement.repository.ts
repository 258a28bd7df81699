import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SupplementOutcome } from './supplement.outcome.js';

export interface SupplementRow {
  id: string;
  vpcId: string;
  idcId: string;
  clusterId: string;
  need: number;
  outcome: SupplementOutcome;
}

@Injectable()
export class SupplementRepository {
  async insert(tx: Transaction, row: SupplementRow): Promise<void> {
    await change(
      tx,
      `INSERT INTO supplement (id, vpc_id, idc_id, cluster_id, need, outcome, generation, created_at)
       VALUES (?, ?, ?, ?, ?, ?, (SELECT generation FROM vpc WHERE id = ?), UTC_TIMESTAMP(6))`,
      [row.id, row.vpcId, row.idcId, row.clusterId, row.need, JSON.stringify(row.outcome), row.vpcId],
    );
  }

  async find(tx: Transaction, id: string): Promise<SupplementRow | null> {
    const [row] = await select<SupplementRow>(
      tx,
      `SELECT id, vpc_id AS vpcId, idc_id AS idcId, cluster_id AS clusterId, need, outcome
         FROM supplement WHERE id = ?`,
      [id],
    );
    return row ?? null;
  }

  async countOf(tx: Transaction, vpcId: string): Promise<number> {
    const [row] = await select<{ n: number }>(tx, 'SELECT COUNT(*) AS n FROM supplement WHERE vpc_id = ?', [
      vpcId,
    ]);
    return row?.n ?? 0;
  }
}
