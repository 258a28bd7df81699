import { OfferService } from '@ultron/compute/offer/offer.service';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { newId } from '@ultron/kernel/id';
import type { Realisation } from '@ultron/network/address-plan/segment/infra.rules';
import type { DealtSegment } from '@ultron/network/address-plan/supplement/supplement.outcome';
import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import { SegmentTaskRepository } from '@ultron/network/realisation/segment-task.repository';
import { SegmentTasks, type PlanWork } from '@ultron/network/realisation/segment-tasks';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { startSimulator, type Simulator } from '@ultron/openstack-sim/simulator';
import { newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { openRegistryWorld, registrationOf, type RegistryWorld } from '../cluster/registry.fixture.js';
import { CloudPool } from '../openstack/cloud-pool.js';
import type { PlanDeps } from './plan.deps.js';
import { portNetworkRows } from './port-network-rows.fixture.js';
import { planRows } from './plan-rows.fixture.js';

/** A subnet as the API would have planned it, and the tasks that build it. */
export interface PlannedSubnet {
  vpcId: string;
  subnetId: string;
  dealt: DealtSegment[];
  work: PlanWork;
}

/** Simulated clusters that are registered and probed, the services of the plan, and what its sagas need. */
export interface PlanWorld extends RegistryWorld {
  simulator: Simulator;
  /** In the order of the simulator. */
  clusterIds: string[];
  idcId: string;
  plan: AddressPlanFixture;
  segmentTasks: SegmentTasks;
  planDeps(): PlanDeps;
  addVpc(realisation: Realisation, change?: { dhcpPorts?: number }): Promise<string>;
  /** Plans a subnet for all clusters and writes its tasks; nobody is rung. */
  planSubnet(vpcId: string): Promise<PlannedSubnet>;
  origin(): { projectId: string; traceId: string; traceparent: string };
}

const PATIENCE = { timeouts: { headersMs: 2_000, deadlineMs: 6_000 } };

export async function openPlanWorld(clusters: ClusterOptions[]): Promise<PlanWorld> {
  const registry = await openRegistryWorld();
  try {
    return await fillPlanWorld(registry, clusters);
  } catch (error) {
    // What is left open would keep the process of the tests from ending.
    await registry.close();
    throw error;
  }
}

async function fillPlanWorld(registry: RegistryWorld, clusters: ClusterOptions[]): Promise<PlanWorld> {
  const simulator = await startSimulator({ clusters });
  registry.onClose(() => simulator.close());
  const clusterIds: string[] = [];
  let idcId = '';
  for (const simulated of simulator.clusters) {
    const { cluster, task } = await registry.probed(registrationOf(simulated, { name: simulated.name }));
    if (task.status !== 'succeeded')
      throw new Error(`the probe of ${simulated.name} failed: ${task.error?.detail}`);
    clusterIds.push(cluster.id);
    idcId = cluster.idc.id;
  }
  const { database, tasks } = registry;
  const plan = new AddressPlanFixture(database);
  const segmentTasks = new SegmentTasks(tasks, new SegmentTaskRepository());
  const { flavors, images, networks, securityGroups } = registry.deps;
  const offers = new OfferService(database, flavors, images, networks, securityGroups, new FactsRepository());
  const poolId = newId();
  await plan.plan.createPool({ id: poolId, name: poolId, cidr: '11.0.0.0/8' });
  const projectId = newId();
  const origin = () => {
    const { traceId, traceparent } = newContext();
    return { projectId, traceId, traceparent };
  };
  return {
    ...registry,
    simulator,
    clusterIds,
    idcId,
    plan,
    segmentTasks,
    origin,
    planDeps: () => {
      const clouds = new CloudPool(registry.deps.observations, () => () => undefined, PATIENCE);
      registry.onClose(() => clouds.close());
      return { ...planRows(database), ...portNetworkRows(database, tasks), database, clouds, offers };
    },
    addVpc: (realisation, change = {}) =>
      plan.addVpc(poolId, { idcIds: [idcId], realisation, projectId, ...change }),
    planSubnet: async (vpcId) => {
      const subnetId = newId();
      const { dealt } = await plan.plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds });
      const resource = { kind: 'subnet', id: subnetId } as const;
      const work = await database.transaction((tx) =>
        segmentTasks.change(tx, { kind: 'subnet.create', vpcId, resource, build: dealt, origin: origin() }),
      );
      if (!work) throw new Error('nothing was planned');
      return { vpcId, subnetId, dealt, work };
    },
  };
}

/** A task that was written, for a harness that writes it itself. */
export async function takenOut(world: PlanWorld, work: (tx: Transaction) => Promise<PlanWork | null>) {
  return world.database.transaction(async (tx) => {
    const written = await work(tx);
    const task = written?.ring.find((ref): ref is NewTask => 'input' in ref);
    if (!written || !task) throw new Error('no task was made');
    await tx.query('DELETE FROM task WHERE id = ? OR parent_id = ?', [written.task.id, written.task.id]);
    const { parentId: _, ...alone } = task;
    return alone;
  });
}
