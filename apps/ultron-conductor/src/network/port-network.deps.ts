import type { OfferService } from '@ultron/compute/offer/offer.service';
import type { FloatingIpRepository } from '@ultron/network/floating-ip/floating-ip.repository';
import type { NetworkRepository } from '@ultron/network/network/network.repository';
import type { PortAddresses } from '@ultron/network/port/port-addresses';
import type { PortPlaceRepository } from '@ultron/network/port/port-place.repository';
import type { PortRepository } from '@ultron/network/port/port.repository';
import type { QosPolicyRepository } from '@ultron/network/qos-policy/qos-policy.repository';
import type { ClusterRouterRepository } from '@ultron/network/router/cluster-router.repository';
import type { RouterTasks } from '@ultron/network/router/router-tasks';
import type { RouterRepository } from '@ultron/network/router/router.repository';
import type { Database } from '@ultron/platform/database/database.service';
import type { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { TaskService } from '@ultron/tasks/task/task.service';
import type { CloudPool } from '../openstack/cloud-pool.js';
import type { PortBatch } from './port-batch.js';

/** What the sagas about ports, routers, floating IPs and QoS policies work with. */
export interface PortNetworkDeps {
  database: Database;
  clouds: CloudPool;
  portBatch: PortBatch;
  offers: OfferService;
  tasks: TaskService;
  networks: NetworkRepository;
  securityGroups: SecurityGroupRepository;
  ports: PortRepository;
  portPlaces: PortPlaceRepository;
  portAddresses: PortAddresses;
  floatingIps: FloatingIpRepository;
  qosPolicies: QosPolicyRepository;
  routers: RouterRepository;
  clusterRouters: ClusterRouterRepository;
  routerTasks: RouterTasks;
}
