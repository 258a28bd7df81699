import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OpenCircuitRepository } from '../circuit/open-circuit.repository.js';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
}, 60_000);
afterEach(() => world.close());

const { objects, lane, set, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));

describe('a lane', () => {
  it('is made, read in full page by page, and shows what there is', async () => {
    cluster.fill(250);
    world.engine([cluster]).start();
    await firstPass();
    expect((await objects()).size).toBe(250);
    expect(await lane()).toMatchObject({
      seen_count: 250,
      written_count: 250,
      present_count: 250,
      fault: null,
    });
  });

  it('writes what changed, and nothing when nothing did', async () => {
    cluster.fill(50);
    world.engine([cluster]).start();
    await firstPass();
    cluster.put('o000007', 'ERROR');
    await nextPass('changes');
    expect((await objects()).get('o000007')?.status).toBe('ERROR');
    expect(await lane()).toMatchObject({ written_count: 1 });
    await nextPass('full');
    expect(await lane()).toMatchObject({ written_count: 0, seen_count: 50 });
  });

  it('takes what a complete list does not show for missing, and for gone when it was asked for twice', async () => {
    cluster.fill(50);
    world.engine([cluster], { kinds: [thing('server', { changes: 'full', deletions: 'full' })] }).start();
    await firstPass();
    cluster.objects.delete('o000003');
    await nextPass('full');
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1, gone: 0 });
    await until(async () => (await objects()).get('o000003')?.gone === 1, 'gone', 15_000);
    expect(cluster.calls.find).toBe(2);
    expect((await objects()).get('o000004')).toMatchObject({ missing: 0, gone: 0 });
  });

  it('takes nothing for gone that a list left out and a question by id finds', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    const hidden = cluster.objects.get('o000005');
    cluster.objects.delete('o000005');
    await nextPass('full');
    expect((await objects()).get('o000005')?.missing).toBe(1);
    if (hidden) cluster.objects.set('o000005', hidden);
    await until(async () => (await objects()).get('o000005')?.missing === 0, 'found again', 15_000);
  });

  it('sees deletions that the list of changes tells', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    cluster.delete('o000001');
    await nextPass('changes');
    await until(async () => (await objects()).get('o000001')?.gone === 1, 'gone', 15_000);
    expect(cluster.calls.list).toBe(1);
  });

  it('finds deletions and newcomers with a list of the ids alone', async () => {
    cluster.fill(20);
    const kind = thing('server', { changes: 'changes_since', deletions: 'ids' });
    world.engine([cluster], { kinds: [kind] }).start();
    await firstPass();
    cluster.objects.delete('o000002');
    cluster.put('new', 'ACTIVE', { updatedAt: null });
    await nextPass('ids');
    expect((await objects()).get('o000002')?.missing).toBe(1);
    expect((await objects()).has('new')).toBe(true);
  });

  it('leaves it to a full pass when a list of the ids shows many newcomers', async () => {
    cluster.fill(20);
    const kind = thing('server', { changes: 'changes_since', deletions: 'ids' });
    world.engine([cluster], { kinds: [kind] }).start();
    await firstPass();
    for (let i = 0; i < 60; i++) cluster.put(`new ${i}`, 'ACTIVE', { updatedAt: null });
    cluster.objects.delete('o000002');
    await nextPass('ids');
    await until(async () => (await objects()).size === 80, 'a full pass');
    expect(cluster.calls).toMatchObject({ ids: 1, list: 2 });
    const [pass] = await world.database.read.query<{ outcome: string }[]>(
      `SELECT outcome FROM sync_pass WHERE cluster_id = ? AND mode = 'ids'`,
      [cluster.id],
    );
    expect(pass).toEqual({ outcome: 'incomplete' });
  });

  it('concludes nothing from a list that began anew, nor from one that failed', async () => {
    cluster.fill(250);
    world.engine([cluster]).start();
    await firstPass();
    cluster.objects.delete('o000100');
    cluster.restarts = 1;
    await nextPass('full');
    expect(await lane()).toMatchObject({ last_outcome: 'incomplete', missing_count: 0 });
    cluster.restarts = 0;
    cluster.down = true;
    await nextPass('full');
    expect(await lane()).toMatchObject({ last_outcome: 'failed', missing_count: 0, present_count: 250 });
    expect((await objects()).get('o000100')).toMatchObject({ missing: 0 });
  });

  it('puts the brake on when too much vanishes at once, and lets a person decide', async () => {
    cluster.fill(50);
    world.engine([cluster]).start();
    await firstPass();
    for (const id of [...cluster.objects.keys()].slice(0, 30)) cluster.objects.delete(id);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'on', brake_unseen: 30, brake_known: 50, missing_count: 0 });
    await set(`brake = 'released'`);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'released', missing_count: 30 });
    await until(async () => Number((await lane())['gone_count']) === 30, 'gone', 15_000);
    await until(async () => (await lane())['brake'] === 'off', 'the brake is off again', 15_000);
  });

  it('reads everything again within its objective while it is not told of all there is', async () => {
    cluster.fill(50);
    world.engine([cluster]).start();
    await firstPass();
    const fullInMs = async () => ((await lane())['full_due_at'] as Date).getTime() - Date.now();
    // Those of gold: 15 s, and else 5 min.
    expect(await fullInMs()).toBeGreaterThan(200_000);
    const whole = cluster.objects.get('o000003');
    cluster.put('o000003', 'UNKNOWN', { partial: true });
    await nextPass('changes');
    expect(await fullInMs()).toBeLessThan(16_000);
    // A list of everything that is not told of it either leaves it at that.
    await nextPass('full');
    expect(await fullInMs()).toBeLessThan(16_000);
    expect((await objects()).get('o000003')).toMatchObject({ status: whole?.status, missing: 0 });
    cluster.put('o000003', 'ACTIVE');
    await nextPass('full');
    expect(await fullInMs()).toBeGreaterThan(200_000);
  });

  it('puts the brake on as its tier says', async () => {
    const brake = (atLeast: number, share: number) =>
      world.database.read.query(
        `UPDATE sync_tier SET brake_at_least = ?, brake_share = ? WHERE name = 'gold'`,
        [atLeast, share],
      );
    cluster.fill(50);
    await brake(40, 0.1);
    world.engine([cluster]).start();
    await firstPass();
    for (const id of [...cluster.objects.keys()].slice(0, 30)) cluster.objects.delete(id);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'off' });
    await until(async () => Number((await lane())['gone_count']) === 30, 'gone', 15_000);
    await brake(2, 0.05);
    for (const id of [...cluster.objects.keys()].slice(0, 4)) cluster.objects.delete(id);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'on', brake_unseen: 4, missing_count: 0 });
  });

  it('lets go of the brake by itself when all is back', async () => {
    cluster.fill(50);
    world.engine([cluster]).start();
    await firstPass();
    const all = new Map(cluster.objects);
    cluster.objects.clear();
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'on', missing_count: 0 });
    for (const [id, object] of all) cluster.objects.set(id, object);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'off', missing_count: 0, present_count: 50 });
  });

  it('does not begin while it is paused or rests', async () => {
    cluster.resting = true;
    cluster.fill(3);
    world.engine([cluster]).start();
    await until(async () => (await lane())['resting'] === 1, 'a lane');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(cluster.calls.list).toBe(0);
    await set('paused = 1');
    cluster.resting = false;
    await until(async () => (await lane())['resting'] === 0, 'the end of the rest');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(cluster.calls.list).toBe(0);
    await set('paused = 0');
    await firstPass();
  });
});

