import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

/** A server as its cluster shows it, and what of it is mapped. */
export interface ServerToAdopt {
  id: string;
  projectId: string;
  clusterId: string;
  taskId: string;
  openstackId: string;
  name: string;
  status: 'active' | 'stopped' | 'error';
  metadata: Record<string, string>;
  flavor: { openstackId: string | null; name: string | null };
  imageOpenstackId: string | null;
  securityGroups: string[];
  observed: { status: string; taskState: string | null; powerState: number | null };
  createdAt: Date;
}

export interface PortToAdopt {
  id: string;
  projectId: string;
  clusterId: string;
  serverId: string | null;
  openstackId: string;
  openstackNetworkId: string;
  name: string;
  macAddress: string;
  fixedIps: { subnet_id: string; ip_address: string }[];
  status: string;
  adminStateUp: boolean;
  revision: number | null;
  /** OpenStack's. */
  securityGroupIds: readonly string[];
}

/** What of the plan an adopted port has. */
export interface HeldPlace {
  reservationId: string;
  subnetId: string;
  segmentId: string;
}

/** A row of a port that is there already, and where that is. */
export interface LinkedPort extends NetworkPlace {
  id: string;
  subnetId: string | null;
  segmentId: string | null;
  reservationId: string | null;
}

/** Where a Neutron network of the cluster is in Ultron. */
export interface NetworkPlace {
  networkId: string | null;
  vpcId: string | null;
}

/** SQL: whether the server was adopted without a mark: then it is never told one, whatever became of the adoption. */
export const unmarked = (serverId: string): string =>
  `EXISTS (SELECT 1 FROM adoption WHERE resource_id = ${serverId} AND mark = 0)`;

/** The rows that an adoption makes. */
@Injectable()
export class AdoptionRows {
  /** What of a server is mapped; nothing is written. */
  async mappingOf(
    tx: Transaction,
    clusterId: string,
    server: Pick<ServerToAdopt, 'flavor' | 'imageOpenstackId'>,
  ): Promise<{ flavorId: string | null; imageId: string | null }> {
    const { openstackId, name } = server.flavor;
    const flavors = await select<{ flavor_id: string | null }>(
      tx,
      `SELECT flavor_id FROM cluster_flavor WHERE cluster_id = ? AND ${openstackId === null ? 'name' : 'openstack_id'} = ?`,
      [clusterId, openstackId ?? name ?? ''],
    );
    const images = await select<{ image_id: string | null }>(
      tx,
      'SELECT image_id FROM cluster_image WHERE cluster_id = ? AND openstack_id = ?',
      [clusterId, server.imageOpenstackId ?? ''],
    );
    return {
      flavorId: flavors.length === 1 ? (flavors[0]?.flavor_id ?? null) : null,
      imageId: images[0]?.image_id ?? null,
    };
  }

  async placeOf(tx: Transaction, clusterId: string, openstackNetworkId: string): Promise<NetworkPlace> {
    const [logical] = await select<{ network_id: string | null }>(
      tx,
      'SELECT network_id FROM cluster_network WHERE cluster_id = ? AND openstack_id = ?',
      [clusterId, openstackNetworkId],
    );
    const [vpc] = await select<{ vpc_id: string }>(
      tx,
      'SELECT vpc_id FROM cluster_vpc_network WHERE cluster_id = ? AND openstack_id = ?',
      [clusterId, openstackNetworkId],
    );
    return { networkId: logical?.network_id ?? null, vpcId: vpc?.vpc_id ?? null };
  }

  /** The names of security groups of the cluster; the id where the name is not known, which then says nothing. */
  async groupNames(tx: Transaction, clusterId: string, openstackIds: readonly string[]): Promise<string[]> {
    if (!openstackIds.length) return [];
    const rows = await select<{ openstack_id: string; name: string }>(
      tx,
      'SELECT openstack_id, name FROM cluster_security_group WHERE cluster_id = ? AND openstack_id IN (?)',
      [clusterId, openstackIds],
    );
    const names = new Map(rows.map((row) => [row.openstack_id, row.name]));
    return [...new Set(openstackIds.map((id) => names.get(id) ?? id))].toSorted();
  }

  /** The row of ours that has the thing already. */
  async claimant(
    tx: Transaction,
    table: 'server' | 'port',
    clusterId: string,
    openstackId: string,
  ): Promise<{ id: string } | null> {
    const [row] = await select<{ id: string }>(
      tx,
      `SELECT id FROM ${table} WHERE cluster_id = ? AND openstack_id = ? AND deleted_at IS NULL`,
      [clusterId, openstackId],
    );
    return row ?? null;
  }

  /** A port that its project had before the server on which it hangs was adopted into the same project. */
  async linkable(
    tx: Transaction,
    port: Pick<PortToAdopt, 'clusterId' | 'openstackId' | 'projectId'>,
  ): Promise<LinkedPort | null> {
    const [row] = await select<LinkedPort>(
      tx,
      `SELECT id, network_id AS networkId, vpc_id AS vpcId, subnet_id AS subnetId, segment_id AS segmentId,
              reservation_id AS reservationId
       FROM port WHERE cluster_id = ? AND openstack_id = ? AND project_id = ? AND server_id IS NULL
         AND deleted_at IS NULL`,
      [port.clusterId, port.openstackId, port.projectId],
    );
    return row ?? null;
  }

