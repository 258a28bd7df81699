import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SchedulerService } from '@ultron/cluster/scheduler/scheduler.service';
import { CapacityRepository } from '@ultron/cluster/capacity/capacity.repository';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { newId } from '@ultron/kernel/id';
import { type SimulatedCluster, type Simulator, startSimulator } from '@ultron/openstack-sim/simulator';
import { eventually } from '@ultron/testing/world/eventually';
import { CloudPool } from '../openstack/cloud-pool.js';
import { ClusterRefresh, type ClusterRefreshOptions } from './cluster-refresh.js';
import { openRegistryWorld, registrationOf, type RegistryWorld } from './registry.fixture.js';

let world: RegistryWorld;
let simulator: Simulator;
let clouds: CloudPool;
const begun: ClusterRefresh[] = [];

beforeAll(async () => {
  world = await openRegistryWorld();
  const host = { vcpus: 8, memoryMb: 16_384, diskGb: 200 };
  simulator = await startSimulator({
    clusters: [{ name: 'shaky', release: 'zed', hosts: 2, host, ownPort: 0 }],
  });
  clouds = new CloudPool(world.deps.observations, () => () => undefined);
}, 300_000);
afterEach(async () => {
  for (const one of begun.splice(0)) await one.stop();
  simulator.control.clearFaults();
  await simulator.control.setReachable('shaky', true);
});
afterAll(async () => {
  await clouds.close();
  await world.close();
  await simulator.close();
});

function refresher(
  options: Partial<ClusterRefreshOptions> = {},
  through: Pick<CloudPool, 'get'> = clouds,
): ClusterRefresh {
  const { database, deps, refreshes, reprobes, log } = world;
  const made = new ClusterRefresh(
    { ...deps, database, refreshes, reprobes, clouds: through, log },
    { conductorGroup: 'default', ...options },
  );
  begun.push(made);
  return made;
}

function simulated(): SimulatedCluster {
  const [cluster] = simulator.clusters;
  if (!cluster) throw new Error('no simulated cluster');
  return cluster;
}

async function probedCluster(): Promise<string> {
  await world.database.read.query('DELETE FROM cluster');
  const { cluster } = await world.probed(registrationOf(simulated()));
  expect(cluster.probe.status).toBe('ok');
  return cluster.id;
}

const makeDue = (column: 'due_at' | 'inventory_due_at') =>
  world.database.read.query(`UPDATE cluster_refresh SET ${column} = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND`);

async function refreshOnce(one = refresher()): Promise<void> {
  await makeDue('due_at');
  await one.tick();
  await one.settled();
}

