import { PortNetworkFixture } from '@ultron/network/testing/port-network.fixture';
import type { Database } from '@ultron/platform/database/database.service';
import type { TaskService } from '@ultron/tasks/task/task.service';
import type { PortNetworkDeps } from './port-network.deps.js';

type Rows = Pick<
  PortNetworkDeps,
  | 'ports'
  | 'portPlaces'
  | 'portAddresses'
  | 'floatingIps'
  | 'qosPolicies'
  | 'routers'
  | 'clusterRouters'
  | 'routerTasks'
>;

/** The part of a conductor's dependencies that is about the rows of ports, routers, floating IPs and QoS policies. */
export function portNetworkRows(database: Database, tasks: TaskService): Rows {
  const { ports, portPlaces, portAddresses, floatingIps, qosPolicies, routers, clusterRouters, routerTasks } =
    new PortNetworkFixture(database, tasks);
  return {
    ports,
    portPlaces,
    portAddresses,
    floatingIps,
    qosPolicies,
    routers,
    clusterRouters,
    routerTasks,
  };
}
