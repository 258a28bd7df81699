import { Inject, Injectable } from '@nestjs/common';
import { ClusterUse } from '@ultron/cluster/cluster/cluster-use';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Lets the registry ask the servers whether a cluster is still in use. */
@Injectable()
export class ServerUse extends ClusterUse {
  constructor(@Inject(ServerRepository) private readonly servers: ServerRepository) {
    super();
  }

  async countServers(tx: Transaction, clusterId: string): Promise<number> {
    const page = { limit: 1000, sort: 'created_at', order: 'asc' } as const;
    return (await this.servers.list(tx, { clusterIds: [clusterId] }, page)).length;
  }
}
