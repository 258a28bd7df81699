import { Module } from '@nestjs/common';
import { ClusterModule } from '@ultron/cluster/cluster.module';
import { IdentityModule } from '@ultron/identity/identity.module';
import { LaneClassRepository } from '@ultron/sync/lane/lane-class.repository';
import { LaneViewRepository } from '@ultron/sync/lane/lane-view.repository';
import { LaneService } from '@ultron/sync/lane/lane.service';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { SyncTierRepository } from '@ultron/sync/tier/sync-tier.repository';
import { TierService } from '@ultron/sync/tier/tier.service';
import { ConductorController } from './conductor.controller.js';
import { LaneController } from './lane.controller.js';
import { SyncMetrics } from './sync.metrics.js';
import { TierAssignmentController, TierController } from './tier.controller.js';

@Module({
  imports: [ClusterModule, IdentityModule],
  controllers: [LaneController, TierController, TierAssignmentController, ConductorController],
  providers: [
    LaneService,
    LaneViewRepository,
    LaneClassRepository,
    LaneConductorRepository,
    TierService,
    SyncTierRepository,
    SyncMetrics,
  ],
})
export class SyncApiModule {}
