import { Module } from '@nestjs/common';
import { SchedulerModule } from '@ultron/cluster/scheduler/scheduler.module';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { PortRepository } from '@ultron/network/port/port.repository';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { FlavorRepository } from './flavor/flavor.repository.js';
import { FlavorService } from './flavor/flavor.service.js';
import { ImageRepository } from './image/image.repository.js';
import { ImageService } from './image/image.service.js';
import { KeyPairRepository } from './key-pair/key-pair.repository.js';
import { KeyPairService } from './key-pair/key-pair.service.js';
import { OfferService } from './offer/offer.service.js';
import { SchedulingDecisionRepository } from './scheduling-decision/scheduling-decision.repository.js';
import { ServerCreateService } from './server/server-create.service.js';
import { ServerObservationRepository } from './server/server-observation.repository.js';
import { ServerOrderService } from './server/server-order.service.js';
import { ServerRepository } from './server/server.repository.js';
import { ServerService } from './server/server.service.js';
import { ServerSpecRepository } from './server/server-spec.repository.js';

const providers = [
  NetworkRepository,
  PortRepository,
  SecurityGroupRepository,
  FlavorRepository,
  FlavorService,
  ImageRepository,
  ImageService,
  KeyPairRepository,
  KeyPairService,
  OfferService,
  SchedulingDecisionRepository,
  ServerRepository,
  ServerSpecRepository,
  ServerObservationRepository,
  ServerService,
  ServerOrderService,
  ServerCreateService,
];

/**
 * Servers and what they are made of, with the networks and security groups below them. Needs `Database`,
 * `Idempotency` and the tasks module.
 */
@Module({ imports: [SchedulerModule], providers, exports: [SchedulerModule, ...providers] })
export class ComputeModule {}
