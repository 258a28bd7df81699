import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { digestOf } from '../lane/lane-digest.rules.js';
import { LaneLost } from '../lane/lane.errors.js';
import { LaneRepository } from '../lane/lane.repository.js';
import { LaneConductorRepository } from '../membership/lane-conductor.repository.js';
import { ObservedRepository } from '../observed/observed.repository.js';
import {
  FakeCluster,
  openSyncWorld,
  thing,
  until,
  type FakeContext,
  type SyncWorld,
} from './engine.fixture.js';
import type { SyncEngine } from './sync-engine.js';

let world: SyncWorld;
beforeEach(async () => {
  world = await openSyncWorld();
}, 60_000);
afterEach(() => world.close());

const KINDS = ['server', 'port', 'network', 'image', 'flavor'].map((kind) => thing(kind));
const clustersOf = (count: number): FakeCluster[] =>
  Array.from({ length: count }, () => {
    const cluster = new FakeCluster();
    cluster.fill(5);
    return cluster;
  });

/** Counts how often everything of a lane was read from the database. */
class CountingStore extends ObservedRepository {
  loads = 0;

  override index(...of: Parameters<ObservedRepository['index']>): ReturnType<ObservedRepository['index']> {
    this.loads += 1;
    return super.index(...of);
  }
}

interface Started {
  id: string;
  engine: SyncEngine<FakeContext>;
}

function start(clusters: readonly FakeCluster[], group = 'default', store = new CountingStore()): Started {
  const id = newId();
  const engine = world.engine(clusters, { conductorId: id, kinds: KINDS, conductorGroup: group, store });
  engine.start();
  return { id, engine };
}

const rows = async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  (await world.database.read.query(sql, [...values])) as T[];

const owners = async (): Promise<Map<string, number>> => {
  const found = await rows<{ owner_id: string | null; lanes: string }>(
    'SELECT owner_id, COUNT(*) AS lanes FROM lane GROUP BY owner_id',
  );
  return new Map(found.map(({ owner_id, lanes }) => [owner_id ?? 'nobody', Number(lanes)]));
};
const owns = async (id: string): Promise<number> => (await owners()).get(id) ?? 0;

const readAll = async (): Promise<boolean> =>
  (await rows('SELECT 1 FROM lane WHERE full_at IS NOT NULL')).length === 30;

