import { Module } from '@nestjs/common';
import { ComputeModule } from '@ultron/compute/compute.module';
import { FreshnessApiModule } from '../freshness/freshness.api.module.js';
import { FlavorController } from './flavor.controller.js';
import { ImageController } from './image.controller.js';
import { KeyPairController } from './key-pair.controller.js';
import { ObservedServerReader } from './observed-server.reader.js';
import { SchedulingDecisionController } from './scheduling-decision.controller.js';
import { ServerController } from './server.controller.js';
import { ServerFilterReader } from './server.filter.js';

@Module({
  imports: [ComputeModule, FreshnessApiModule],
  controllers: [
    ServerController,
    FlavorController,
    ImageController,
    KeyPairController,
    SchedulingDecisionController,
  ],
  providers: [ServerFilterReader, ObservedServerReader],
})
export class ComputeApiModule {}
