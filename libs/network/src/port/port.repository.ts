import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../lifecycle/filter.sql.js';
import { LifecycleRepository } from '../lifecycle/lifecycle.repository.js';
import type { LifecycleStatus } from '../lifecycle/lifecycle.state.js';
import { type FixedIp, Port, type ServerPort } from './port.entity.js';

/** The port of a server that was just made, or found again, in a cluster. */
export interface RecordedPort {
  serverId: string;
  clusterId: string;
  /** Null in a VPC. */
  networkId: string | null;
  openstackId: string;
  macAddress: string;
  fixedIps: FixedIp[];
  /** Neutron's. */
  status: string;
  /** The server's: without it the port is not shown to its project. */
  projectId?: string | null;
  name?: string;
  vpcId?: string | null;
  subnetId?: string | null;
  segmentId?: string | null;
  reservationId?: string | null;
  revisionNumber?: number | null;
}

/** What was asked for when a port was made. */
export type NewPort = Pick<
  Port,
  | 'id'
  | 'projectId'
  | 'name'
  | 'description'
  | 'clusterId'
  | 'networkId'
  | 'vpcId'
  | 'subnetId'
  | 'segmentId'
  | 'reservationId'
  | 'fixedIps'
  | 'adminStateUp'
  | 'portSecurityEnabled'
  | 'allowedAddressPairs'
  | 'securityGroups'
  | 'qosPolicyId'
  | 'taskId'
>;

/** What may be changed of a port. */
export type PortIntent = Pick<
  Port,
  | 'name'
  | 'description'
  | 'adminStateUp'
  | 'portSecurityEnabled'
  | 'allowedAddressPairs'
  | 'securityGroups'
  | 'qosPolicyId'
>;

/** A port as Neutron shows it. */
export interface SeenPort {
  openstackId: string;
  macAddress: string;
  fixedIps: FixedIp[];
  status: string;
  revisionNumber: number | null;
}

export type PortSort = 'created_at' | 'name';

export interface PortFilter {
  projectId?: string | undefined;
  name?: string | undefined;
  status?: LifecycleStatus | undefined;
  clusterId?: string | undefined;
  serverId?: string | undefined;
  networkId?: string | undefined;
  vpcId?: string | undefined;
  subnetId?: string | undefined;
  segmentId?: string | undefined;
  qosPolicyId?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** False: without those that failed before any cluster had them. */
  neverMade?: false | undefined;
}

@Injectable()
export class PortRepository extends LifecycleRepository {
  constructor() {
    super('port');
  }

  /** Records the port of a server under its OpenStack id; recording it again refreshes what was seen of it. */
  async record(tx: Transaction, port: RecordedPort): Promise<void> {
    const now = new Date();
    await tx.query(
      `INSERT INTO port (id, server_id, cluster_id, network_id, openstack_id, mac_address, fixed_ips, observed_status,
                         project_id, name, vpc_id, subnet_id, segment_id, reservation_id, revision_number,
                         observed_at, created_at, updated_at) VALUES (?)
       ON DUPLICATE KEY UPDATE mac_address = VALUES(mac_address), fixed_ips = VALUES(fixed_ips),
         observed_status = VALUES(observed_status), revision_number = VALUES(revision_number),
         observed_at = VALUES(observed_at), status = IF(status = 'deleted', 'active', status), deleted_at = NULL`,
      [
        [
          newId(),
          port.serverId,
          port.clusterId,
          port.networkId,
          port.openstackId,
          port.macAddress,
          JSON.stringify(port.fixedIps),
          port.status,
          port.projectId ?? null,
          port.name ?? '',
          port.vpcId ?? null,
          port.subnetId ?? null,
          port.segmentId ?? null,
          port.reservationId ?? null,
          port.revisionNumber ?? null,
          now,
          now,
          now,
        ],
      ],
    );
  }

  /** Sets what Neutron says of the ports of these servers now that their servers changed. */
  async setStatus(tx: Transaction, serverIds: readonly string[], status: string): Promise<void> {
    if (!serverIds.length) return;
    await tx.query(
      `UPDATE port SET observed_status = ?, observed_at = UTC_TIMESTAMP(6)
        WHERE server_id IN (?) AND deleted_at IS NULL`,
      [status, serverIds],
    );
  }

  /** Marks the ports of a server in a cluster as gone; in every cluster when none is named. */
  async markDeleted(tx: Transaction, serverId: string, clusterId?: string): Promise<void> {
    // With a port goes, in Neutron, where floating IPs led.
    await tx.query(
      `UPDATE floating_ip ip JOIN port p ON p.id = ip.port_id
          SET ip.port_id = NULL, ip.fixed_ip_address = NULL, ip.version = ip.version + 1
        WHERE p.server_id = ? AND p.deleted_at IS NULL ${clusterId ? 'AND p.cluster_id = ?' : ''}`,
      [serverId, clusterId],
    );
    await tx.query(
      `UPDATE port SET status = 'deleted', observed_status = 'DELETED', version = version + 1,
         updated_at = UTC_TIMESTAMP(6), deleted_at = UTC_TIMESTAMP(6)
       WHERE server_id = ? AND deleted_at IS NULL ${clusterId ? 'AND cluster_id = ?' : ''}`,
      [serverId, clusterId],
    );
  }

