import { Module } from '@nestjs/common';
import { IdentityModule } from '@ultron/identity/identity.module';
import { AddressPlanModule } from '@ultron/network/address-plan/address-plan.module';
import { PortNetworkModule } from '@ultron/network/port-network.module';
import { RealisationModule } from '@ultron/network/realisation/realisation.module';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { RouterRepository } from '@ultron/network/router/router.repository';
import { FreshnessApiModule } from '../freshness/freshness.api.module.js';
import { AddressPoolController } from './address-plan/address-pool.controller.js';
import { AddressQuotaController } from './address-plan/address-quota.controller.js';
import { PlanChanges } from './address-plan/plan.changes.js';
import { PlanMetrics } from './address-plan/plan.metrics.js';
import { PlanReader } from './address-plan/plan.reader.js';
import { SubnetController } from './address-plan/subnet.controller.js';
import { SupplementController } from './address-plan/supplement.controller.js';
import { VpcClusterController } from './address-plan/vpc-cluster.controller.js';
import { VpcUsageController } from './address-plan/vpc-usage.controller.js';
import { VpcController } from './address-plan/vpc.controller.js';
import { RouterUse } from './address-plan/router.use.js';
import { FloatingIpController } from './floating-ip/floating-ip.controller.js';
import { NetworkChanges } from './network.changes.js';
import { NetworkController } from './network.controller.js';
import { PortController } from './port/port.controller.js';
import { QosPolicyController } from './qos-policy/qos-policy.controller.js';
import { RouterController } from './router/router.controller.js';

@Module({
  imports: [FreshnessApiModule, IdentityModule, AddressPlanModule, RealisationModule, PortNetworkModule],
  controllers: [
    AddressPoolController,
    VpcController,
    SubnetController,
    SupplementController,
    VpcClusterController,
    VpcUsageController,
    AddressQuotaController,
    PortController,
    RouterController,
    FloatingIpController,
    QosPolicyController,
    NetworkController,
  ],
  providers: [
    NetworkRepository,
    RouterRepository,
    PlanReader,
    PlanChanges,
    PlanMetrics,
    RouterUse,
    NetworkChanges,
  ],
})
export class NetworkApiModule {}
