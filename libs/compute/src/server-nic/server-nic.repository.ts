import { Injectable } from '@nestjs/common';
import { formatBlock } from '@ultron/network/address-plan/block/block';
import { toBlock } from '@ultron/network/address-plan/block/block.row';
import type { SegmentState } from '@ultron/network/address-plan/segment/segment.state';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ServerNic } from './server-nic.entity.js';

export type NewServerNic = Pick<
  ServerNic,
  | 'serverId'
  | 'position'
  | 'networkId'
  | 'vpcId'
  | 'subnetId'
  | 'subnetAsked'
  | 'addressAsked'
  | 'address'
  | 'segmentId'
  | 'reservationId'
>;

/** A network of a server with what it is called. */
export interface NamedNic extends ServerNic {
  vpcName: string | null;
  subnetCidr: string | null;
}

/** All that is needed to make the port of a server on one network of it. */
export interface NicSpec {
  position: number;
  networkId: string | null;
  vpcId: string | null;
  subnetId: string | null;
  segmentId: string | null;
  address: string | null;
  subnetAsked: boolean;
  addressAsked: boolean;
  reservationId: string | null;
  /** Whether the plan still holds the address for it, and for which port; null: no more. */
  held: 'reserved' | 'bound' | null;
  heldFor: string | null;
  /** Null where there is no such segment any more. */
  segmentState: SegmentState | null;
  segmentClusterId: string | null;
  /** The task that builds the segment, or built it. */
  segmentTaskId: string | null;
  openstackNetworkId: string | null;
  openstackSubnetId: string | null;
}

type NicSpecRow = Omit<NicSpec, 'subnetAsked' | 'addressAsked'> & {
  subnetAsked: number | boolean;
  addressAsked: number | boolean;
};

@Injectable()
export class ServerNicRepository {
  async insertMany(tx: Transaction, nics: readonly NewServerNic[]): Promise<void> {
    if (nics.length === 0) return;
    await change(
      tx,
      `INSERT INTO server_nic (server_id, position, network_id, vpc_id, subnet_id, subnet_asked, address_asked, address,
         segment_id, reservation_id) VALUES ${rowsOf(nics.length, `(${'?, '.repeat(9)}?)`)}`,
      nics.flatMap((nic) => [
        nic.serverId,
        nic.position,
        nic.networkId,
        nic.vpcId,
        nic.subnetId,
        nic.subnetAsked,
        nic.addressAsked,
        nic.address,
        nic.segmentId,
        nic.reservationId,
      ]),
    );
  }

  /** The networks of these servers in their order; servers with one logical network have none here. */
  async listOfServers(tx: Transaction, serverIds: readonly string[]): Promise<NamedNic[]> {
    if (serverIds.length === 0) return [];
    const rows = await select<
      ServerNic & { vpcName: string | null; base: Buffer | null; prefix: number | null }
    >(
      tx,
      `SELECT n.server_id AS serverId, n.position, n.network_id AS networkId, n.vpc_id AS vpcId,
              n.subnet_id AS subnetId, n.subnet_asked AS subnetAsked, n.address_asked AS addressAsked, n.address,
              n.segment_id AS segmentId, n.reservation_id AS reservationId, v.name AS vpcName, s.base, s.prefix
         FROM server_nic n LEFT JOIN vpc v ON v.id = n.vpc_id LEFT JOIN subnet s ON s.id = n.subnet_id
        WHERE n.server_id IN (?) ORDER BY n.server_id, n.position`,
      [serverIds],
    );
    return rows.map(({ base, prefix, ...row }) => ({
      ...row,
      subnetAsked: Boolean(row.subnetAsked),
      addressAsked: Boolean(row.addressAsked),
      subnetCidr: base && prefix !== null ? formatBlock(toBlock({ base, prefix })) : null,
    }));
  }

  /** The networks of a server as they would be made in the cluster. */
  async specsOf(tx: Transaction, serverId: string, clusterId: string): Promise<NicSpec[]> {
    const rows = await select<NicSpecRow>(
      tx,
      `SELECT n.position, n.network_id AS networkId, n.vpc_id AS vpcId, n.subnet_id AS subnetId,
              n.segment_id AS segmentId, n.address, n.subnet_asked AS subnetAsked, n.address_asked AS addressAsked,
              n.reservation_id AS reservationId, a.state AS held, a.port_id AS heldFor, s.state AS segmentState,
              s.cluster_id AS segmentClusterId, s.task_id AS segmentTaskId,
              COALESCE(c.openstack_id, w.openstack_id) AS openstackNetworkId, s.openstack_subnet_id AS openstackSubnetId
         FROM server_nic n
         LEFT JOIN cluster_network c ON c.network_id = n.network_id AND c.cluster_id = ?
         LEFT JOIN cluster_vpc_network w ON w.vpc_id = n.vpc_id AND w.cluster_id = ?
         LEFT JOIN segment s ON s.id = n.segment_id
         LEFT JOIN address a ON a.reservation_id = n.reservation_id AND a.state IN ('reserved', 'bound')
        WHERE n.server_id = ? ORDER BY n.position`,
      [clusterId, clusterId, serverId],
    );
    return rows.map((row) => ({
      ...row,
      subnetAsked: Boolean(row.subnetAsked),
      addressAsked: Boolean(row.addressAsked),
    }));
  }

  /** Gives a network of a server another address; null: none for the time being. */
  async setAddress(
    tx: Transaction,
    nic: Pick<ServerNic, 'serverId' | 'position' | 'subnetId' | 'address' | 'segmentId' | 'reservationId'>,
  ): Promise<void> {
    await change(
      tx,
      `UPDATE server_nic SET subnet_id = IF(subnet_asked, subnet_id, ?), address = ?, segment_id = ?,
         reservation_id = ? WHERE server_id = ? AND position = ?`,
      [nic.subnetId, nic.address, nic.segmentId, nic.reservationId, nic.serverId, nic.position],
    );
  }

  /** The networks of a server; nobody else gives it other addresses before the transaction ends. */
  async lock(tx: Transaction, serverId: string): Promise<ServerNic[]> {
    return tx.find(ServerNic, {
      where: { serverId },
      order: { position: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** The reservations under which the plan holds a server's addresses, of all or in one state. */
  async reservationsOf(
    tx: Transaction,
    serverId: string,
    state: 'reserved' | 'bound' | null = null,
  ): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT DISTINCT n.reservation_id AS id FROM server_nic n JOIN address a ON a.reservation_id = n.reservation_id
        WHERE n.server_id = ? AND a.state IN (?)`,
      [serverId, state === null ? ['reserved', 'bound'] : [state]],
    );
    return rows.map(({ id }) => id);
  }
}
