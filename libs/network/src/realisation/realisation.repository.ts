import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { isFinal, type TaskStatus } from '@ultron/tasks/task/task.state';
import type { Block } from '../address-plan/block/block.js';
import { toBlock } from '../address-plan/block/block.row.js';
import type { InfraPolicy, Realisation } from '../address-plan/segment/infra.rules.js';
import type { SegmentState } from '../address-plan/segment/segment.state.js';
import type { AddressRange } from './allocation-pools.rules.js';

/** The part of a VPC that one cluster has. */
export interface ClusterPlace {
  vpcId: string;
  clusterId: string;
}

/** All that building or taking down a segment needs to know. */
export interface SegmentSpec extends ClusterPlace {
  segmentId: string;
  subnetId: string;
  clusterName: string;
  state: SegmentState;
  block: Block;
  subnetBlock: Block;
  infra: InfraPolicy;
  /** The subnet is being deleted, and the segment with it. */
  subnetDeleting: boolean;
  taskId: string | null;
  tries: number;
  /** The Neutron subnet that it is in, once it is. */
  openstackSubnetId: string | null;
  openstackNetworkId: string | null;
}

/** A Neutron subnet that was made. */
export interface ClusterSubnetRow extends ClusterPlace {
  ownerId: string;
  subnetId: string;
  openstackId: string;
  openstackNetworkId: string;
  cidr: string;
  allocationPools: AddressRange[];
}

/** A segment that is to go, and whether anybody works on it. */
export interface Leaving {
  segmentId: string;
  clusterId: string;
  taskId: string | null;
  taskEnded: boolean;
  fault: FaultRecord | null;
}

interface SpecColumns {
  segment_id: string;
  subnet_id: string;
  vpc_id: string;
  cluster_id: string;
  cluster_name: string;
  state: SegmentState;
  base: Buffer;
  prefix: number;
  subnet_base: Buffer;
  subnet_prefix: number;
  realisation: Realisation;
  dhcp_ports: number;
  deleting: number;
  task_id: string | null;
  tries: number;
  openstack_subnet_id: string | null;
  openstack_network_id: string | null;
}

const SPEC = `
  SELECT s.id AS segment_id, s.subnet_id, s.vpc_id, s.cluster_id, c.name AS cluster_name, s.state, s.base, s.prefix,
         n.base AS subnet_base, n.prefix AS subnet_prefix, v.realisation, v.dhcp_ports,
         n.deleting_at IS NOT NULL AS deleting, s.task_id, s.tries, s.openstack_subnet_id,
         w.openstack_id AS openstack_network_id
    FROM segment s
    JOIN subnet n ON n.id = s.subnet_id
    JOIN vpc v ON v.id = s.vpc_id
    JOIN cluster c ON c.id = s.cluster_id
    LEFT JOIN cluster_vpc_network w ON w.vpc_id = s.vpc_id AND w.cluster_id = s.cluster_id`;

const CLUSTER_SUBNET = `
  SELECT owner_id AS ownerId, cluster_id AS clusterId, vpc_id AS vpcId, subnet_id AS subnetId,
         openstack_id AS openstackId, openstack_network_id AS openstackNetworkId, cidr,
         allocation_pools AS allocationPools
    FROM cluster_subnet`;

/** What of the plan is built in which cluster. */
@Injectable()
export class RealisationRepository {
  async spec(tx: Transaction, segmentId: string): Promise<SegmentSpec | null> {
    const [row] = await select<SpecColumns>(tx, `${SPEC} WHERE s.id = ?`, [segmentId]);
    return row ? toSpec(row) : null;
  }

  /** The segments that the cluster has of a VPC. */
  async specsIn(tx: Transaction, { vpcId, clusterId }: ClusterPlace): Promise<SegmentSpec[]> {
    const rows = await select<SpecColumns>(
      tx,
      `${SPEC} WHERE s.vpc_id = ? AND s.cluster_id = ? ORDER BY s.base`,
      [vpcId, clusterId],
    );
    return rows.map(toSpec);
  }

  /**
   * Takes the turn to change what the cluster has of the VPC; an ended task gives it up by having ended. Returns the
   * task whose turn it is.
   */
  async takeTurn(tx: Transaction, { vpcId, clusterId }: ClusterPlace, taskId: string): Promise<string> {
    await change(
      tx,
      `INSERT IGNORE INTO cluster_vpc_network (vpc_id, cluster_id, created_at) VALUES (?, ?, UTC_TIMESTAMP(6))`,
      [vpcId, clusterId],
    );
    const [row] = await select<{ holder: string | null }>(
      tx,
      `SELECT turn_task_id AS holder FROM cluster_vpc_network WHERE vpc_id = ? AND cluster_id = ? FOR UPDATE`,
      [vpcId, clusterId],
    );
    const holder = row?.holder ?? null;
    if (holder !== null && holder !== taskId && !(await hasEnded(tx, holder))) return holder;
    await change(tx, 'UPDATE cluster_vpc_network SET turn_task_id = ? WHERE vpc_id = ? AND cluster_id = ?', [
      taskId,
      vpcId,
      clusterId,
    ]);
    return taskId;
  }

