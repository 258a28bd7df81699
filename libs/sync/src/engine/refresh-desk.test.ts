import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { RefreshRequestRepository } from '../refresh/refresh-request.repository.js';
import { RefreshService } from '../refresh/refresh.service.js';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
}, 60_000);
afterEach(() => world.close());

const { objects, lane, set, runNow, isAtRest, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));

describe('a wish', () => {
  const service = () => new RefreshService(world.database, new RefreshRequestRepository());

  it('has one object read at once, with what hangs on it', async () => {
    const ports = new Map([['p1', 'ACTIVE']]);
    const port = thing(
      'port',
      { changes: 'full', deletions: 'full' },
      {
        list: () => ({ report: { restarts: 0, complete: true }, async *[Symbol.asyncIterator]() {} }),
        listOf: (_, parentId) => ({
          report: { restarts: 0, complete: true },
          async *[Symbol.asyncIterator]() {
            yield [...ports].map(([id, status]) => ({
              id,
              name: id,
              projectId: 'p',
              status,
              parentId,
              revision: null,
              updatedAt: null,
              fields: {},
            }));
          },
        }),
      },
    );
    cluster.fill(5);
    world.engine([cluster], { kinds: [thing('server', undefined, { dependants: ['port'] }), port] }).start();
    await firstPass();
    await firstPass('port');
    await set('next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
    cluster.put('o000001', 'SHUTOFF');
    const result = await service().object({ clusterId: cluster.id, kind: 'server' }, 'o000001', 5_000);
    expect(result).toMatchObject({ unserved: [], served: [{ outcome: 'found' }] });
    expect((await objects()).get('o000001')?.status).toBe('SHUTOFF');
    expect((await objects('port')).get('p1')?.status).toBe('ACTIVE');
  });

  it('shows soon that what it names is gone, whatever passes over the lane do meanwhile', async () => {
    cluster.fill(20);
    const kind = thing('server', { changes: 'changes_since', deletions: 'ids' });
    world.engine([cluster], { kinds: [kind] }).start();
    await firstPass();
    cluster.objects.delete('o000003');
    const target = { clusterId: cluster.id, kind: 'server' };
    expect(await service().object(target, 'o000003', 5_000)).toMatchObject({
      served: [{ outcome: 'not_found' }],
    });
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1, gone: 0 });
    await nextPass('changes');
    await nextPass('changes');
    // Long before its ids are listed.
    await until(async () => (await objects()).get('o000003')?.gone === 1, 'gone', 8_000);
    expect(cluster.calls).toMatchObject({ ids: 0, find: 2 });
  });

  it('is not put off by more that vanishes', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    await set('changes_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
    const target = { clusterId: cluster.id, kind: 'server' };
    const gone = async () => [...(await objects()).values()].filter((object) => object.gone === 1).length;
    for (let index = 0; index < 20 && (await gone()) === 0; index++) {
      const id = `o${String(index).padStart(6, '0')}`;
      cluster.objects.delete(id);
      await service().object(target, id, 5_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(await gone()).toBeGreaterThan(0);
  });

  it('knows better than a list that was read before', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    cluster.put('o000003', 'SHUTOFF');
    cluster.delayMs = 1_500;
    const listed = cluster.calls.changed;
    await runNow('changes');
    await until(() => cluster.calls.changed > listed, 'a list');
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The list has it, and comes after the answer that it does not exist.
    cluster.objects.delete('o000003');
    cluster.delayMs = 0;
    await service().object({ clusterId: cluster.id, kind: 'server' }, 'o000003', 5_000);
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1 });
    await until(isAtRest, 'the end of the pass');
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1, status: 'ACTIVE' });
  });

  it('has a lane read that is older than is wanted, and none that is fresh', async () => {
    cluster.fill(5);
    world.engine([cluster]).start();
    await firstPass();
    await set(
      'next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY, fresh_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR',
    );
    cluster.put('o000002', 'ERROR');
    const lanes = [{ clusterId: cluster.id, kind: 'server' }];
    expect(await service().lanes(lanes, 7_200_000, 100)).toEqual({ served: [], unserved: [] });
    expect(await service().lanes(lanes, 5_000, 5_000)).toMatchObject({
      unserved: [],
      served: [{ outcome: 'read' }],
    });
    expect((await objects()).get('o000002')?.status).toBe('ERROR');
  });

  it('says so when nobody serves the cluster', async () => {
    const target = { clusterId: newId(), kind: 'server' };
    const { served, unserved } = await service().object(target, 'x', 200);
    expect(served).toEqual([]);
    expect(unserved).toHaveLength(1);
  });

  it('does not believe one by one what a list of everything would not be believed', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    const day = 'UTC_TIMESTAMP(6) + INTERVAL 1 DAY';
    await set(`changes_due_at = ${day}, full_due_at = ${day}, next_due_at = ${day}`);
    // It has come back with an empty database, and passes have not seen it yet.
    cluster.objects.clear();
    const ask = (index: number) =>
      service().object(
        { clusterId: cluster.id, kind: 'server' },
        `o${String(index).padStart(6, '0')}`,
        5_000,
      );
    const vanished = async () =>
      [...(await objects()).values()].filter(({ missing, gone }) => missing === 1 || gone === 1).length;
    for (let index = 0; index < 6; index++) await ask(index);
    expect(await vanished()).toBe(6);
    await until(
      async () => [...(await objects()).values()].filter(({ gone }) => gone === 1).length === 6,
      'what is believed',
      10_000,
    );
    const lists = cluster.calls.list;
    for (let index = 6; index < 12; index++) await ask(index);
    expect(await vanished()).toBe(6);
    await until(async () => (await lane())['brake'] === 'on', 'the brake', 5_000);
    expect(cluster.calls.list).toBeGreaterThan(lists);
    await ask(12);
    expect(await vanished()).toBe(6);
  });

  it('that is not believed has everything read once more, also while everything is being read', async () => {
    cluster.fill(20);
    world.engine([cluster]).start();
    await firstPass();
    const day = 'UTC_TIMESTAMP(6) + INTERVAL 1 DAY';
    await set(`changes_due_at = ${day}, full_due_at = ${day}, next_due_at = ${day}`);
    const id = (index: number) => `o${String(index).padStart(6, '0')}`;
    const remove = async (index: number) => {
      cluster.objects.delete(id(index));
      await service().object({ clusterId: cluster.id, kind: 'server' }, id(index), 5_000);
    };
    for (let index = 0; index < 6; index++) await remove(index);
    const isGone = async (index: number) => (await objects()).get(id(index))?.gone === 1;
    for (let index = 0; index < 6; index++) await until(() => isGone(index), 'what is believed', 10_000);
    // Seven of twenty are too many to be believed one by one: the seventh begins a list of everything.
    cluster.listDelayMs = 1_500;
    await remove(6);
    await until(async () => (await lane())['pass_mode'] === 'full', 'a full pass');
    await remove(7);
    await until(() => isGone(7), 'what went while everything was being read', 20_000);
    expect((await lane())['brake']).toBe('off');
  });
});