describe('ClusterRefresh', () => {
  it('sees the room that was taken in the cluster, and forgets what was settled before', async () => {
    const id = await probedCluster();
    const scheduler = new SchedulerService(new CapacityRepository(), new FactsRepository());
    const serverId = newId();
    const clusters = new Map([[id, { fits: null }]]);
    const flavor = { id: newId(), name: 'm1.small', vcpus: 1, ramMb: 2048, diskGb: 20, clusters };
    await world.database.transaction(async (tx) => {
      await scheduler.placeMany(tx, [{ serverIds: [serverId], flavor }]);
      await scheduler.settle(tx, [serverId]);
    });
    const before = (await world.clusters.get(id)).capacity;
    expect(before?.promised.servers).toBe(1);
    simulator.fill('shaky', 3);
    await refreshOnce();
    const after = (await world.clusters.get(id)).capacity;
    expect(after?.used.vcpus).toBeGreaterThanOrEqual((before?.used.vcpus ?? 0) + 3);
    expect(after).toMatchObject({ servers: (before?.servers ?? 0) + 3, promised: { servers: 0, vcpus: 0 } });
  });

  it('is done by one conductor only', async () => {
    await probedCluster();
    await makeDue('due_at');
    simulator.control.clearRequests();
    const three = [refresher(), refresher(), refresher()];
    await Promise.all(three.map((one) => one.tick()));
    await Promise.all(three.map((one) => one.settled()));
    const lists = simulator.control
      .requests({})
      .filter((request) => request.url.includes('os-hypervisors/detail'));
    expect(lists).toHaveLength(1);
  });

  it('leaves clusters of other groups, and those that are down, alone', async () => {
    const id = await probedCluster();
    simulator.control.clearRequests();
    await refreshOnce(refresher({ conductorGroup: 'elsewhere' }));
    await world.database.read.query(`UPDATE cluster SET state = 'down' WHERE id = ?`, [id]);
    await refreshOnce();
    expect(simulator.control.requests({})).toHaveLength(0);
  });

  it('counts outages until the cluster is passed over, and sees it come back', async () => {
    const id = await probedCluster();
    await simulator.control.setReachable('shaky', false);
    for (let outage = 0; outage < 3; outage++) await refreshOnce();
    const { health } = await world.clusters.get(id);
    expect(health).toMatchObject({ reachable: false, outages: 3 });
    await simulator.control.setReachable('shaky', true);
    // A fresh client has no open circuit that would have to close first.
    await clouds.close();
    await refreshOnce();
    expect((await world.clusters.get(id)).health).toMatchObject({ reachable: true, outageSince: null });
  }, 60_000);

  it('reads the inventory when that is due', async () => {
    const id = await probedCluster();
    await world.database.read.query('DELETE FROM cluster_extension');
    await world.database.read.query(
      'UPDATE cluster_refresh SET inventory_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR',
    );
    await refreshOnce();
    expect((await world.clusters.get(id)).inventory.extensions).toEqual([]);
    await makeDue('inventory_due_at');
    await refreshOnce();
    expect((await world.clusters.get(id)).inventory.extensions).toContain('port-security');
  });

  describe('the inventory is due again', () => {
    const dueNow = async () => {
      const [row] = await world.database.read.query<{ capacity: number; inventory: number }[]>(
        `SELECT due_at <= UTC_TIMESTAMP(6) AS capacity, inventory_due_at <= UTC_TIMESTAMP(6) AS inventory
         FROM cluster_refresh`,
      );
      return { capacity: Number(row?.capacity), inventory: Number(row?.inventory) };
    };

    it('after a while, when it was read', async () => {
      await probedCluster();
      await makeDue('inventory_due_at');
      await refreshOnce();
      expect(await dueNow()).toEqual({ capacity: 0, inventory: 0 });
    });

    it('at once, when something of it was seen to change while it was read', async () => {
      await probedCluster();
      await makeDue('inventory_due_at');
      const get = async (id: string) => {
        await world.refreshes.hastenInventory(world.database.read, id);
        return clouds.get(id);
      };
      await refreshOnce(refresher({}, { get }));
      expect(await dueNow()).toEqual({ capacity: 1, inventory: 1 });
    });

    it('with the next reading of the capacity, when it could not be read', async () => {
      await probedCluster();
      await makeDue('inventory_due_at');
      await simulator.control.setReachable('shaky', false);
      await refreshOnce();
      expect(await dueNow()).toEqual({ capacity: 0, inventory: 1 });
    });
  });

  it('probes a cluster again that did not answer its probe', async () => {
    await world.database.read.query('DELETE FROM cluster');
    await simulator.control.setReachable('shaky', false);
    const { cluster } = await world.probed(registrationOf(simulated()));
    expect(cluster.probe).toMatchObject({ status: 'failed', fault: { category: 'unavailable' } });
    await simulator.control.setReachable('shaky', true);
    await refresher({ reprobeMs: 0 }).tick();
    const [task] = await world.tasks.list({ resource: { kind: 'cluster', id: cluster.id } }, { limit: 1 });
    expect(await world.ended(task?.id ?? '')).toMatchObject({ status: 'succeeded' });
    expect((await world.clusters.get(cluster.id)).probe.status).toBe('ok');
  });

  it('lets go at once of a cluster that hangs', async () => {
    await probedCluster();
    await clouds.close();
    simulator.control.addFault({ cluster: 'shaky', effect: { kind: 'hang' } });
    await makeDue('due_at');
    const one = refresher();
    await one.tick();
    const stoppedAt = Date.now();
    await one.stop();
    expect(Date.now() - stoppedAt).toBeLessThan(2_000);
  });

  it('runs by itself and ends when it is told to', async () => {
    const id = await probedCluster();
    const before = (await world.clusters.get(id)).capacity?.observedAt;
    await makeDue('due_at');
    const one = refresher({ tickMs: 20, capacityMs: 50 });
    one.start();
    const observedAt = async () => (await world.clusters.get(id)).capacity?.observedAt?.getTime() ?? 0;
    await eventually(observedAt, (at) => at > (before?.getTime() ?? Infinity));
    await one.stop();
    const last = await observedAt();
    await makeDue('due_at');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await observedAt()).toBe(last);
  });
});
