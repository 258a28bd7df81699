import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SegmentState } from '../address-plan/segment/segment.state.js';

export interface PlannedWork {
  segmentId: string;
  vpcId: string;
  subnetId: string;
  clusterId: string;
  conductorGroup: string;
  state: SegmentState;
  /** Nothing but infra is held in it, or its subnet is deleted and what cools there does not matter. */
  empty: boolean;
}

const WORK = `
  SELECT s.id AS segmentId, s.vpc_id AS vpcId, s.subnet_id AS subnetId, s.cluster_id AS clusterId,
         g.name AS conductorGroup, s.state, (s.held = s.infra OR n.deleting_at IS NOT NULL) AS is_empty
    FROM segment s JOIN subnet n ON n.id = s.subnet_id JOIN cluster c ON c.id = s.cluster_id JOIN conductor_group g ON g.id = c.conductor_group_id`;

/** What the tasks of the plan are about. */
@Injectable()
export class SegmentTaskRepository {
  async ofSegments(tx: Transaction, ids: readonly string[]): Promise<PlannedWork[]> {
    if (ids.length === 0) return [];
    return toWork(await select<Row>(tx, `${WORK} WHERE s.id IN (?) ORDER BY s.id`, [ids]));
  }

  /** Segments of the subnet that a cluster has. */
  async ofSubnet(tx: Transaction, subnetId: string): Promise<PlannedWork[]> {
    return toWork(await select<Row>(tx, `${WORK} WHERE s.subnet_id = ? ORDER BY s.id`, [subnetId]));
  }

  async setTask(tx: Transaction, segmentId: string, taskId: string): Promise<void> {
    await change(tx, 'UPDATE segment SET task_id = ?, retry_at = NULL WHERE id = ?', [taskId, segmentId]);
  }

  /** The clusters that have, or may have, a network of the VPC. */
  async networksOf(tx: Transaction, vpcId: string): Promise<{ clusterId: string; conductorGroup: string }[]> {
    return select(
      tx,
      `SELECT n.cluster_id AS clusterId, g.name AS conductorGroup
         FROM cluster_vpc_network n JOIN cluster c ON c.id = n.cluster_id
         JOIN conductor_group g ON g.id = c.conductor_group_id WHERE n.vpc_id = ? ORDER BY n.cluster_id`,
      [vpcId],
    );
  }

  /** A group for work that is about no cluster. */
  async anyGroup(tx: Transaction): Promise<string> {
    const [row] = await select<{ name: string }>(tx, 'SELECT name FROM conductor_group ORDER BY id LIMIT 1');
    return row?.name ?? 'default';
  }

  /** Addresses of the subnet that servers and ports have or are about to have, a bounded number. */
  async inUse(
    tx: Transaction,
    subnetId: string,
    limit: number,
  ): Promise<{ address: Buffer; state: string; portId: string | null }[]> {
    return select(
      tx,
      `SELECT a.address, a.state, a.port_id AS portId FROM segment s JOIN address a ON a.segment_id = s.id
        WHERE s.subnet_id = ? AND a.state IN ('reserved', 'bound') ORDER BY a.address LIMIT ?`,
      [subnetId, limit],
    );
  }

  /** All that clusters have of the subnet is to be taken down; nobody gets an address of it any more. */
  async beginDelete(tx: Transaction, subnetId: string): Promise<void> {
    await change(tx, 'UPDATE subnet SET deleting_at = COALESCE(deleting_at, UTC_TIMESTAMP(6)) WHERE id = ?', [
      subnetId,
    ]);
    await change(
      tx,
      `UPDATE segment SET state = 'draining' WHERE subnet_id = ? AND state IN ('reserved', 'creating', 'active', 'error')`,
      [subnetId],
    );
  }

  async beginDeleteVpc(tx: Transaction, vpcId: string): Promise<void> {
    await change(tx, 'UPDATE vpc SET deleting_at = COALESCE(deleting_at, UTC_TIMESTAMP(6)) WHERE id = ?', [
      vpcId,
    ]);
  }
}

// `empty` is a reserved word of MySQL.
type Row = Omit<PlannedWork, 'empty'> & { is_empty: number };

function toWork(rows: readonly Row[]): PlannedWork[] {
  return rows.map(({ is_empty: empty, ...row }) => ({ ...row, empty: Number(empty) === 1 }));
}
