import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
  cluster.fill(300);
}, 60_000);
afterEach(() => world.close());

const { objects, lane, set, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));

const ids = (from: number, to: number): string[] => [...cluster.objects.keys()].slice(from, to);
function hide(hidden: readonly string[]): void {
  for (const id of hidden) cluster.objects.delete(id);
}
const goneOf = async (some: readonly string[]): Promise<number> => {
  const seen = await objects();
  return some.filter((id) => seen.get(id)?.gone === 1).length;
};

describe('a confirmation', () => {
  it('keeps what was answered when one object can never be read, and is no outage of the cluster', async () => {
    const server = thing('server');
    const bad = ids(0, 1);
    const asked: string[] = [];
    const find: typeof server.find = async (context, id) => {
      asked.push(id);
      if (bad.includes(id)) {
        throw new Fault({ code: 'openstack_outage', category: 'unavailable', detail: 'HTTP 500' });
      }
      return server.find(context, id);
    };
    const engine = world.engine([cluster], { kinds: [{ ...server, find }] });
    engine.start();
    await firstPass();
    const lost = ids(1, 60);
    hide([...bad, ...lost]);
    await nextPass('full');
    await until(async () => (await goneOf(lost)) === lost.length, 'all others gone', 20_000);
    const times = () => asked.filter((id) => bad.includes(id)).length;
    const before = times();
    await until(() => times() >= before + 4, 'more questions for the one', 30_000);
    expect(engine.circuitOf(cluster.id)).toBe('closed');
    const seen = await objects();
    expect(seen.get(bad[0] ?? '')).toMatchObject({ missing: 1, gone: 0 });
    // Nobody who answered was asked a third time.
    expect(asked.length - times()).toBe(2 * lost.length);
  }, 90_000);

  it('has others asked before those that failed', async () => {
    const server = thing('server');
    const bad = new Set(ids(0, 20));
    const find: typeof server.find = async (context, id) => {
      if (bad.has(id))
        throw new Fault({ code: 'openstack_outage', category: 'unavailable', detail: 'HTTP 500' });
      return server.find(context, id);
    };
    world.engine([cluster], { kinds: [{ ...server, find }] }).start();
    await firstPass();
    const lost = ids(20, 50);
    hide([...bad, ...lost]);
    await nextPass('full');
    await until(async () => (await goneOf(lost)) === lost.length, 'all others gone', 40_000);
  }, 90_000);

  it('that takes too long keeps what it has, and goes on with the rest', async () => {
    const deadline = { full: 60_000, changes: 60_000, ids: 60_000, confirm: 400 };
    world.engine([cluster], { times: { deadline } }).start();
    await firstPass();
    const lost = ids(0, 60);
    hide(lost);
    await nextPass('full');
    cluster.delayMs = 100;
    await until(async () => (await lane())['failures'] === 1, 'a confirmation that is cut short');
    expect(await lane()).toMatchObject({
      fault: { code: 'cluster_too_slow', category: 'unavailable' },
    });
    await until(async () => (await goneOf(lost)) === lost.length, 'all gone', 60_000);
  }, 120_000);

  it('that has nothing to ask for does not tell that its cluster answers', async () => {
    const engine = world.engine([cluster]);
    engine.start();
    await firstPass();
    cluster.down = true;
    await set('full_due_at = UTC_TIMESTAMP(6), next_due_at = UTC_TIMESTAMP(6)');
    await until(() => engine.circuitOf(cluster.id) === 'open', 'an open circuit');
    await until(async () => (await lane())['pass_started_at'] === null, 'the pass before');
    await set(
      `full_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY, changes_due_at = NULL, ids_due_at = NULL, brake = 'on',
       asked_for = 'confirm', next_due_at = UTC_TIMESTAMP(6)`,
    );
    await until(async () => (await lane())['last_outcome'] === 'complete', 'a confirmation');
    expect(engine.circuitOf(cluster.id)).not.toBe('closed');
  });
});

describe('a pass that is not over in time', () => {
  it('is told as the cluster being too slow', async () => {
    const deadline = { full: 600, changes: 600, ids: 600, confirm: 600 };
    cluster.pageSize = 10;
    cluster.delayMs = 100;
    world.engine([cluster], { times: { deadline } }).start();
    await until(async () => (await lane())['last_outcome'] === 'failed', 'a pass that fails');
    expect(await lane()).toMatchObject({
      fault: { code: 'cluster_too_slow', category: 'unavailable', who_can_fix: 'cluster' },
    });
  });
});
