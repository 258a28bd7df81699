import { Injectable } from '@nestjs/common';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { type FixedIp, Port } from './port.entity.js';

/** A port that was just made, or found again, in a cluster. */
export interface RecordedPort {
  serverId: string;
  clusterId: string;
  networkId: string;
  openstackId: string;
  macAddress: string;
  fixedIps: FixedIp[];
  status: string;
}

@Injectable()
export class PortRepository {
  /** Records the port under its OpenStack id; recording it again refreshes what was seen of it. */
  async record(tx: Transaction, port: RecordedPort): Promise<void> {
    const now = new Date();
    await tx.query(
      `INSERT INTO port (id, server_id, cluster_id, network_id, openstack_id, mac_address, fixed_ips, status,
                         observed_at, created_at) VALUES (?)
       ON DUPLICATE KEY UPDATE mac_address = VALUES(mac_address), fixed_ips = VALUES(fixed_ips),
         status = VALUES(status), observed_at = VALUES(observed_at), deleted_at = NULL`,
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
          now,
          now,
        ],
      ],
    );
  }

  /** Sets the status that the ports of these servers have now that their servers changed. */
  async setStatus(tx: Transaction, serverIds: readonly string[], status: string): Promise<void> {
    if (!serverIds.length) return;
    await tx.query(
      'UPDATE port SET status = ?, observed_at = UTC_TIMESTAMP(6) WHERE server_id IN (?) AND deleted_at IS NULL',
      [status, serverIds],
    );
  }

  /** Marks the ports of a server in a cluster as gone; in every cluster when none is named. */
  async markDeleted(tx: Transaction, serverId: string, clusterId?: string): Promise<void> {
    await tx.query(
      `UPDATE port SET status = 'DELETED', deleted_at = UTC_TIMESTAMP(6)
       WHERE server_id = ? AND deleted_at IS NULL ${clusterId ? 'AND cluster_id = ?' : ''}`,
      [serverId, clusterId],
    );
  }

  /** The ports that exist, of these servers. */
  async listOfServers(tx: Transaction, serverIds: readonly string[]): Promise<Port[]> {
    if (!serverIds.length) return [];
    return tx
      .createQueryBuilder(Port, 'port')
      .where('port.serverId IN (:...serverIds) AND port.deletedAt IS NULL', { serverIds })
      .getMany();
  }
}
