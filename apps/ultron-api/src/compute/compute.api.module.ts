import { Module } from '@nestjs/common';
import { ComputeModule } from '@ultron/compute/compute.module';
import { FlavorController } from './flavor.controller.js';
import { ImageController } from './image.controller.js';
import { KeyPairController } from './key-pair.controller.js';
import { SchedulingDecisionController } from './scheduling-decision.controller.js';
import { ServerController } from './server.controller.js';
import { ServerFilterReader } from './server.filter.js';

@Module({
  imports: [ComputeModule],
  controllers: [
    ServerController,
    FlavorController,
    ImageController,
    KeyPairController,
    SchedulingDecisionController,
  ],
  providers: [ServerFilterReader],
})
export class ComputeApiModule {}
