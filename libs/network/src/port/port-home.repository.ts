import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Where the ports and floating IPs of projects are. */
@Injectable()
export class PortHomeRepository {
  /** Each of the projects with each cluster in which it has one. */
  async homesOf(
    tx: Transaction,
    projectIds: readonly string[],
  ): Promise<{ projectId: string; clusterId: string }[]> {
    if (projectIds.length === 0) return [];
    const rows = await tx.query<{ project_id: string; cluster_id: string }[]>(
      `SELECT project_id, cluster_id FROM port WHERE project_id IN (?) AND deleted_at IS NULL
       UNION SELECT project_id, cluster_id FROM floating_ip WHERE project_id IN (?) AND deleted_at IS NULL`,
      [projectIds, projectIds],
    );
    return rows.map((row) => ({ projectId: row.project_id, clusterId: row.cluster_id }));
  }
}