  async network(tx: Transaction, { vpcId, clusterId }: ClusterPlace): Promise<string | null> {
    const [row] = await select<{ id: string | null }>(
      tx,
      'SELECT openstack_id AS id FROM cluster_vpc_network WHERE vpc_id = ? AND cluster_id = ?',
      [vpcId, clusterId],
    );
    return row?.id ?? null;
  }

  async setNetwork(
    tx: Transaction,
    { vpcId, clusterId }: ClusterPlace,
    openstackId: string | null,
  ): Promise<void> {
    await change(tx, 'UPDATE cluster_vpc_network SET openstack_id = ? WHERE vpc_id = ? AND cluster_id = ?', [
      openstackId,
      vpcId,
      clusterId,
    ]);
  }

  /** The cluster has nothing of the VPC any more. */
  async forgetNetwork(tx: Transaction, { vpcId, clusterId }: ClusterPlace): Promise<void> {
    await change(tx, 'DELETE FROM cluster_vpc_network WHERE vpc_id = ? AND cluster_id = ?', [
      vpcId,
      clusterId,
    ]);
  }

  async networksLeft(tx: Transaction, vpcId: string): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      'SELECT cluster_id AS id FROM cluster_vpc_network WHERE vpc_id = ?',
      [vpcId],
    );
    return rows.map(({ id }) => id);
  }

  async subnetsIn(tx: Transaction, { vpcId, clusterId }: ClusterPlace): Promise<ClusterSubnetRow[]> {
    return select(tx, `${CLUSTER_SUBNET} WHERE vpc_id = ? AND cluster_id = ?`, [vpcId, clusterId]);
  }

  async subnetsOfCluster(tx: Transaction, clusterId: string): Promise<ClusterSubnetRow[]> {
    return select(tx, `${CLUSTER_SUBNET} WHERE cluster_id = ? ORDER BY owner_id`, [clusterId]);
  }

  async recordSubnet(tx: Transaction, row: ClusterSubnetRow): Promise<void> {
    await change(
      tx,
      `INSERT INTO cluster_subnet (owner_id, cluster_id, vpc_id, subnet_id, openstack_id, openstack_network_id, cidr,
                                   allocation_pools, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE openstack_id = VALUES(openstack_id), cidr = VALUES(cidr),
         openstack_network_id = VALUES(openstack_network_id), allocation_pools = VALUES(allocation_pools)`,
      [
        row.ownerId,
        row.clusterId,
        row.vpcId,
        row.subnetId,
        row.openstackId,
        row.openstackNetworkId,
        row.cidr,
        JSON.stringify(row.allocationPools),
      ],
    );
  }

  async setPools(
    tx: Transaction,
    ownerId: string,
    clusterId: string,
    pools: readonly AddressRange[],
  ): Promise<void> {
    await change(tx, 'UPDATE cluster_subnet SET allocation_pools = ? WHERE owner_id = ? AND cluster_id = ?', [
      JSON.stringify(pools),
      ownerId,
      clusterId,
    ]);
  }

  async forgetSubnet(tx: Transaction, ownerId: string, clusterId: string): Promise<void> {
    await change(tx, 'DELETE FROM cluster_subnet WHERE owner_id = ? AND cluster_id = ?', [
      ownerId,
      clusterId,
    ]);
  }

  /** Locks the VPC, then the segment, and tells its state; null when there is none any more. */
  async lockState(tx: Transaction, vpcId: string, segmentId: string): Promise<SegmentState | null> {
    await select(tx, 'SELECT id FROM vpc WHERE id = ? FOR UPDATE', [vpcId]);
    const [row] = await select<{ state: SegmentState }>(
      tx,
      'SELECT state FROM segment WHERE id = ? FOR UPDATE',
      [segmentId],
    );
    return row?.state ?? null;
  }

  async setBuilt(tx: Transaction, segmentId: string, openstackSubnetId: string): Promise<void> {
    await change(
      tx,
      `UPDATE segment SET openstack_subnet_id = ?, fault = NULL, tries = 0, retry_at = NULL WHERE id = ?`,
      [openstackSubnetId, segmentId],
    );
  }

  async setNotBuilt(tx: Transaction, segmentId: string): Promise<void> {
    await change(tx, 'UPDATE segment SET openstack_subnet_id = NULL WHERE id = ?', [segmentId]);
  }

  /** What was tried failed; it is tried again after so many seconds, or, with null, when somebody asks. */
  async setFault(
    tx: Transaction,
    segmentId: string,
    fault: FaultRecord,
    retryAfterS: number | null,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE segment SET fault = ?, tries = tries + 1, retry_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE id = ?`,
      [JSON.stringify(fault), retryAfterS, segmentId],
    );
  }

  /** Nothing of it is left in the cluster. Of a subnet that is being deleted, nothing that was held matters any more. */
  async clearDrained(tx: Transaction, segmentId: string, deleting: boolean): Promise<void> {
    await change(
      tx,
      'UPDATE segment SET openstack_subnet_id = NULL, fault = NULL, tries = 0, retry_at = NULL WHERE id = ?',
      [segmentId],
    );
    if (!deleting) return;
    // The rows of what cooled, and of what was taken out, go: the segment itself will be gone in a moment.
    await change(
      tx,
      `DELETE FROM address WHERE segment_id = ? AND (state = 'cooling' OR purpose IS NOT NULL)`,
      [segmentId],
    );
    await change(
      tx,
      `UPDATE segment s SET s.held = (SELECT COUNT(*) FROM address a WHERE a.segment_id = s.id),
              s.infra = (SELECT COUNT(*) FROM address a WHERE a.segment_id = s.id AND a.state = 'infra')
        WHERE s.id = ?`,
      [segmentId],
    );
  }

  async lockVpc(tx: Transaction, vpcId: string): Promise<void> {
    await select(tx, 'SELECT id FROM vpc WHERE id = ? FOR UPDATE', [vpcId]);
  }

  /** The segments of the subnet that are still on their way out of their clusters, and who works on them. */
  async notTakenDown(tx: Transaction, subnetId: string): Promise<Leaving[]> {
    const rows = await select<Omit<Leaving, 'taskEnded'> & { status: TaskStatus | null }>(
      tx,
      `SELECT s.id AS segmentId, s.cluster_id AS clusterId, s.task_id AS taskId, s.fault, t.status
         FROM segment s LEFT JOIN task t ON t.id = s.task_id
        WHERE s.subnet_id = ? AND s.state NOT IN ('spare', 'quarantined') ORDER BY s.id`,
      [subnetId],
    );
    return rows.map(({ status, ...row }) => ({ ...row, taskEnded: status === null || isFinal(status) }));
  }

  /** Removes what is left of a subnet of which no cluster has anything. The caller holds the lock of the VPC. */
  async removeSubnet(tx: Transaction, subnetId: string): Promise<void> {
    await change(tx, 'DELETE a FROM address a JOIN segment s ON s.id = a.segment_id WHERE s.subnet_id = ?', [
      subnetId,
    ]);
    await change(tx, 'DELETE FROM segment WHERE subnet_id = ?', [subnetId]);
    await change(tx, 'DELETE FROM subnet WHERE id = ?', [subnetId]);
  }

  /** It could not be deleted: it can be used again, and deleted again. */
  async keepVpc(tx: Transaction, vpcId: string): Promise<void> {
    await change(tx, 'UPDATE vpc SET deleting_at = NULL WHERE id = ?', [vpcId]);
  }

  /** Removes a VPC that has neither subnets nor networks. */
  async removeVpc(tx: Transaction, vpcId: string): Promise<void> {
    for (const table of ['supplement', 'supplement_wait'])
      await change(tx, `DELETE FROM ${table} WHERE vpc_id = ?`, [vpcId]);
    await change(tx, 'DELETE FROM vpc WHERE id = ?', [vpcId]);
  }
}

async function hasEnded(tx: Transaction, taskId: string): Promise<boolean> {
  const [task] = await select<{ status: TaskStatus }>(tx, 'SELECT status FROM task WHERE id = ?', [taskId]);
  return task === undefined || isFinal(task.status);
}

function toSpec(row: SpecColumns): SegmentSpec {
  return {
    segmentId: row.segment_id,
    subnetId: row.subnet_id,
    vpcId: row.vpc_id,
    clusterId: row.cluster_id,
    clusterName: row.cluster_name,
    state: row.state,
    block: toBlock(row),
    subnetBlock: toBlock({ base: row.subnet_base, prefix: row.subnet_prefix }),
    infra: { realisation: row.realisation, dhcpPorts: row.dhcp_ports },
    subnetDeleting: Number(row.deleting) === 1,
    taskId: row.task_id,
    tries: row.tries,
    openstackSubnetId: row.openstack_subnet_id,
    openstackNetworkId: row.openstack_network_id,
  };
}
