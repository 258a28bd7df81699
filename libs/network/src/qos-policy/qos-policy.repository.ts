import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../lifecycle/filter.sql.js';
import { LifecycleRepository } from '../lifecycle/lifecycle.repository.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { ClusterQosPolicy, QosPolicy } from './qos-policy.entity.js';

export type NewQosPolicy = Pick<QosPolicy, 'id' | 'projectId' | 'name' | 'description' | 'bandwidthLimits'>;
export type QosPolicyIntent = Pick<QosPolicy, 'name' | 'description' | 'bandwidthLimits'>;
export type QosPolicySort = 'created_at' | 'name';

export interface QosPolicyFilter {
  projectId?: string | undefined;
  name?: string | undefined;
  status?: LifecycleStatus | undefined;
}

@Injectable()
export class QosPolicyRepository extends LifecycleRepository {
  constructor() {
    super('qos_policy');
  }

  /** It is of use at once: no cluster has it yet. */
  async insert(tx: Transaction, policy: NewQosPolicy): Promise<void> {
    const { id, projectId, name, description, bandwidthLimits } = policy;
    await change(
      tx,
      `INSERT INTO qos_policy (id, project_id, name, description, status, version, created_at, updated_at,
         bandwidth_limits) VALUES (?, ?, ?, ?, 'active', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), ?)`,
      [id, projectId, name, description, JSON.stringify(bandwidthLimits)],
    );
  }

  async find(tx: Transaction, id: string): Promise<QosPolicy | null> {
    return tx.findOneBy(QosPolicy, { id });
  }

  /** Reads the row and keeps it from changing until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<QosPolicy | null> {
    return tx.findOne(QosPolicy, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, filter: QosPolicyFilter, page: Page<QosPolicySort>): Promise<QosPolicy[]> {
    const keyset = keysetSql(page, { created_at: 'id', name: 'name' }, 'id');
    const { where, params } = conditionsOf([
      ['project_id = ?', filter.projectId],
      ['name = ?', filter.name],
      ['status = ?', filter.status],
    ]);
    if (filter.status !== 'deleted') where.push('deleted_at IS NULL');
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM qos_policy WHERE ${[...where, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...params, ...keyset.params],
    );
    return this.listByIds(
      tx,
      rows.map((row) => row.id),
    );
  }

  async listByIds(tx: Transaction, ids: readonly string[]): Promise<QosPolicy[]> {
    if (!ids.length) return [];
    const rows = await tx.createQueryBuilder(QosPolicy, 'p').where('p.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  async setIntent(tx: Transaction, id: string, intent: QosPolicyIntent): Promise<void> {
    await change(tx, 'UPDATE qos_policy SET name = ?, description = ?, bandwidth_limits = ? WHERE id = ?', [
      intent.name,
      intent.description,
      JSON.stringify(intent.bandwidthLimits),
      id,
    ]);
  }

  /** What became of it in its clusters, taken together. */
  async setStatus(tx: Transaction, id: string, status: LifecycleStatus): Promise<void> {
    await change(
      tx,
      `UPDATE qos_policy SET status = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6),
         deleted_at = IF(? = 'deleted', UTC_TIMESTAMP(6), NULL) WHERE id = ? AND status <> ?`,
      [status, status, id, status],
    );
  }

  /** What the clusters have of these policies. */
  async partsOf(tx: Transaction, ids: readonly string[]): Promise<ClusterQosPolicy[]> {
    if (!ids.length) return [];
    return tx
      .createQueryBuilder(ClusterQosPolicy, 'part')
      .where(`part.qosPolicyId IN (:...ids) AND part.status <> 'deleted'`, { ids })
      .orderBy('part.clusterId')
      .getMany();
  }

  async findPart(tx: Transaction, id: string, clusterId: string): Promise<ClusterQosPolicy | null> {
    return tx.findOneBy(ClusterQosPolicy, { qosPolicyId: id, clusterId });
  }

  /** A task begins with the part of a cluster, which it makes if there is none. */
  async beginPart(
    tx: Transaction,
    part: { id: string; clusterId: string; taskId: string; status: LifecycleStatus },
  ): Promise<void> {
    await change(
      tx,
      `INSERT INTO cluster_qos_policy (qos_policy_id, cluster_id, status, task_id) VALUES (?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE status = VALUES(status), task_id = VALUES(task_id), fault = NULL`,
      [part.id, part.clusterId, part.status, part.taskId],
    );
  }

  async setPartOpenstackId(
    tx: Transaction,
    id: string,
    clusterId: string,
    openstackId: string | null,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE cluster_qos_policy SET openstack_id = ?, observed_at = UTC_TIMESTAMP(6)
        WHERE qos_policy_id = ? AND cluster_id = ?`,
      [openstackId, id, clusterId],
    );
  }

  async setPartTold(
    tx: Transaction,
    id: string,
    clusterId: string,
    told: { version: number; revisionNumber: number | null },
  ): Promise<void> {
    await change(
      tx,
      `UPDATE cluster_qos_policy SET told_version = ?, revision_number = ?, observed_at = UTC_TIMESTAMP(6)
        WHERE qos_policy_id = ? AND cluster_id = ?`,
      [told.version, told.revisionNumber, id, clusterId],
    );
  }

  /** Ends a task's work on the part, if it still is the one that has it. */
  async endPart(
    tx: Transaction,
    part: { id: string; clusterId: string; taskId: string; status: LifecycleStatus; fault?: FaultRecord },
  ): Promise<boolean> {
    const { id, clusterId, taskId, status, fault } = part;
    const ended = await change(
      tx,
      `UPDATE cluster_qos_policy SET status = ?, fault = ? WHERE qos_policy_id = ? AND cluster_id = ? AND task_id = ?`,
      [status, fault ? JSON.stringify(fault) : null, id, clusterId, taskId],
    );
    return ended > 0;
  }
}
