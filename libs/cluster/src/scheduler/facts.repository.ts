import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { newId } from '@ultron/kernel/id';
import { countsAsReachable } from '../cluster/cluster.rules.js';
import type { ClusterState } from '../cluster/cluster.state.js';
import type { ProbeStatus } from '../cluster/cluster.entity.js';
import type { ClusterFacts } from './placement.js';

interface FactsRow {
  id: string;
  name: string;
  idc_id: string;
  idc_name: string;
  conductor_group: string;
  state: ClusterState;
  probe_status: ProbeStatus;
  outages: number;
  outage_since: Date | null;
}

/** How long a failed placement lowers the weight of its cluster. */
const FAILURE_MEMORY_MINUTES = 5;

/** What the scheduler needs to know of the clusters apart from their capacity. */
@Injectable()
export class FactsRepository {
  async load(tx: Transaction): Promise<ClusterFacts[]> {
    const rows = await tx.query<FactsRow[]>(
      `SELECT c.id, c.name, c.idc_id, i.name AS idc_name, g.name AS conductor_group, c.state, c.probe_status,
              c.outages, c.outage_since
       FROM cluster c JOIN idc i ON i.id = c.idc_id JOIN conductor_group g ON g.id = c.conductor_group_id
       ORDER BY c.id`,
    );
    const capabilities = await this.capabilities(tx);
    const failures = await this.recentFailures(tx);
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      idcId: row.idc_id,
      idcName: row.idc_name,
      conductorGroup: row.conductor_group,
      state: row.state,
      probe: row.probe_status,
      reachable: countsAsReachable(row.outages),
      unreachableSince: countsAsReachable(row.outages) ? null : row.outage_since,
      capabilities: capabilities.get(row.id) ?? new Set(),
      recentFailures: failures.get(row.id) ?? 0,
      capacity: null,
    }));
  }

  async recordFailure(tx: Transaction, clusterId: string, serverId: string, reason: string): Promise<void> {
    await tx.query(
      'INSERT INTO placement_failure (id, cluster_id, server_id, reason, failed_at) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))',
      [newId(), clusterId, serverId, reason.slice(0, 255)],
    );
    // Nothing else grows this table, so nothing else has to shrink it.
    await tx.query(
      'DELETE FROM placement_failure WHERE cluster_id = ? AND failed_at < UTC_TIMESTAMP(6) - INTERVAL 1 DAY',
      [clusterId],
    );
  }

  private async capabilities(tx: Transaction): Promise<Map<string, Set<string>>> {
    const rows = await tx.query<{ cluster_id: string; name: string }[]>(
      'SELECT DISTINCT cluster_id, name FROM cluster_capability',
    );
    const byCluster = new Map<string, Set<string>>();
    for (const { cluster_id, name } of rows) {
      byCluster.set(cluster_id, (byCluster.get(cluster_id) ?? new Set()).add(name));
    }
    return byCluster;
  }

  private async recentFailures(tx: Transaction): Promise<Map<string, number>> {
    const rows = await tx.query<{ cluster_id: string; failures: number }[]>(
      `SELECT cluster_id, COUNT(*) AS failures FROM placement_failure
       WHERE failed_at > UTC_TIMESTAMP(6) - INTERVAL ${FAILURE_MEMORY_MINUTES} MINUTE GROUP BY cluster_id`,
    );
    return new Map(rows.map((row) => [row.cluster_id, Number(row.failures)]));
  }
}
