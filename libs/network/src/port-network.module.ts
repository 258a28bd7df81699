import { Module } from '@nestjs/common';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import { AddressPlanModule } from './address-plan/address-plan.module.js';
import { FloatingIpPaths } from './floating-ip/floating-ip-paths.js';
import { FloatingIpRepository } from './floating-ip/floating-ip.repository.js';
import { FloatingIpService } from './floating-ip/floating-ip.service.js';
import { NetworkRepository } from './network/network.repository.js';
import { PortAddresses } from './port/port-addresses.js';
import { PortPlaceRepository } from './port/port-place.repository.js';
import { PortPlacement } from './port/port-placement.js';
import { PortRepository } from './port/port.repository.js';
import { PortSupply } from './port/port-supply.js';
import { PortService } from './port/port.service.js';
import { QosPolicyRepository } from './qos-policy/qos-policy.repository.js';
import { QosPolicyService } from './qos-policy/qos-policy.service.js';
import { RealisationModule } from './realisation/realisation.module.js';
import { ClusterRouterRepository } from './router/cluster-router.repository.js';
import { RouterTasks } from './router/router-tasks.js';
import { RouterRepository } from './router/router.repository.js';
import { RouterService } from './router/router.service.js';

const providers = [
  FactsRepository,
  SecurityGroupRepository,
  NetworkRepository,
  PortRepository,
  PortPlaceRepository,
  PortPlacement,
  PortSupply,
  PortAddresses,
  PortService,
  RouterRepository,
  ClusterRouterRepository,
  RouterTasks,
  RouterService,
  FloatingIpRepository,
  FloatingIpPaths,
  FloatingIpService,
  QosPolicyRepository,
  QosPolicyService,
];

/** Ports, routers, floating IPs and QoS policies. Needs `Database` and the tasks module. */
@Module({
  imports: [AddressPlanModule, RealisationModule],
  providers,
  exports: [AddressPlanModule, ...providers],
})
export class PortNetworkModule {}
