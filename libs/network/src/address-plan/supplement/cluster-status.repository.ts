import { Injectable } from '@nestjs/common';
import { toCapacity, type CapacityRow } from '@ultron/cluster/capacity/capacity.row';
import type { ClusterState } from '@ultron/cluster/cluster/cluster.state';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ClusterDemand } from './floor.rules.js';
import { demandOf, type ClusterStatus } from './standing.rules.js';

interface Columns extends CapacityRow {
  id: string;
  idc_id: string;
  state: ClusterState;
  probe_status: string;
  outages: number;
  has_capacity: number;
}

/** What the registry says of the clusters that addresses are dealt to. */
@Injectable()
export class ClusterStatusRepository {
  /** The clusters of these IDCs in the order of their ids; of all IDCs when none are named. */
  async ofIdcs(tx: Transaction, idcIds: readonly string[] = []): Promise<ClusterStatus[]> {
    const rows = await select<Columns>(
      tx,
      `SELECT c.id, c.idc_id, c.state, c.probe_status, c.outages, p.cluster_id IS NOT NULL AS has_capacity,
              p.hosts, p.servers, p.vcpus, p.vcpus_used, p.ram_mb, p.ram_mb_used, p.disk_gb, p.disk_gb_used,
              p.promised_servers, p.promised_vcpus, p.promised_ram_mb, p.promised_disk_gb, p.observed_at
         FROM cluster c LEFT JOIN cluster_capacity p ON p.cluster_id = c.id
        ${idcIds.length > 0 ? 'WHERE c.idc_id IN (?)' : ''} ORDER BY c.id`,
      idcIds.length > 0 ? [idcIds] : [],
    );
    return rows.map(toStatus);
  }

  /** The demands of all clusters of an IDC, as a supplement wants them. */
  async demands(tx: Transaction, idcId: string, pinned: readonly string[] = []): Promise<ClusterDemand[]> {
    return (await this.ofIdcs(tx, [idcId])).map((cluster) => demandOf(cluster, pinned));
  }
}

function toStatus(row: Columns): ClusterStatus {
  return {
    clusterId: row.id,
    idcId: row.idc_id,
    state: row.state,
    probe: row.probe_status,
    outages: row.outages,
    capacity: row.has_capacity ? toCapacity(row) : null,
  };
}