  /** The ports that exist, of these servers. */
  async listOfServers(tx: Transaction, serverIds: readonly string[]): Promise<ServerPort[]> {
    if (!serverIds.length) return [];
    const ports = await tx
      .createQueryBuilder(Port, 'port')
      .where('port.serverId IN (:...serverIds) AND port.deletedAt IS NULL', { serverIds })
      .getMany();
    return ports.filter(isOfServer);
  }

  /** A port of a project that is yet to be made. */
  async insert(tx: Transaction, port: NewPort): Promise<void> {
    const now = new Date();
    const columns: Record<string, unknown> = {
      id: port.id,
      project_id: port.projectId,
      name: port.name,
      description: port.description,
      cluster_id: port.clusterId,
      network_id: port.networkId,
      vpc_id: port.vpcId,
      subnet_id: port.subnetId,
      segment_id: port.segmentId,
      reservation_id: port.reservationId,
      fixed_ips: JSON.stringify(port.fixedIps),
      ...intentColumns(port),
      status: 'building',
      task_id: port.taskId,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    await change(tx, `INSERT INTO port (${Object.keys(columns).join(', ')}) VALUES (?)`, [
      Object.values(columns),
    ]);
  }

  async find(tx: Transaction, id: string): Promise<Port | null> {
    return tx.findOneBy(Port, { id });
  }

  /** Reads the row and keeps it from changing until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<Port | null> {
    return tx.findOne(Port, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** One more row than the page asks for, when there is one. */
  async list(tx: Transaction, filter: PortFilter, page: Page<PortSort>): Promise<Port[]> {
    const keyset = keysetSql(page, { created_at: 'id', name: 'name' }, 'id');
    const { where, params } = conditionsOf([
      ['project_id = ?', filter.projectId],
      ['name = ?', filter.name],
      ['status = ?', filter.status],
      ['cluster_id = ?', filter.clusterId],
      ['server_id = ?', filter.serverId],
      ['network_id = ?', filter.networkId],
      ['vpc_id = ?', filter.vpcId],
      ['subnet_id = ?', filter.subnetId],
      ['segment_id = ?', filter.segmentId],
      ['qos_policy_id = ?', filter.qosPolicyId],
      ['created_at > ?', filter.createdAfter],
      ['created_at < ?', filter.createdBefore],
    ]);
    if (filter.status !== 'deleted') where.push('deleted_at IS NULL');
    if (filter.neverMade === false) where.push(`NOT (status = 'error' AND openstack_id IS NULL)`);
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM port WHERE ${[...where, keyset.where].join(' AND ')}
       ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...params, ...keyset.params],
    );
    return this.listByIds(
      tx,
      rows.map((row) => row.id),
    );
  }

  /** In the order of the ids; ids of no port are passed over. */
  async listByIds(tx: Transaction, ids: readonly string[]): Promise<Port[]> {
    if (!ids.length) return [];
    const rows = await tx.createQueryBuilder(Port, 'p').where('p.id IN (:...ids)', { ids }).getMany();
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  async setIntent(tx: Transaction, id: string, intent: PortIntent): Promise<void> {
    const columns = intentColumns(intent);
    const sets = Object.keys(columns).map((column) => `${column} = ?`);
    await change(tx, `UPDATE port SET ${sets.join(', ')} WHERE id = ?`, [...Object.values(columns), id]);
  }

  /** What Neutron answered, whoever has the port now. */
  async setSeen(tx: Transaction, id: string, seen: SeenPort): Promise<void> {
    await change(
      tx,
      `UPDATE port SET openstack_id = ?, mac_address = ?, fixed_ips = ?, observed_status = ?, revision_number = ?,
         observed_at = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [
        seen.openstackId,
        seen.macAddress,
        JSON.stringify(seen.fixedIps),
        seen.status,
        seen.revisionNumber,
        id,
      ],
    );
  }

  /** The cluster has no such port, or not any more. */
  async setUnseen(tx: Transaction, id: string): Promise<void> {
    await change(
      tx,
      `UPDATE port SET openstack_id = NULL, observed_status = NULL, revision_number = NULL,
         observed_at = UTC_TIMESTAMP(6) WHERE id = ?`,
      [id],
    );
  }

  /** At most `limit` ports on the subnet, in the segment, or under the policy; what no cluster could make holds nothing. */
  async listUsing(
    tx: Transaction,
    use: Pick<PortFilter, 'vpcId' | 'subnetId' | 'segmentId' | 'qosPolicyId'>,
    limit: number,
  ): Promise<Port[]> {
    const held = { ...use, neverMade: false as const };
    return this.list(tx, held, { limit: limit - 1, sort: 'created_at', order: 'asc' });
  }
}

const isOfServer = (port: Port): port is ServerPort =>
  port.serverId !== null && port.openstackId !== null && port.macAddress !== null;

function intentColumns(intent: PortIntent): Record<string, unknown> {
  return {
    name: intent.name,
    description: intent.description,
    admin_state_up: intent.adminStateUp,
    port_security_enabled: intent.portSecurityEnabled,
    allowed_address_pairs: JSON.stringify(intent.allowedAddressPairs),
    security_groups: intent.securityGroups ? JSON.stringify(intent.securityGroups) : null,
    qos_policy_id: intent.qosPolicyId,
  };
}
