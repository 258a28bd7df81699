import { Module } from '@nestjs/common';
import { ClusterModule } from '@ultron/cluster/cluster.module';
import { ClusterUse } from '@ultron/cluster/cluster/cluster-use';
import { ClusterService } from '@ultron/cluster/cluster/cluster.service';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { SegmentRepository } from '@ultron/network/address-plan/segment/segment.repository';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { OpenCircuitRepository } from '@ultron/sync/circuit/open-circuit.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { FreshnessApiModule } from '../freshness/freshness.api.module.js';
import { ClusterController } from './cluster.controller.js';
import { ClusterMappingReader } from './cluster-mapping.reader.js';
import { ConductorGroupController } from './conductor-group.controller.js';
import { IdcController } from './idc.controller.js';
import { ObservedObjectController } from './observed-object.controller.js';
import { ServerUse } from './server-use.js';

@Module({
  imports: [ClusterModule, FreshnessApiModule],
  controllers: [IdcController, ConductorGroupController, ClusterController, ObservedObjectController],
  providers: [
    ClusterService,
    LaneRepository,
    OpenCircuitRepository,
    ClusterMappingReader,
    { provide: ClusterUse, useClass: ServerUse },
    ServerRepository,
    SegmentRepository,
    FlavorRepository,
    ImageRepository,
    NetworkRepository,
    SecurityGroupRepository,
  ],
})
export class ClusterApiModule {}
