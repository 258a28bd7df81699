import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { formatAddress, fromBytes, type Block } from '../address-plan/block/block.js';
import { toBlock, type BlockColumns } from '../address-plan/block/block.row.js';

/** A part of a VPC that a cluster has, or is about to have. */
export interface PlannedPart {
  segmentId: string;
  vpcId: string;
  block: Block;
}

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

  async partsOf(tx: Transaction, clusterId: string): Promise<PlannedPart[]> {
    const rows = await select<BlockColumns & { id: string; vpc_id: string }>(
      tx,
      `SELECT id, vpc_id, base, prefix FROM segment
        WHERE cluster_id = ? AND state IN ('reserved', 'creating', 'active', 'error', 'draining')`,
      [clusterId],
    );
    return rows.map((row) => ({ segmentId: row.id, vpcId: row.vpc_id, block: toBlock(row) }));
  }

  /** The VPC of each Neutron subnet that is ours. */
  async vpcsBySubnet(tx: Transaction, clusterId: string): Promise<Map<string, string>> {
    const rows = await select<{ subnet: string; vpc: string }>(
      tx,
      'SELECT openstack_id AS subnet, vpc_id AS vpc FROM cluster_subnet WHERE cluster_id = ?',
      [clusterId],
    );
    return new Map(rows.map(({ subnet, vpc }) => [subnet, vpc]));
  }

  /** Addresses of the cluster that servers and ports of ours have, or the plan keeps for the network. */
  async heldAddresses(tx: Transaction, clusterId: string): Promise<string[]> {
    const rows = await select<{ address: Buffer }>(
      tx,
      `SELECT a.address FROM segment s JOIN address a ON a.segment_id = s.id
        WHERE s.cluster_id = ? AND (a.state IN ('reserved', 'bound') OR a.state = 'infra' AND a.purpose IS NULL)`,
      [clusterId],
    );
    return rows.map(({ address }) => formatAddress(address.length === 4 ? 4 : 6, fromBytes(address)));
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
