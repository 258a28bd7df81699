import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ServerNicRepository, type NicSpec } from '../server-nic/server-nic.repository.js';
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
  /** In their order. */
  nics: NicSpec[];
  preemptible: boolean;
  keyPair: { id: string; publicKey: string } | null;
  clusterId: string;
  clusterName: string;
  openstackFlavorId: string | null;
  openstackImageId: string | null;
  createdAt: Date;
}

interface SpecRow extends Omit<ServerSpec, 'keyPair' | 'nics'> {
  networkId: string | null;
  openstackNetworkId: string | null;
  keyPairId: string | null;
  publicKey: string | null;
}

@Injectable()
export class ServerSpecRepository {
  constructor(@Inject(ServerNicRepository) private readonly nics: ServerNicRepository) {}

  /** The server as it would be made in the cluster, or null when there is no such server or cluster. */
  async find(tx: Transaction, serverId: string, clusterId: string): Promise<ServerSpec | null> {
    const rows = await tx.query<SpecRow[]>(
      `SELECT s.id, s.project_id AS projectId, s.name, s.status, s.task_id AS taskId, s.user_data AS userData, s.metadata,
              s.security_groups AS securityGroups, s.network_id AS networkId, s.preemptible, s.created_at AS createdAt,
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
    const [row] = rows;
    if (!row) return null;
    const nics = row.networkId === null ? await this.nics.specsOf(tx, serverId, clusterId) : [onlyNic(row)];
    return specOf(row, nics);
  }
}

function specOf(
  { keyPairId, publicKey, networkId: _, openstackNetworkId: __, ...row }: SpecRow,
  nics: NicSpec[],
): ServerSpec {
  const keyPair = keyPairId !== null && publicKey !== null ? { id: keyPairId, publicKey } : null;
  return { ...row, preemptible: Boolean(row.preemptible), nics, keyPair };
}

/** The one logical network of a server, which has no row of its own. */
function onlyNic({ networkId, openstackNetworkId }: SpecRow): NicSpec {
  return {
    position: 0,
    networkId,
    openstackNetworkId,
    vpcId: null,
    subnetId: null,
    segmentId: null,
    address: null,
    subnetAsked: false,
    addressAsked: false,
    reservationId: null,
    held: null,
    heldFor: null,
    segmentState: null,
    segmentClusterId: null,
    segmentTaskId: null,
    openstackSubnetId: null,
  };
}
