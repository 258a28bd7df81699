import { InventoryRepository } from '@ultron/cluster/inventory/inventory.repository';
import { NETWORK_CAPABILITIES } from '@ultron/cluster/inventory/network-capability';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import type { ClusterFacts } from '@ultron/cluster/scheduler/placement';
import { newId } from '@ultron/kernel/id';
import type { Begun, NetworkOrigin } from '@ultron/network/lifecycle/network-task';
import type { PortWish } from '@ultron/network/port/port.service';
import { PortNetworkFixture } from '@ultron/network/testing/port-network.fixture';
import type { ClusterOptions } from '@ultron/openstack-sim/cluster/cluster.settings';
import { newContext } from '@ultron/platform/context/request-context';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { NewTask, TaskRef, TaskView } from '@ultron/tasks/task/task.types';
import { SAGAS } from '../catalog.js';
import type { ConductorDeps } from '../conductor.deps.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { PortBatch } from './port-batch.js';
import { openPlanWorld, type PlanWorld } from './plan-world.fixture.js';
import type { PlanDeps } from './plan.deps.js';
import { portNetworkRows } from './port-network-rows.fixture.js';
import type { PortNetworkDeps } from './port-network.deps.js';
import type { Saga } from '@ultron/tasks/saga/saga';

export type PortWorldDeps = PortNetworkDeps & PlanDeps;

/** A routed VPC with a subnet that is built in every cluster of the world. */
export interface BuiltVpc {
  vpcId: string;
  subnetId: string;
}

/** Simulated clusters with all that networking can do, the services of the API, and what the sagas need. */
export interface PortWorld extends PlanWorld {
  net: PortNetworkFixture;
  /** The project whose things are made. */
  projectId: string;
  portDeps(): PortWorldDeps;
  builtVpc(): Promise<BuiltVpc>;
  from(): NetworkOrigin;
  facts(tx: Transaction): Promise<ClusterFacts[]>;
  wish(change: Partial<PortWish>): PortWish;
  /** Does a wish as the API does, and waits until a conductor has done all its tasks. */
  done<T extends { task: NewTask | null; ring: TaskRef[] }>(
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T & { ended: TaskView | null }>;
  /** Lets a conductor run until a task that nobody rang for has ended. */
  swept(taskId: string): Promise<TaskView>;
  /** Writes a wish down without its task, which a harness writes itself. */
  begun(
    work: (tx: Transaction) => Promise<Begun | { task: NewTask | null; ring: TaskRef[] }>,
  ): Promise<NewTask>;
}

export async function openPortWorld(clusters: ClusterOptions[]): Promise<PortWorld> {
  const world = await openPlanWorld(clusters);
  try {
    return await fillPortWorld(world);
  } catch (error) {
    // What is left open would keep the process of the tests from ending.
    await world.close();
    throw error;
  }
}

async function fillPortWorld(world: PlanWorld): Promise<PortWorld> {
  const { database, tasks } = world;
  await declareAll(world);
  const net = new PortNetworkFixture(database, tasks);
  const { projectId } = world.origin();
  const from = (): NetworkOrigin => {
    const { traceId, traceparent } = newContext();
    return { projectId, traceId, traceparent };
  };
  const portDeps = (): PortWorldDeps => {
    const plan = world.planDeps();
    const portBatch = new PortBatch({ portsOf: async (id) => (await plan.clouds.get(id)).network.ports });
    return { ...world.deps, ...plan, ...portNetworkRows(database, tasks), portBatch, tasks };
  };
  const sagas = SAGAS.filter(({ domain }) => domain === 'network') as readonly Saga<ConductorDeps>[];
  const engine = () =>
    world.startEngine({
      sagas: sagas as readonly Saga<PortWorldDeps>[],
      deps: portDeps(),
      classify,
      domains: ['network'],
    });
  const port: PortWish = {
    projectId,
    name: 'front',
    description: '',
    adminStateUp: true,
    portSecurityEnabled: null,
    allowedAddressPairs: [],
    securityGroups: null,
    qosPolicyId: null,
  };
  return {
    ...world,
    net,
    projectId,
    portDeps,
    from,
    facts: (tx) => new FactsRepository().load(tx),
    wish: (change) => ({ ...port, ...change }),
    builtVpc: async () => {
      const vpcId = await world.addVpc('routed');
      const { subnetId, work } = await world.planSubnet(vpcId);
      const running = await engine();
      tasks.ring(work.ring);
      const ended = await world.ended(work.task.id, 60_000);
      await running.stop();
      if (ended.status !== 'succeeded') throw new Error(`the subnet was not built: ${ended.error?.detail}`);
      return { vpcId, subnetId };
    },
    done: async (work) => {
      const result = await database.transaction(work);
      const running = await engine();
      tasks.ring(result.ring);
      const ended = result.task && (await world.ended(result.task.id, 60_000));
      await running.stop();
      return { ...result, ended };
    },
    swept: async (taskId) => {
      const running = await engine();
      const ended = await world.ended(taskId, 60_000);
      await running.stop();
      return ended;
    },
    begun: (work) =>
      database.transaction(async (tx) => {
        const { task, ring } = await work(tx);
        const child = ring.find(
          (ref): ref is NewTask => 'input' in ref && 'parentId' in ref && ref.parentId === task?.id,
        );
        const own = child ?? task;
        if (!own) throw new Error('no task was made');
        await tx.query('DELETE FROM task WHERE id IN (?)', [[task?.id, own.id]]);
        const { parentId: _, childCount: __, ...alone } = own;
        return alone;
      }),
  };
}

/** What the simulator can do, whether the probe has found it or not. */
async function declareAll({ database, clusterIds }: PlanWorld): Promise<void> {
  const inventories = new InventoryRepository();
  await database.transaction(async (tx) => {
    for (const id of clusterIds) await inventories.declare(tx, id, Object.keys(NETWORK_CAPABILITIES));
  });
}

export const freshName = (): string => `n-${newId().slice(-12)}`;
