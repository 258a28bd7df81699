import { Module } from '@nestjs/common';
import { ClusterRepository } from '@ultron/cluster/cluster/cluster.repository';
import { FreshnessRepository } from '@ultron/sync/freshness/freshness.repository';
import { ObservedReader } from '@ultron/sync/observed/observed.reader';
import { RefreshRequestRepository } from '@ultron/sync/refresh/refresh-request.repository';
import { RefreshService } from '@ultron/sync/refresh/refresh.service';
import { FreshnessReader } from './freshness.reader.js';

const shared = [FreshnessReader, ObservedReader, RefreshService];

/** For the domains that show what comes from clusters. */
@Module({
  providers: [...shared, FreshnessRepository, RefreshRequestRepository, ClusterRepository],
  exports: shared,
})
export class FreshnessApiModule {}
