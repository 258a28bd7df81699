import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** What is compared with what a cluster shows. */
@Injectable()
export class PlanDriftRepository {
  async now(tx: Transaction): Promise<Date> {
    const [row] = await select<{ now: Date }>(tx, 'SELECT UTC_TIMESTAMP(6) AS now');
    return row?.now ?? new Date();
  }

  /** The clusters of a group that have something of a VPC and may be asked. */
  async clusters(tx: Transaction, conductorGroup: string): Promise<{ clusterId: string; cluster: string }[]> {
    return select(
      tx,
      `SELECT DISTINCT c.id AS clusterId, c.name AS cluster
         FROM cluster_vpc_network w JOIN cluster c ON c.id = w.cluster_id
         JOIN conductor_group g ON g.id = c.conductor_group_id
        WHERE g.name = ? AND w.openstack_id IS NOT NULL AND c.state <> 'down' ORDER BY c.id`,
      [conductorGroup],
    );
  }

  /** Also when it is deleted, or just being deleted. */
  async isOwnPort(tx: Transaction, clusterId: string, openstackId: string): Promise<boolean> {
    const rows = await select(tx, 'SELECT 1 FROM port WHERE cluster_id = ? AND openstack_id = ? LIMIT 1', [
      clusterId,
      openstackId,
    ]);
    return rows.length > 0;
  }

  /** The active segments in a Neutron subnet, on which nobody works. */
  async activeIn(tx: Transaction, clusterId: string, openstackSubnetId: string): Promise<{ id: string }[]> {
    return select(
      tx,
      `SELECT s.id FROM segment s LEFT JOIN task t ON t.id = s.task_id
        WHERE s.cluster_id = ? AND s.openstack_subnet_id = ? AND s.state = 'active'
          AND (t.id IS NULL OR t.status IN ('succeeded', 'failed', 'cancelled'))`,
      [clusterId, openstackSubnetId],
    );
  }

  /** It is built again by itself when nothing of ours was in it; else a person decides. */
  async setGone(tx: Transaction, segmentId: string, openstackSubnetId: string): Promise<void> {
    const fault = {
      code: 'segment_subnet_gone',
      category: 'conflict',
      detail: `The subnet ${openstackSubnetId} is gone from the cluster; Ultron did not delete it.`,
      retryable: false,
      who_can_fix: 'operator',
    };
    await change(
      tx,
      `UPDATE segment SET fault = ?, openstack_subnet_id = NULL,
              retry_at = IF(held = infra, UTC_TIMESTAMP(6) + INTERVAL 30 SECOND, NULL) WHERE id = ?`,
      [JSON.stringify(fault), segmentId],
    );
  }
}
