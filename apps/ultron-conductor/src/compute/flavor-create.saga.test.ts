import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FlavorService } from '@ultron/compute/flavor/flavor.service';
import { FactsRepository } from '@ultron/cluster/scheduler/facts.repository';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';

jest.setTimeout(60_000);

const CLUSTERS = ['a', 'b'];
let world: ComputeWorld;
let service: FlavorService;
beforeAll(async () => {
  world = await openComputeWorld([
    { name: 'a', release: 'queens' },
    { name: 'b', release: '2025.1' },
  ]);
  service = new FlavorService(world.database, world.deps.flavors, new FactsRepository(), world.tasks);
  await world.conduct();
}, 300_000);
afterAll(() => world.close());

async function create(name: string, vcpus: number) {
  const { flavor, task, ring } = await world.database.transaction((tx) =>
    service.create(tx, { name, vcpus, ramMb: 1024, diskGb: 5 }, world.origin()),
  );
  world.tasks.ring(ring);
  return { flavor, task: await world.ended(task.id, 30_000) };
}

async function makeInCluster(cluster: string, name: string, vcpus: number): Promise<void> {
  const cloud = await world.conductorDeps().clouds.get(world.clusterIds.get(cluster) ?? '');
  await cloud.compute.flavors.create({ name, vcpus, ram: 1024, disk: 5 });
}

describe('a flavor that is made in all clusters', () => {
  it('can be used in each at once', async () => {
    const { flavor, task } = await create('new', 2);
    expect(task).toMatchObject({ status: 'succeeded', progress: { done: 2, succeeded: 2 } });
    expect((await service.get(flavor.id)).clusters.map((row) => row.clusterId).toSorted()).toEqual(
      CLUSTERS.map((name) => world.clusterIds.get(name)).toSorted(),
    );
    const { task: made } = await world.create({ flavor: 'new', count: 2 });
    expect((await world.ended(made.id, 30_000)).status).toBe('succeeded');
  });

  it('is the one of its name where there is one of its size', async () => {
    await makeInCluster('a', 'half', 2);
    const { task } = await create('half', 2);
    expect(task.status).toBe('succeeded');
    for (const cluster of CLUSTERS) {
      const cloud = await world.conductorDeps().clouds.get(world.clusterIds.get(cluster) ?? '');
      const found = (await cloud.compute.flavors.list().all()).filter((flavor) => flavor.name === 'half');
      expect(found).toHaveLength(1);
    }
  });

  it('says what differs where there is one of another size', async () => {
    await makeInCluster('b', 'odd', 4);
    const { flavor, task } = await create('odd', 2);
    expect(task).toMatchObject({ status: 'failed', progress: { succeeded: 1, failed: 1 } });
    const children = await world.tasks.itemsOf(task.id);
    expect(children.find((child) => child.status === 'failed')?.error).toMatchObject({
      code: 'flavor_differs',
      detail: expect.stringContaining('vcpus 4 instead of 2'),
    });
    expect((await service.get(flavor.id)).clusters).toHaveLength(1);
  });

  it('cannot take a name that is taken', async () => {
    await expect(create('new', 2)).rejects.toMatchObject({ code: 'flavor_name_taken' });
  });
});
