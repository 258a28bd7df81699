import { Module } from '@nestjs/common';
import { AddressAllocation } from './address/address-allocation.js';
import { AddressRepository } from './address/address.repository.js';
import { AddressService } from './address/address.service.js';
import { ADDRESS_PLAN_CONFIG, addressPlanConfig } from './address-plan.config.js';
import { AddressPlanService } from './address-plan.service.js';
import { AddressPoolRepository } from './pool/address-pool.repository.js';
import { SegmentDeals } from './segment/segment-deals.js';
import { SegmentRepository } from './segment/segment.repository.js';
import { SegmentService } from './segment/segment.service.js';
import { SubnetRepository } from './subnet/subnet.repository.js';
import { AddressWithdrawal } from './address/address-withdrawal.js';
import { AddressWithdrawalRepository } from './address/address-withdrawal.repository.js';
import { AddressQuotaRepository } from './quota/address-quota.repository.js';
import { AddressQuotas } from './quota/address-quotas.js';
import { SupplementDeals } from './supplement/supplement-deals.js';
import { SupplementWaitRepository } from './supplement/supplement-wait.repository.js';
import { SupplementRepository } from './supplement/supplement.repository.js';
import { SupplementService } from './supplement/supplement.service.js';
import { ClusterStatusRepository } from './supplement/cluster-status.repository.js';
import { FleetUsageRepository } from './usage/fleet-usage.repository.js';
import { PlanRoomService } from './usage/plan-room.service.js';
import { AddressListRepository } from './address/address-list.repository.js';
import { SegmentViewRepository } from './segment/segment-view.repository.js';
import { SimulationService } from './simulation/simulation.service.js';
import { PlanDeletion } from './plan-deletion.js';
import { PlanUpkeep } from './upkeep/plan-upkeep.js';
import { UsageService } from './usage/usage.service.js';
import { PlaceNamesRepository } from './vpc/place-names.repository.js';
import { VpcPlanRepository } from './vpc/vpc-plan.repository.js';
import { VpcRepository } from './vpc/vpc.repository.js';

const services = [
  AddressAllocation,
  AddressPlanService,
  AddressService,
  AddressQuotaRepository,
  AddressWithdrawal,
  SegmentService,
  SupplementService,
  PlanRoomService,
  PlanDeletion,
  FleetUsageRepository,
  PlaceNamesRepository,
  SimulationService,
  SegmentViewRepository,
  AddressListRepository,
  PlanUpkeep,
  UsageService,
  ClusterStatusRepository,
  AddressRepository,
  SegmentRepository,
  SubnetRepository,
  VpcPlanRepository,
  VpcRepository,
  AddressPoolRepository,
];

@Module({
  providers: [
    { provide: ADDRESS_PLAN_CONFIG, useFactory: () => addressPlanConfig() },
    AddressQuotas,
    AddressWithdrawalRepository,
    SegmentDeals,
    SupplementDeals,
    SupplementRepository,
    SupplementWaitRepository,
    ...services,
  ],
  exports: [ADDRESS_PLAN_CONFIG, ...services],
})
export class AddressPlanModule {}
