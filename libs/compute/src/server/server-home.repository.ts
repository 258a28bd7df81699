import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Where the servers of projects are. */
@Injectable()
export class ServerHomeRepository {
  /** Each of the projects with each cluster in which it has a server. */
  async homesOf(
    tx: Transaction,
    projectIds: readonly string[],
  ): Promise<{ projectId: string; clusterId: string }[]> {
    if (projectIds.length === 0) return [];
    const rows = await tx.query<{ project_id: string; cluster_id: string }[]>(
      'SELECT DISTINCT project_id, cluster_id FROM server WHERE project_id IN (?) AND deleted_at IS NULL',
      [projectIds],
    );
    return rows.map((row) => ({ projectId: row.project_id, clusterId: row.cluster_id }));
  }
}
