import { Inject, Injectable } from '@nestjs/common';
import { ClusterUse } from '@ultron/cluster/cluster/cluster-use';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { SegmentRepository } from '@ultron/network/address-plan/segment/segment.repository';
import type { Transaction } from '@ultron/platform/database/transaction';

/** Lets the registry ask the servers and the VPCs whether a cluster is still in use. */
@Injectable()
export class ServerUse extends ClusterUse {
  constructor(
    @Inject(ServerRepository) private readonly servers: ServerRepository,
    @Inject(SegmentRepository) private readonly segments: SegmentRepository,
  ) {
    super();
  }

  countSegments(tx: Transaction, clusterId: string): Promise<number> {
    return this.segments.countIn(tx, clusterId);
  }

  async countServers(tx: Transaction, clusterId: string): Promise<number> {
    const page = { limit: 1000, sort: 'created_at', order: 'asc' } as const;
    return (await this.servers.list(tx, { clusterIds: [clusterId] }, page)).length;
  }
}
