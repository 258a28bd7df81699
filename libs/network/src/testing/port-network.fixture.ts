import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { Database } from '@ultron/platform/database/database.service';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { TaskService } from '@ultron/tasks/task/task.service';
import { AddressRepository } from '../address-plan/address/address.repository.js';
import { ClusterStatusRepository } from '../address-plan/supplement/cluster-status.repository.js';
import { PlanRoomService } from '../address-plan/usage/plan-room.service.js';
import { SegmentTaskRepository } from '../realisation/segment-task.repository.js';
import { SegmentTasks } from '../realisation/segment-tasks.js';
import { AddressPlanFixture } from '../address-plan/testing/address-plan.fixture.js';
import { FloatingIpPaths } from '../floating-ip/floating-ip-paths.js';
import { FloatingIpRepository } from '../floating-ip/floating-ip.repository.js';
import { FloatingIpService } from '../floating-ip/floating-ip.service.js';
import { NetworkRepository } from '../network/network.repository.js';
import { PortAddresses } from '../port/port-addresses.js';
import { PortPlaceRepository } from '../port/port-place.repository.js';
import { PortSupply } from '../port/port-supply.js';
import { PortPlacement } from '../port/port-placement.js';
import { PortRepository } from '../port/port.repository.js';
import { PortService } from '../port/port.service.js';
import { QosPolicyRepository } from '../qos-policy/qos-policy.repository.js';
import { QosPolicyService } from '../qos-policy/qos-policy.service.js';
import { ClusterRouterRepository } from '../router/cluster-router.repository.js';
import { RouterTasks } from '../router/router-tasks.js';
import { RouterRepository } from '../router/router.repository.js';
import { RouterService } from '../router/router.service.js';

/** Ports, routers, floating IPs and QoS policies on one database, without Nest. */
export class PortNetworkFixture {
  readonly plan: AddressPlanFixture;
  readonly networks = new NetworkRepository();
  readonly securityGroups = new SecurityGroupRepository();
  readonly ports = new PortRepository();
  readonly portPlaces = new PortPlaceRepository();
  readonly portAddresses: PortAddresses;
  readonly floatingIps = new FloatingIpRepository();
  readonly qosPolicies = new QosPolicyRepository();
  readonly routers = new RouterRepository();
  readonly clusterRouters = new ClusterRouterRepository();
  readonly routerTasks: RouterTasks;
  readonly portService: PortService;
  readonly routerService: RouterService;
  readonly floatingIpService: FloatingIpService;
  readonly qosPolicyService: QosPolicyService;

  constructor(
    readonly database: Database,
    readonly tasks: TaskService,
  ) {
    const facts = new FactsRepository();
    const { networks, ports, portPlaces, floatingIps, routers, clusterRouters, qosPolicies } = this;
    this.plan = new AddressPlanFixture(database);
    this.portAddresses = new PortAddresses(new AddressRepository(), this.plan.config);
    this.routerTasks = new RouterTasks(routers, clusterRouters, portPlaces, facts, tasks);
    this.qosPolicyService = new QosPolicyService(database, qosPolicies, ports, floatingIps, facts, tasks);
    const clusters = new ClusterStatusRepository();
    const supply = new PortSupply(
      new PlanRoomService(this.plan.plans, clusters, this.plan.config),
      clusters,
      this.plan.supplements,
      new SegmentTasks(tasks, new SegmentTaskRepository()),
    );
    this.portService = new PortService(
      database,
      ports,
      new PortPlacement(portPlaces, networks, this.plan.allocation, supply),
      this.qosPolicyService,
      floatingIps,
      this.securityGroups,
      facts,
      tasks,
    );
    this.routerService = new RouterService(
      database,
      routers,
      clusterRouters,
      this.routerTasks,
      portPlaces,
      networks,
      floatingIps,
      facts,
    );
    this.floatingIpService = new FloatingIpService(
      database,
      floatingIps,
      new FloatingIpPaths(ports, floatingIps, routers, clusterRouters),
      networks,
      this.qosPolicyService,
      facts,
      tasks,
    );
  }
}
