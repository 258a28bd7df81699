import { randomBytes } from 'node:crypto';
import { CapacityRepository } from '@ultron/cluster/capacity/capacity.repository';
import { ClusterConnectionRepository } from '@ultron/cluster/cluster/cluster-connection.repository';
import { ClusterObservations } from '@ultron/cluster/cluster/cluster-observation.service';
import { ClusterReprobes } from '@ultron/cluster/cluster/cluster-reprobe.service';
import { ClusterRepository } from '@ultron/cluster/cluster/cluster.repository';
import { ClusterService } from '@ultron/cluster/cluster/cluster.service';
import type { ClusterDetail, NewCluster } from '@ultron/cluster/cluster/cluster.types';
import { ConductorGroupRepository } from '@ultron/cluster/conductor-group/conductor-group.repository';
import { CredentialCipher } from '@ultron/cluster/credential/credential-cipher';
import { IdcRepository } from '@ultron/cluster/idc/idc.repository';
import { InventoryRepository } from '@ultron/cluster/inventory/inventory.repository';
import { RefreshRepository } from '@ultron/cluster/refresh/refresh.repository';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { newId } from '@ultron/kernel/id';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import type { SimulatedCluster } from '@ultron/openstack-sim/simulator';
import { newContext } from '@ultron/platform/context/request-context';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { TaskEngine } from '@ultron/tasks/engine/task-engine';
import type { TaskView } from '@ultron/tasks/task/task.types';
import { openTestWorld, type TestWorld } from '@ultron/testing/world/test-world';
import { classify } from '../openstack/openstack-fault.translate.js';
import { clusterProbe } from './cluster-probe.saga.js';
import type { ClusterDeps } from './cluster.deps.js';
import { HostRatios } from './host-ratios.js';

/** The registry on a fresh database, and a conductor of the group `default` that probes. */
export interface RegistryWorld extends TestWorld {
  clusters: ClusterService;
  reprobes: ClusterReprobes;
  refreshes: RefreshRepository;
  deps: ClusterDeps;
  /**
   * What runs the probes, and knows no other task of clusters: to be stopped before another engine of the same conductor
   * group is to run those. Null with `idle`.
   */
  prober: TaskEngine<ClusterDeps> | null;
  /** Registers a cluster and waits until its probe has ended. */
  probed(cluster: NewCluster): Promise<{ cluster: ClusterDetail; task: TaskView }>;
}

/** With `idle`, nobody runs the tasks that registering makes. */
export async function openRegistryWorld({ idle = false } = {}): Promise<RegistryWorld> {
  const world = await openTestWorld({ entities, migrations });
  const { database, tasks } = world;
  const cipher = new CredentialCipher([randomBytes(32)]);
  const [rows, capacities, inventories, idcs, groups] = [
    new ClusterRepository(),
    new CapacityRepository(),
    new InventoryRepository(),
    new IdcRepository(),
    new ConductorGroupRepository(),
  ];
  const refreshes = new RefreshRepository();
  const use = { countServers: () => Promise.resolve(0), countSegments: () => Promise.resolve(0) };
  const clusters = new ClusterService(
    database,
    rows,
    idcs,
    groups,
    capacities,
    inventories,
    refreshes,
    cipher,
    tasks,
    use,
    new LaneRepository(),
  );
  const named = { description: '', createdAt: new Date() };
  await idcs.insert(database.read, { id: newId(), name: 'east', ...named });
  await groups.insert(database.read, { id: newId(), name: 'default', ...named });
  const connections = new ClusterConnectionRepository();
  const deps: ClusterDeps = {
    observations: new ClusterObservations(database, rows, connections, capacities, inventories, cipher),
    flavors: new FlavorRepository(),
    images: new ImageRepository(),
    networks: new NetworkRepository(),
    securityGroups: new SecurityGroupRepository(),
    ratios: new HostRatios(),
    observer: () => () => undefined,
    probePatience: { timeouts: { headersMs: 1_500, deadlineMs: 8_000 }, attempts: 1 },
  };
  const prober = idle
    ? null
    : await world.startEngine({ sagas: [clusterProbe], deps, classify, domains: ['cluster'] });

  const probed = async (asked: NewCluster) => {
    const { traceId, traceparent } = newContext();
    const origin = { traceId, traceparent, projectId: null };
    const { cluster, task } = await database.transaction((tx) => clusters.register(tx, asked, origin));
    if (!task) throw new Error('no probe was begun');
    tasks.ring([task]);
    const ended = await world.ended(task.id);
    return { cluster: await clusters.get(cluster.id), task: ended };
  };
  return {
    ...world,
    clusters,
    reprobes: new ClusterReprobes(database, rows, tasks),
    refreshes,
    deps,
    prober,
    probed,
  };
}

/** A registration that is right for a simulated cluster. */
export const registrationOf = (cluster: SimulatedCluster, changes: Partial<NewCluster> = {}): NewCluster => ({
  name: `c-${newId()}`,
  idc: 'east',
  conductorGroup: 'default',
  authUrl: cluster.authUrl,
  region: cluster.region,
  credential: {
    kind: 'password',
    username: cluster.username,
    password: cluster.password,
    projectName: cluster.projectName,
    userDomainName: cluster.userDomainName,
    projectDomainName: cluster.projectDomainName,
  },
  ...changes,
});
