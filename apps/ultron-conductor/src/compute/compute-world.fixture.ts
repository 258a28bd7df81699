import { CapacityRepository } from '@ultron/cluster/capacity/capacity.repository';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { KeyPairRepository } from '@ultron/compute/key-pair/key-pair.repository';
import { OfferService } from '@ultron/compute/offer/offer.service';
import { SchedulingDecisionRepository } from '@ultron/compute/scheduling-decision/scheduling-decision.repository';
import { OrderPlacement } from '@ultron/compute/server/order-placement';
import { ServerCreateService, type CreatedServers } from '@ultron/compute/server/server-create.service';
import { ServerOrderService } from '@ultron/compute/server/server-order.service';
import { ServerObservationRepository } from '@ultron/compute/server/server-observation.repository';
import { ServerSpecRepository } from '@ultron/compute/server/server-spec.repository';
import type { ServerRequest } from '@ultron/compute/server/server.rules';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { ServerService, type ServerChange, type ServerOrigin } from '@ultron/compute/server/server.service';
import {
  serverAddressParts,
  type ServerAddressParts,
} from '@ultron/compute/testing/server-addresses.fixture';
import { newId } from '@ultron/kernel/id';
import { PortRepository } from '@ultron/network/port/port.repository';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { startSimulator, type Simulator } from '@ultron/openstack-sim/simulator';
import { newContext } from '@ultron/platform/context/request-context';
import { LockService } from '@ultron/platform/lock/lock.service';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import { IdempotencyRepository } from '@ultron/platform/idempotency/idempotency.repository';
import { Idempotency } from '@ultron/platform/idempotency/idempotency.service';
import type { TaskEngine } from '@ultron/tasks/engine/task-engine';
import { SAGAS } from '../catalog.js';
import { openRegistryWorld, registrationOf, type RegistryWorld } from '../cluster/registry.fixture.js';
import type { ConductorDeps } from '../conductor.deps.js';
import { portNetworkRows } from '../network/port-network-rows.fixture.js';
import { planRows } from '../network/plan-rows.fixture.js';
import { PortBatch } from '../network/port-batch.js';
import { CloudPool } from '../openstack/cloud-pool.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { Refusals } from './refusals.js';
import { reconcileDeps } from '../reconcile/reconcile.fixture.js';
import { ServerWatcher } from './server.watcher.js';

/** Simulated clusters that are registered and probed, the services of the API, and what a conductor needs. */
export interface ComputeWorld extends RegistryWorld {
  simulator: Simulator;
  /** By the simulator's name. */
  clusterIds: ReadonlyMap<string, string>;
  projectId: string;
  creations: ServerCreateService;
  parts: ServerAddressParts;
  servers: ServerService;
  conductorDeps(): ConductorDeps;
  /** Starts a conductor: an engine and a watcher. */
  conduct(own?: { database?: Database }): Promise<TaskEngine<ConductorDeps>>;
  /** Asks for servers as the API does. */
  create(request?: Partial<ServerRequest>): Promise<CreatedServers>;
  /** Does something with a server in a transaction and rings what it made. */
  change(work: (tx: Transaction, origin: ServerOrigin) => Promise<ServerChange>): Promise<ServerChange>;
  origin(): { projectId: string; traceId: string; traceparent: string };
}

const PATIENCE = { timeouts: { headersMs: 2_000, deadlineMs: 6_000 } };

export async function openComputeWorld(clusters: ClusterOptions[]): Promise<ComputeWorld> {
  const registry = await openRegistryWorld();
  try {
    return await fillComputeWorld(registry, clusters);
  } catch (error) {
    // What is left open would keep the process of the tests from ending.
    await registry.close();
    throw error;
  }
}

async function fillComputeWorld(registry: RegistryWorld, clusters: ClusterOptions[]): Promise<ComputeWorld> {
  const simulator = await startSimulator({ clusters });
  registry.onClose(() => simulator.close());
  const clusterIds = new Map<string, string>();
  for (const simulated of simulator.clusters) {
    const { cluster, task } = await registry.probed(registrationOf(simulated, { name: simulated.name }));
    if (task.status !== 'succeeded')
      throw new Error(`the probe of ${simulated.name} failed: ${task.error?.detail}`);
    clusterIds.set(simulated.name, cluster.id);
  }
  const { database, tasks, waits, log } = registry;
  const rows = new ServerRepository();
  const facts = new FactsRepository();
  const scheduler = new SchedulerService(new CapacityRepository(), facts);
  const { flavors, images, networks, securityGroups } = registry.deps;
  const offers = new OfferService(database, flavors, images, networks, securityGroups, facts);
  const idempotency = new Idempotency(database, new IdempotencyRepository());
  const decisions = new SchedulingDecisionRepository();
  const ports = new PortRepository();
  const parts = serverAddressParts(database, tasks);
  const creations = new ServerCreateService(
    database,
    new ServerOrderService(database, offers, new KeyPairRepository(), parts.nicFinder),
    scheduler,
    idempotency,
    rows,
    decisions,
    tasks,
    new OrderPlacement(scheduler, parts.serverAddresses),
    parts.nicRows,
  );
  const servers = new ServerService(database, rows, ports, offers, tasks, parts.nicRows);
  const projectId = newId();
  const origin = () => {
    const { traceId, traceparent } = newContext();
    return { projectId, traceId, traceparent };
  };
  const conductorDeps = (): ConductorDeps => {
    const clouds = new CloudPool(registry.deps.observations, () => () => undefined, PATIENCE);
    registry.onClose(() => clouds.close());
    return {
      ...registry.deps,
      ...planRows(database),
      ...portNetworkRows(database, tasks),
      ...reconcileDeps(database),
      database,
      clouds,
      portBatch: new PortBatch({ portsOf: async (id) => (await clouds.get(id)).network.ports }),
      refusals: new Refusals(),
      servers: rows,
      serverSpecs: new ServerSpecRepository(parts.nicRows),
      serverNics: parts.nicRows,
      serverAddresses: parts.serverAddresses,
      addressAllocation: parts.plan.allocation,
      serverObservations: new ServerObservationRepository(),
      decisions,
      offers,
      ports,
      scheduler,
      tasks,
    };
  };
  return {
    ...registry,
    simulator,
    clusterIds,
    projectId,
    creations,
    parts,
    servers,
    conductorDeps,
    origin,
    conduct: async (own = {}) => {
      const deps = { ...conductorDeps(), ...own };
      const locks = new LockService({ ...registry, log });
      registry.onClose(async () => locks.close());
      const watcher = new ServerWatcher({
        waits,
        clouds: deps.clouds,
        observations: deps.serverObservations,
        database,
        log,
        conductorGroup: 'default',
        locks,
        times: { look: 50, least: 50, most: 300 },
      });
      watcher.start();
      registry.onClose(() => watcher.stop());
      return registry.startEngine({ sagas: SAGAS, deps, classify, domains: ['compute', 'network'], ...own });
    },
    create: async (request = {}) => {
      const network = request.networks ? {} : { network: 'private' };
      const plain = { count: 1, name: 'web', flavor: 'm1.tiny', image: 'cirros', ...network };
      let made: CreatedServers | undefined;
      await creations.create({ ...plain, ...request }, origin(), undefined, (created) => {
        made = created;
        return { statusCode: 202, body: null };
      });
      if (!made) throw new Error('no servers were made');
      return made;
    },
    change: async (work) => {
      const from = await servers.originOf(origin());
      const change = await database.transaction((tx) => work(tx, from));
      tasks.ring(change.ring);
      return change;
    },
  };
}