  /** False when it was linked, or deleted, meanwhile. */
  async linkPort(tx: Transaction, id: string, serverId: string): Promise<boolean> {
    const linked = await change(
      tx,
      `UPDATE port SET server_id = ?, version = version + 1, updated_at = UTC_TIMESTAMP(6)
       WHERE id = ? AND server_id IS NULL AND deleted_at IS NULL`,
      [serverId, id],
    );
    return linked === 1;
  }

  async insertServer(tx: Transaction, server: ServerToAdopt, networkId: string | null): Promise<void> {
    await this.letGo(tx, 'server', server.clusterId, server.openstackId);
    const { flavorId, imageId } = await this.mappingOf(tx, server.clusterId, server);
    await change(
      tx,
      `INSERT INTO server (id, project_id, name, flavor_id, image_id, network_id, metadata, security_groups, placement,
         cluster_id, status, task_id, version, openstack_id, observed_status, observed_task_state,
         observed_power_state, observed_at, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{}', ?, ?, ?, 1, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, UTC_TIMESTAMP(6))`,
      [
        server.id,
        server.projectId,
        server.name,
        flavorId,
        imageId,
        networkId,
        JSON.stringify(server.metadata),
        JSON.stringify(server.securityGroups),
        server.clusterId,
        server.status,
        server.taskId,
        server.openstackId,
        server.observed.status,
        server.observed.taskState,
        server.observed.powerState,
        server.createdAt,
      ],
    );
  }

  /** `held`: what of the plan its addresses are; null where they are none of it. */
  async insertPort(
    tx: Transaction,
    port: PortToAdopt,
    place: NetworkPlace,
    held: HeldPlace | null,
  ): Promise<void> {
    await this.letGo(tx, 'port', port.clusterId, port.openstackId);
    const groups = await this.groupNames(tx, port.clusterId, port.securityGroupIds);
    await change(
      tx,
      `INSERT INTO port (id, project_id, cluster_id, server_id, network_id, vpc_id, subnet_id, segment_id,
         reservation_id, openstack_id, name, description, mac_address, fixed_ips, security_groups, admin_state_up,
         status, observed_status, revision_number, observed_at, version, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, 'active', ?, ?, UTC_TIMESTAMP(6), 1,
         UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [
        port.id,
        port.projectId,
        port.clusterId,
        port.serverId,
        place.vpcId === null ? place.networkId : null,
        place.vpcId,
        held?.subnetId ?? null,
        held?.segmentId ?? null,
        held?.reservationId ?? null,
        port.openstackId,
        port.name,
        port.macAddress,
        JSON.stringify(port.fixedIps),
        JSON.stringify(groups),
        port.adminStateUp,
        port.status,
        port.revision,
      ],
    );
  }

  /**
   * Gives the Neutron network a logical one of this name; a name that is taken by another gets its id appended. False
   * when it has one already, which stays.
   */
  async mapNetwork(
    tx: Transaction,
    network: { id: string; clusterId: string; openstackId: string; name: string; external: boolean },
  ): Promise<boolean> {
    const taken = await select<{ id: string }>(tx, 'SELECT id FROM network WHERE name = ?', [network.name]);
    const name =
      taken.length || network.name === ''
        ? `${network.name}-${network.openstackId.slice(0, 8)}`
        : network.name;
    await change(
      tx,
      'INSERT INTO network (id, name, created_at) VALUES (?, ?, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE id = id',
      [network.id, name],
    );
    await change(
      tx,
      `INSERT INTO cluster_network (cluster_id, openstack_id, network_id, name, is_external, pinned, unmapped_reason,
         observed_at) VALUES (?, ?, ?, ?, ?, 1, NULL, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE pinned = IF(network_id IS NULL, 1, pinned),
         unmapped_reason = IF(network_id IS NULL, NULL, unmapped_reason), network_id = COALESCE(network_id, VALUES(network_id))`,
      [network.clusterId, network.openstackId, network.id, network.name, network.external],
    );
    return (await this.placeOf(tx, network.clusterId, network.openstackId)).networkId === network.id;
  }

  /** Whether it was given up, so that its name does not map it. */
  async isHeldUnmapped(tx: Transaction, clusterId: string, openstackId: string): Promise<boolean> {
    const rows = await select<unknown>(
      tx,
      `SELECT 1 FROM cluster_network WHERE cluster_id = ? AND openstack_id = ? AND network_id IS NULL AND pinned = 1`,
      [clusterId, openstackId],
    );
    return rows.length > 0;
  }

  /** Whether the server was adopted without a mark. */
  async isUnmarked(tx: Transaction, serverId: string): Promise<boolean> {
    const [row] = await select<{ unmarked: number | string }>(tx, `SELECT ${unmarked('?')} AS unmarked`, [
      serverId,
    ]);
    return Number(row?.unmarked) === 1;
  }

  /** A row that was deleted may still hold the id of what was left in the cluster: there can be one row for it. */
  private async letGo(
    tx: Transaction,
    table: 'server' | 'port',
    clusterId: string,
    openstackId: string,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE ${table} SET openstack_id = NULL WHERE cluster_id = ? AND openstack_id = ? AND deleted_at IS NOT NULL`,
      [clusterId, openstackId],
    );
  }
}
