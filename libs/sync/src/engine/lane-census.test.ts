import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneRepository } from '../lane/lane.repository.js';
import { OwnershipRepository } from '../membership/ownership.repository.js';
import { FakeCluster, openSyncWorld, thing, type SyncWorld } from './engine.fixture.js';
import { LaneCensus } from './lane-census.js';
import type { SyncCluster } from './sync-engine.options.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
}, 60_000);
afterEach(() => world.close());

const lanes = new LaneRepository();
const KINDS = ['server', 'port'].map((kind) => thing(kind));

const census = (conductorGroup: string, clusters: () => Promise<SyncCluster[]>) =>
  new LaneCensus({ database: world.database, lanes, clusters, conductorGroup, kinds: KINDS, spreadMs: 0 });

const asSeen = ({ id }: FakeCluster, tier = 'gold'): SyncCluster => ({
  id,
  name: id,
  tier,
  resting: false,
  caps: { has: () => true, hasService: () => true },
});

const move = (cluster: FakeCluster, group: string) =>
  world.database.transaction((tx) => lanes.moveToGroup(tx, cluster.id, group));

const groupsOf = async (cluster: FakeCluster): Promise<string[]> => {
  const rows = await world.database.read.query<{ name: string }[]>(
    'SELECT conductor_group AS name FROM lane WHERE cluster_id = ? ORDER BY kind',
    [cluster.id],
  );
  return rows.map(({ name }) => name);
};

describe('the lanes of a cluster that goes to another group', () => {
  it('are kept by that group, which knew of the lanes before it knew of the cluster', async () => {
    const cluster = new FakeCluster();
    await census('east', async () => [asSeen(cluster)]).take();
    let asked = 0;
    await census('west', async () => {
      asked += 1;
      if (asked > 1) return [asSeen(cluster)];
      await move(cluster, 'west');
      return [];
    }).take();
    expect(asked).toBe(2);
    expect(await groupsOf(cluster)).toEqual(['west', 'west']);
  });

  it('are not removed by the group that they have left meanwhile', async () => {
    const cluster = new FakeCluster();
    await census('east', async () => [asSeen(cluster)]).take();
    let asked = 0;
    await census('east', async () => {
      asked += 1;
      if (asked === 1) return [asSeen(cluster, 'bronze')];
      await move(cluster, 'west');
      return [];
    }).take();
    expect(await groupsOf(cluster)).toEqual(['west', 'west']);
  });

  it('are taken by nobody of the group before', async () => {
    const cluster = new FakeCluster();
    await census('east', async () => [asSeen(cluster)]).take();
    await move(cluster, 'west');
    const wanted = { clusterIds: [cluster.id], domains: ['compute'], atOnce: 10 };
    const take = (conductorGroup: string) =>
      world.database.transaction((tx) =>
        new OwnershipRepository().take(tx, 'somebody', { ...wanted, conductorGroup }),
      );
    expect(await take('east')).toEqual([]);
    expect(await take('west')).toHaveLength(2);
  });
});

it('the lanes of a cluster that is registered no more are removed', async () => {
  const cluster = new FakeCluster();
  await census('east', async () => [asSeen(cluster)]).take();
  expect(await groupsOf(cluster)).toHaveLength(2);
  await census('east', async () => []).take();
  expect(await groupsOf(cluster)).toEqual([]);
});
