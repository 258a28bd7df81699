import { Injectable } from '@nestjs/common';
import { ClusterUse } from '@ultron/cluster/cluster/cluster-use';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Tells the registry whether servers still live in a cluster. */
@Injectable()
export class ServerClusterUse extends ClusterUse {
  async countServers(tx: Transaction, clusterId: string): Promise<number> {
    const [row] = await tx.query<{ count: number | string }[]>(
      'SELECT COUNT(*) AS count FROM server WHERE cluster_id = ? AND deleted_at IS NULL',
      [clusterId],
    );
    return Number(row?.count ?? 0);
  }
}
