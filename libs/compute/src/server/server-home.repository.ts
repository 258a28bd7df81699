import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Where the servers of projects are. */
@Injectable()
export class ServerHomeRepository {
  /** The clusters in which each of the projects has a server. */
  async clustersOf(tx: Transaction, projectIds: readonly string[]): Promise<Map<string, Set<string>>> {
    if (projectIds.length === 0) return new Map();
    const rows = await tx.query<{ project_id: string; cluster_id: string }[]>(
      'SELECT DISTINCT project_id, cluster_id FROM server WHERE project_id IN (?) AND deleted_at IS NULL',
      [projectIds],
    );
    const homes = new Map<string, Set<string>>();
    for (const row of rows) {
      homes.set(row.project_id, (homes.get(row.project_id) ?? new Set()).add(row.cluster_id));
    }
    return homes;
  }
}
