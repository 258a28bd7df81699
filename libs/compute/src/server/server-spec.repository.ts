import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ServerStatus } from './server.state.js';

/** All that is needed to make a server in one cluster; null where the cluster lacks it. */
export interface ServerSpec {
  id: string;
  projectId: string;
  name: string;
  status: ServerStatus;
  /** The task that has the server now. */
  taskId: string;
  userData: string | null;
  metadata: Record<string, string>;
  /** Names. */
  securityGroups: string[];
  networkId: string;
  keyPair: { id: string; publicKey: string } | null;
  clusterId: string;
  clusterName: string;
  openstackFlavorId: string | null;
  openstackImageId: string | null;
  openstackNetworkId: string | null;
  createdAt: Date;
}

interface SpecRow extends Omit<ServerSpec, 'keyPair'> {
  keyPairId: string | null;
  publicKey: string | null;
}

@Injectable()
export class ServerSpecRepository {
  /** The server as it would be made in the cluster, or null when there is no such server or cluster. */
  async find(tx: Transaction, serverId: string, clusterId: string): Promise<ServerSpec | null> {
    const rows = await tx.query<SpecRow[]>(
      `SELECT s.id, s.project_id AS projectId, s.name, s.status, s.task_id AS taskId, s.user_data AS userData, s.metadata,
              s.security_groups AS securityGroups, s.network_id AS networkId, s.created_at AS createdAt,
              k.id AS keyPairId, k.public_key AS publicKey, c.id AS clusterId, c.name AS clusterName,
              f.openstack_id AS openstackFlavorId, i.openstack_id AS openstackImageId,
              n.openstack_id AS openstackNetworkId
       FROM server s
       JOIN cluster c ON c.id = ?
       LEFT JOIN key_pair k ON k.id = s.key_pair_id
       LEFT JOIN cluster_flavor f ON f.flavor_id = s.flavor_id AND f.cluster_id = c.id
       LEFT JOIN cluster_image i ON i.image_id = s.image_id AND i.cluster_id = c.id
       LEFT JOIN cluster_network n ON n.network_id = s.network_id AND n.cluster_id = c.id
       WHERE s.id = ?`,
      [clusterId, serverId],
    );
    return rows[0] ? specOf(rows[0]) : null;
  }
}

function specOf({ keyPairId, publicKey, ...row }: SpecRow): ServerSpec {
  const keyPair = keyPairId !== null && publicKey !== null ? { id: keyPairId, publicKey } : null;
  return { ...row, keyPair };
}
