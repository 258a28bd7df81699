import { Module } from '@nestjs/common';
import { AddressPlanModule } from '@ultron/network/address-plan/address-plan.module';
import { SegmentLockRepository } from '@ultron/network/address-plan/segment/segment-lock.repository';
import { SchedulerModule } from '@ultron/cluster/scheduler/scheduler.module';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { PortPlaceRepository } from '@ultron/network/port/port-place.repository';
import { RealisationModule } from '@ultron/network/realisation/realisation.module';
import { PortRepository } from '@ultron/network/port/port.repository';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { FlavorRepository } from './flavor/flavor.repository.js';
import { FlavorService } from './flavor/flavor.service.js';
import { ImageRepository } from './image/image.repository.js';
import { ImageService } from './image/image.service.js';
import { KeyPairRepository } from './key-pair/key-pair.repository.js';
import { KeyPairService } from './key-pair/key-pair.service.js';
import { OfferService } from './offer/offer.service.js';
import { AddressReplenishment } from './server-nic/address-replenishment.js';
import { NicFinder } from './server-nic/nic-finder.js';
import { ServerAddresses } from './server-nic/server-addresses.js';
import { ServerNicRepository } from './server-nic/server-nic.repository.js';
import { SchedulingDecisionRepository } from './scheduling-decision/scheduling-decision.repository.js';
import { OrderPlacement } from './server/order-placement.js';
import { ServerCreateService } from './server/server-create.service.js';
import { ServerObservationRepository } from './server/server-observation.repository.js';
import { ServerOrderService } from './server/server-order.service.js';
import { ServerRepository } from './server/server.repository.js';
import { ServerService } from './server/server.service.js';
import { ServerSpecRepository } from './server/server-spec.repository.js';

const providers = [
  NetworkRepository,
  PortRepository,
  PortPlaceRepository,
  SegmentLockRepository,
  SecurityGroupRepository,
  FlavorRepository,
  FlavorService,
  ImageRepository,
  ImageService,
  KeyPairRepository,
  KeyPairService,
  OfferService,
  SchedulingDecisionRepository,
  ServerNicRepository,
  NicFinder,
  AddressReplenishment,
  ServerAddresses,
  ServerRepository,
  ServerSpecRepository,
  ServerObservationRepository,
  ServerService,
  ServerOrderService,
  OrderPlacement,
  ServerCreateService,
];

/**
 * Servers and what they are made of, with the networks and security groups below them. Needs `Database`,
 * `Idempotency` and the tasks module.
 */
@Module({
  imports: [SchedulerModule, AddressPlanModule, RealisationModule],
  providers,
  exports: [SchedulerModule, AddressPlanModule, RealisationModule, ...providers],
})
export class ComputeModule {}