it('a conductor that stops looks for nothing more, however much is due', async () => {
  cluster.fill(10);
  const kinds = Array.from({ length: 20 }, (_, i) => thing(`kind_${i}`));
  const engine = world.engine([cluster], { kinds, room: { perCluster: 2 }, times: { stopGrace: 200 } });
  cluster.delayMs = 50;
  engine.start();
  await until(() => engine.size === 2, 'a conductor at work');
  cluster.hangs = true;
  // Another one lives, and does not take the lanes: this one keeps them until its time is over.
  await world.database.read.query(
    `INSERT INTO lane_conductor (conductor_id, name, conductor_group, domains, joined_at, beat_at)
     SELECT UUID(), 'slow', conductor_group, domains, joined_at, beat_at + INTERVAL 1 DAY FROM lane_conductor`,
  );
  const query = jest.spyOn(world.database.read, 'query');
  await engine.stop();
  const looks = query.mock.calls.filter(([sql]) => sql.includes('FROM lane l JOIN sync_tier'));
  expect(looks.length).toBeLessThanOrEqual(1);
});

describe('clusters that hang or fail', () => {
  it('do not keep others from being read, long before any call to them has failed', async () => {
    const bad = Array.from({ length: 20 }, () => Object.assign(new FakeCluster(), { hangs: true }));
    const kinds = ['a', 'b', 'c', 'd'].map((kind) => thing(kind)).concat(thing('server'));
    cluster.fill(10);
    const engine = world.engine([...bad, cluster], {
      kinds,
      room: { total: 24, perCluster: 4, inTrouble: 8, patienceMs: 200 },
    });
    engine.start();
    await firstPass();
    await until(() => engine.size >= 24, 'passes that hang');
    for (let round = 0; round < 3; round++) {
      const before = cluster.calls.changed;
      await set('changes_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)');
      expect(await until(() => cluster.calls.changed > before, 'a pass')).toBeLessThan(3_000);
    }
    expect(bad.map(({ id }) => engine.circuitOf(id))).toEqual(bad.map(() => 'closed'));
  });

  it('are tried by one pass at a time, and read again when they are back', async () => {
    cluster.fill(10);
    const kinds = ['a', 'b', 'c'].map((kind) => thing(kind)).concat(thing('server'));
    const engine = world.engine([cluster], { kinds });
    engine.start();
    await firstPass();
    cluster.down = true;
    for (const kind of ['a', 'b', 'c', 'server'])
      await world.database.read.query(
        'UPDATE lane SET next_due_at = UTC_TIMESTAMP(6), full_due_at = UTC_TIMESTAMP(6) WHERE kind = ?',
        [kind],
      );
    await until(() => engine.circuitOf(cluster.id) === 'open', 'an open circuit');
    const circuits = new OpenCircuitRepository();
    const seen = () => circuits.find(world.database.read, cluster.id);
    await until(async () => (await seen()) !== null, 'operators see that it is open');
    const first = await seen();
    await until(async () => ((await seen())?.nextTryAt ?? 0) > (first?.nextTryAt ?? 0), 'another try');
    expect(Math.abs(Number((await seen())?.openedAt) - Number(first?.openedAt))).toBeLessThan(1_000);
    cluster.down = false;
    await until(() => engine.circuitOf(cluster.id) === 'closed', 'a closed circuit');
    await until(async () => (await seen()) === null, 'operators see that it is closed');
  });
});