describe('the lanes of a group', () => {
  it('are shared by the conductors that live, and none is without an owner', async () => {
    const clusters = clustersOf(12);
    const first = start(clusters);
    await until(async () => (await owns(first.id)) === 60, 'one owner of all');
    const second = start(clusters);
    await until(async () => (await owns(second.id)) >= 20, 'a share for the second');
    const shared = await owners();
    expect((shared.get(first.id) ?? 0) + (shared.get(second.id) ?? 0)).toBe(60);
    expect(shared.has('nobody')).toBe(false);
  });

  it('are forgotten by the conductor that had them, and by nobody else', async () => {
    const clusters = clustersOf(6);
    const store = new CountingStore();
    const first = start(clusters, 'default', store);
    await until(async () => store.loads === 30 && (await readAll()), 'everything read once');
    const second = start(clusters);
    await until(async () => (await owns(second.id)) >= 8, 'a share for the second');
    const moved = await owns(second.id);
    // As long as it takes until the first one has compared its lanes once more.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await second.engine.stop();
    await until(async () => (await owns(first.id)) === 30, 'all lanes back');
    await rows(
      'UPDATE lane SET full_at = NULL, full_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)',
    );
    await until(readAll, 'everything read again');
    expect(store.loads).toBe(30 + moved);
  });

  it('stay with the group: conductors of another take none', async () => {
    const clusters = clustersOf(3);
    const own = start(clusters, 'east');
    start(clustersOf(2), 'west');
    await until(async () => (await owns(own.id)) === 15, 'the lanes of the group');
    expect(
      await rows(`SELECT 1 FROM lane WHERE owner_id = ? AND conductor_group <> 'east'`, [own.id]),
    ).toEqual([]);
  });

  it('of a conductor that was killed are taken by the others', async () => {
    const clusters = clustersOf(8);
    const alive = start(clusters);
    await until(async () => (await owns(alive.id)) === 40, 'one owner of all');
    const dead = newId();
    const members = new LaneConductorRepository();
    await members.beat(world.database.read, {
      id: dead,
      name: 'dead',
      conductorGroup: 'default',
      domains: ['compute'],
    });
    await world.database.read.query(
      'UPDATE lane SET owner_id = ?, epoch = epoch + 1, pass_started_at = UTC_TIMESTAMP(6) LIMIT 20',
      [dead],
    );
    await until(async () => (await owns(alive.id)) === 40, 'the lanes of the dead');
  });

  it('are read in full by who takes them when the dead was asked to and had not ended', async () => {
    const [cluster] = clustersOf(1);
    if (!cluster) throw new Error('no cluster');
    const alive = start([cluster]);
    await until(async () => (await owns(alive.id)) === 5, 'one owner of all');
    const read = async () =>
      Number((await rows<{ n: string }>('SELECT COUNT(*) AS n FROM lane WHERE full_at IS NOT NULL'))[0]?.n);
    await until(async () => (await read()) === 5, 'a first pass of all');
    const before = cluster.calls.list;
    await world.database.read.query(
      `UPDATE lane SET owner_id = ?, epoch = epoch + 1, pass_mode = 'full', pass_started_at = UTC_TIMESTAMP(6),
         next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY WHERE kind = 'server'`,
      [newId()],
    );
    // The next full pass is due in five minutes.
    await until(() => cluster.calls.list > before, 'a full pass', 15_000);
  });

  it('of one that stops are handed over, and no write is lost or doubled', async () => {
    const clusters = clustersOf(10);
    const first = start(clusters);
    await until(async () => (await owns(first.id)) === 50, 'one owner of all');
    const second = start(clusters);
    await until(async () => (await owns(second.id)) >= 15, 'a share for the second');
    await first.engine.stop();
    // Lanes whose passes do not end within the grace, on a busy machine, come a moment later.
    await until(async () => (await owns(second.id)) === 50, 'all lanes handed over');
    for (const cluster of clusters) cluster.put('o000001', 'STOPPED');
    await until(async () => {
      const [row] = await rows<{ seen: string }>(
        `SELECT COUNT(*) AS seen FROM observed_object WHERE kind = 'server' AND status = 'STOPPED'`,
      );
      return Number(row?.seen) === 10;
    }, 'the changes');
  });

  it('of one that is drained go to the others, and come back when it is not', async () => {
    const clusters = clustersOf(10);
    const first = start(clusters);
    await until(async () => (await owns(first.id)) === 50, 'one owner of all');
    const second = start(clusters);
    await until(async () => (await owns(second.id)) >= 15, 'a share for the second');
    const members = new LaneConductorRepository();
    await members.drain(world.database.read, first.id, true, 500);
    await until(async () => (await owns(first.id)) === 0, 'the drained has none');
    expect(await owns(second.id)).toBe(50);
    await members.drain(world.database.read, first.id, false, 0);
    await until(async () => (await owns(first.id)) >= 15, 'a share again');
  });

  it('go to another group when their cluster does, and only conductors of that one read them', async () => {
    const cluster = new FakeCluster();
    cluster.fill(5);
    const [east, west] = [[cluster], [] as FakeCluster[]];
    const first = start(east, 'east');
    await until(async () => (await owns(first.id)) === 5, 'the lanes in the east');
    const second = start(west, 'west');
    east.splice(0);
    west.push(cluster);
    await world.database.transaction((tx) => new LaneRepository().moveToGroup(tx, cluster.id, 'west'));
    await until(async () => (await owns(second.id)) === 5, 'the lanes in the west');
    expect(await owns(first.id)).toBe(0);
  });
});

it('a census that finds all as it should be reads no lanes', async () => {
  const clusters = clustersOf(4);
  const { id } = start(clusters);
  await until(async () => (await owns(id)) === 20, 'its lanes');
  const lanes = new LaneRepository();
  const present = await lanes.ofGroup(world.database.read, 'default');
  expect(await lanes.digest(world.database.read, 'default')).toBe(digestOf(present));
  expect(digestOf(present.toReversed())).toBe(digestOf(present));
  expect(digestOf(present.map((lane, index) => (index === 3 ? { ...lane, tier: 'bronze' } : lane)))).not.toBe(
    digestOf(present),
  );
});

describe('who may write a lane', () => {
  it('is its owner of the present epoch, as long as it is heard', async () => {
    const clusters = clustersOf(1);
    const { id, engine } = start(clusters);
    await until(async () => (await owns(id)) === 5, 'its lanes');
    const lanes = new LaneRepository();
    const [cluster] = clusters;
    if (!cluster) throw new Error('no cluster');
    const [lane] = await rows<{ epoch: number }>(
      `SELECT epoch FROM lane WHERE cluster_id = ? AND kind = 'server'`,
      [cluster.id],
    );
    const claim = { clusterId: cluster.id, kind: 'server', conductorId: id, epoch: lane?.epoch ?? -1 };
    const hold = (changed: Partial<typeof claim>) =>
      world.database.transaction((tx) => lanes.hold(tx, { ...claim, ...changed }));
    await hold({});
    await expect(hold({ epoch: claim.epoch - 1 })).rejects.toThrow(LaneLost);
    await expect(hold({ conductorId: newId() })).rejects.toThrow(LaneLost);
    await engine.stop();
    await expect(hold({})).rejects.toThrow(LaneLost);
    await world.database.read.query('UPDATE lane SET owner_id = ?, epoch = ?', [id, claim.epoch]);
    const members = new LaneConductorRepository();
    await members.beat(world.database.read, {
      id,
      name: 'x',
      conductorGroup: 'default',
      domains: ['compute'],
    });
    await hold({});
    await world.database.read.query(
      'UPDATE lane_conductor SET beat_at = UTC_TIMESTAMP(6) - INTERVAL 3 SECOND',
    );
    await expect(hold({})).rejects.toThrow(LaneLost);
  });
});
