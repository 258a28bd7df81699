import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { ClusterRouter, ClusterRouterInterface } from './cluster-router.entity.js';

/** A Neutron router as its cluster shows it. */
export interface SeenRouter {
  openstackId: string;
  externalOpenstackId: string | null;
  externalAddresses: string[];
  revisionNumber: number | null;
}

/** What the clusters have of routers. */
@Injectable()
export class ClusterRouterRepository {
  async ofRouters(tx: Transaction, routerIds: readonly string[]): Promise<ClusterRouter[]> {
    if (!routerIds.length) return [];
    return tx
      .createQueryBuilder(ClusterRouter, 'part')
      .where(`part.routerId IN (:...routerIds) AND part.status <> 'deleted'`, { routerIds })
      .orderBy('part.clusterId')
      .getMany();
  }

  async find(tx: Transaction, routerId: string, clusterId: string): Promise<ClusterRouter | null> {
    return tx.findOneBy(ClusterRouter, { routerId, clusterId });
  }

  /** A task begins with the part of a cluster, which it makes if there is none. */
  async begin(
    tx: Transaction,
    part: { routerId: string; clusterId: string; taskId: string; status: LifecycleStatus },
  ): Promise<void> {
    await change(
      tx,
      `INSERT INTO cluster_router (router_id, cluster_id, status, task_id) VALUES (?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE status = VALUES(status), task_id = VALUES(task_id), fault = NULL`,
      [part.routerId, part.clusterId, part.status, part.taskId],
    );
  }

  async setSeen(tx: Transaction, routerId: string, clusterId: string, seen: SeenRouter): Promise<void> {
    await change(
      tx,
      `UPDATE cluster_router SET openstack_id = ?, external_openstack_id = ?, external_addresses = ?,
         revision_number = ?, observed_at = UTC_TIMESTAMP(6) WHERE router_id = ? AND cluster_id = ?`,
      [
        seen.openstackId,
        seen.externalOpenstackId,
        JSON.stringify(seen.externalAddresses),
        seen.revisionNumber,
        routerId,
        clusterId,
      ],
    );
  }

  /** The cluster has no such router, or not any more, and so no interfaces of it. */
  async setUnseen(tx: Transaction, routerId: string, clusterId: string): Promise<void> {
    await change(
      tx,
      `UPDATE cluster_router SET openstack_id = NULL, external_openstack_id = NULL, external_addresses = '[]',
         revision_number = NULL, observed_at = UTC_TIMESTAMP(6) WHERE router_id = ? AND cluster_id = ?`,
      [routerId, clusterId],
    );
    await change(tx, 'DELETE FROM cluster_router_interface WHERE router_id = ? AND cluster_id = ?', [
      routerId,
      clusterId,
    ]);
  }

  /** Ends a task's work on the part, if it still is the one that has it. */
  async end(
    tx: Transaction,
    part: {
      routerId: string;
      clusterId: string;
      taskId: string;
      status: LifecycleStatus;
      fault?: FaultRecord;
    },
  ): Promise<boolean> {
    const { routerId, clusterId, taskId, status, fault } = part;
    const ended = await change(
      tx,
      'UPDATE cluster_router SET status = ?, fault = ? WHERE router_id = ? AND cluster_id = ? AND task_id = ?',
      [status, fault ? JSON.stringify(fault) : null, routerId, clusterId, taskId],
    );
    return ended > 0;
  }

  async interfacesOf(
    tx: Transaction,
    routerIds: readonly string[],
    clusterId?: string,
  ): Promise<ClusterRouterInterface[]> {
    if (!routerIds.length) return [];
    const query = tx
      .createQueryBuilder(ClusterRouterInterface, 'i')
      .where('i.routerId IN (:...routerIds)', { routerIds });
    if (clusterId !== undefined) query.andWhere('i.clusterId = :clusterId', { clusterId });
    return query.orderBy('i.openstackSubnetId').getMany();
  }

  async findInterface(tx: Transaction, segmentId: string): Promise<ClusterRouterInterface | null> {
    return tx.findOneBy(ClusterRouterInterface, { segmentId });
  }

  async addInterface(tx: Transaction, one: ClusterRouterInterface): Promise<void> {
    await change(
      tx,
      `INSERT INTO cluster_router_interface (cluster_id, openstack_subnet_id, router_id, segment_id, openstack_port_id)
       VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE router_id = VALUES(router_id), segment_id = VALUES(segment_id),
         openstack_port_id = VALUES(openstack_port_id)`,
      [one.clusterId, one.openstackSubnetId, one.routerId, one.segmentId, one.openstackPortId],
    );
  }

  async removeInterface(tx: Transaction, clusterId: string, openstackSubnetId: string): Promise<void> {
    await change(
      tx,
      'DELETE FROM cluster_router_interface WHERE cluster_id = ? AND openstack_subnet_id = ?',
      [clusterId, openstackSubnetId],
    );
  }
}
