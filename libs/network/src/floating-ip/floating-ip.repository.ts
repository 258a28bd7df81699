import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../lifecycle/filter.sql.js';
import { LifecycleRepository } from '../lifecycle/lifecycle.repository.js';
import type { FloatingIpIntent } from '../lifecycle/network-task.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { FloatingIp } from './floating-ip.entity.js';

export type NewFloatingIp = Pick<FloatingIp, 'id' | 'projectId' | 'clusterId' | 'networkId' | 'taskId'> &
  FloatingIpIntent;

/** A floating IP as Neutron shows it. */
export interface SeenFloatingIp {
  openstackId: string;
  address: string;
  status: string;
  revisionNumber: number | null;
}

export type FloatingIpSort = 'created_at';

export interface FloatingIpFilter {
  projectId?: string | undefined;
  status?: LifecycleStatus | undefined;
  clusterId?: string | undefined;
  networkId?: string | undefined;
  portId?: string | undefined;
  address?: string | undefined;
  qosPolicyId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** False: without those that failed before any cluster had them. */
  neverMade?: false | undefined;
}

@Injectable()
export class FloatingIpRepository extends LifecycleRepository {
  constructor() {
    super('floating_ip');
  }

  async insert(tx: Transaction, ip: NewFloatingIp): Promise<void> {
    const now = new Date();
    await change(
      tx,
      `INSERT INTO floating_ip (id, project_id, name, description, cluster_id, network_id, port_id, fixed_ip_address,
         qos_policy_id, status, task_id, version, created_at, updated_at) VALUES (?)`,
      [
        [
          ip.id,
          ip.projectId,
          '',
          ip.description,
          ip.clusterId,
          ip.networkId,
          ip.portId,
          ip.fixedIpAddress,
          ip.qosPolicyId,
          'building',
          ip.taskId,
          1,
          now,
          now,
        ],
      ],
    );
  }

  async find(tx: Transaction, id: string): Promise<FloatingIp | null> {
    return tx.findOneBy(FloatingIp, { id });
  }

  /** Reads the row and keeps it from changing until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<FloatingIp | null> {
    return tx.findOne(FloatingIp, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, filter: FloatingIpFilter, page: Page<FloatingIpSort>): Promise<FloatingIp[]> {
    const keyset = keysetSql(page, { created_at: 'id' }, 'id');
    const { where, params } = conditionsOf([
      ['project_id = ?', filter.projectId],
      ['status = ?', filter.status],
      ['cluster_id = ?', filter.clusterId],
      ['network_id = ?', filter.networkId],
      ['port_id = ?', filter.portId],
      ['address = ?', filter.address],
      ['qos_policy_id = ?', filter.qosPolicyId],
      ['created_at > ?', filter.createdAfter],
      ['created_at < ?', filter.createdBefore],
    ]);
    if (filter.status !== 'deleted') where.push('deleted_at IS NULL');
    if (filter.neverMade === false) where.push(`NOT (status = 'error' AND openstack_id IS NULL)`);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM floating_ip WHERE ${[...where, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...params, ...keyset.params],
    );
    return this.listByIds(
      tx,
      rows.map((row) => row.id),
    );
  }

  async listByIds(tx: Transaction, ids: readonly string[]): Promise<FloatingIp[]> {
    if (!ids.length) return [];
    const rows = await tx.createQueryBuilder(FloatingIp, 'ip').where('ip.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** At most `limit` that lead to the port, or are under the policy; what no cluster could make holds nothing. */
  async listUsing(
    tx: Transaction,
    use: Pick<FloatingIpFilter, 'portId' | 'qosPolicyId'>,
    limit: number,
  ): Promise<FloatingIp[]> {
    const held = { ...use, neverMade: false as const };
    return this.list(tx, held, { limit: limit - 1, sort: 'created_at', order: 'asc' });
  }

  /** At most `limit` that lead into one of the subnets; to one cluster's part of them, when it is named. */
  async idsOnSubnets(
    tx: Transaction,
    subnetIds: readonly string[],
    limit: number,
    networkId?: string,
  ): Promise<string[]> {
    if (!subnetIds.length) return [];
    const rows = await select<{ id: string }>(
      tx,
      `SELECT ip.id FROM floating_ip ip JOIN port p ON p.id = ip.port_id
        WHERE p.subnet_id IN (?) AND ip.deleted_at IS NULL
          AND NOT (ip.status = 'error' AND ip.openstack_id IS NULL) ${networkId === undefined ? '' : 'AND ip.network_id = ?'}
        ORDER BY ip.id LIMIT ${limit}`,
      [subnetIds, networkId],
    );
    return rows.map(({ id }) => id);
  }

  async setIntent(tx: Transaction, id: string, intent: FloatingIpIntent): Promise<void> {
    await change(
      tx,
      'UPDATE floating_ip SET description = ?, port_id = ?, fixed_ip_address = ?, qos_policy_id = ? WHERE id = ?',
      [intent.description, intent.portId, intent.fixedIpAddress, intent.qosPolicyId, id],
    );
  }

  /** What Neutron answered, whoever has it now. */
  async setSeen(tx: Transaction, id: string, seen: SeenFloatingIp): Promise<void> {
    await change(
      tx,
      `UPDATE floating_ip SET openstack_id = ?, address = ?, observed_status = ?, revision_number = ?,
         observed_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [seen.openstackId, seen.address, seen.status, seen.revisionNumber, id],
    );
  }

  /** The cluster has no such floating IP, or not any more. */
  async setUnseen(tx: Transaction, id: string): Promise<void> {
    await change(
      tx,
      `UPDATE floating_ip SET openstack_id = NULL, observed_status = NULL, revision_number = NULL,
         observed_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [id],
    );
  }

  /** The ports are gone, and with them, in Neutron, where floating IPs led. */
  async leadNowhere(tx: Transaction, portIds: readonly string[]): Promise<void> {
    if (!portIds.length) return;
    await change(
      tx,
      `UPDATE floating_ip SET port_id = NULL, fixed_ip_address = NULL, version = version + 1,
         updated_at = UTC_TIMESTAMP(6) WHERE port_id IN (?) AND deleted_at IS NULL`,
      [portIds],
    );
  }
}
