import { Module } from '@nestjs/common';
import { AddressAllocation } from './address/address-allocation.js';
import { AddressRepository } from './address/address.repository.js';
import { AddressService } from './address/address.service.js';
import { ADDRESS_PLAN_CONFIG, DEFAULT_ADDRESS_PLAN } from './address-plan.config.js';
import { AddressPlanService } from './address-plan.service.js';
import { AddressPoolRepository } from './pool/address-pool.repository.js';
import { SegmentDeals } from './segment/segment-deals.js';
import { SegmentRepository } from './segment/segment.repository.js';
import { SegmentService } from './segment/segment.service.js';
import { SubnetRepository } from './subnet/subnet.repository.js';
import { SupplementRepository } from './supplement/supplement.repository.js';
import { SupplementService } from './supplement/supplement.service.js';
import { UsageService } from './usage/usage.service.js';
import { VpcPlanRepository } from './vpc/vpc-plan.repository.js';
import { VpcRepository } from './vpc/vpc.repository.js';

const services = [
  AddressAllocation,
  AddressPlanService,
  AddressService,
  SegmentService,
  SupplementService,
  UsageService,
];

@Module({
  providers: [
    { provide: ADDRESS_PLAN_CONFIG, useValue: DEFAULT_ADDRESS_PLAN },
    AddressPoolRepository,
    AddressRepository,
    SegmentDeals,
    SegmentRepository,
    SubnetRepository,
    SupplementRepository,
    VpcPlanRepository,
    VpcRepository,
    ...services,
  ],
  exports: services,
})
export class AddressPlanModule {}
