import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneViewRepository } from '../lane/lane-view.repository.js';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from './engine.fixture.js';
import { laneProbe } from './lane-probe.fixture.js';

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
  cluster.fill(50);
}, 60_000);
afterEach(() => world.close());

const { objects, lane, set, runNow, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));

/** Lists leave them out, and nobody says that they were deleted. */
function hide(count: number): void {
  for (const id of [...cluster.objects.keys()].slice(0, count)) cluster.objects.delete(id);
}

/** As an operator does. */
async function release(): Promise<void> {
  const views = new LaneViewRepository();
  const key = { clusterId: cluster.id, kind: 'server' };
  expect(await views.releaseBrake(world.database.read, key)).toBe(true);
  await views.runNow(world.database.read, key, 'full');
}

describe('the brake of a lane', () => {
  it('is not lifted by a list that tells of few deletions', async () => {
    world.engine([cluster]).start();
    await firstPass();
    hide(30);
    await nextPass('full');
    cluster.delete('o000045');
    await nextPass('changes');
    expect(await lane()).toMatchObject({
      last_outcome: 'complete',
      brake: 'on',
      brake_known: 50,
      brake_unseen: 30,
      missing_count: 0,
    });
    expect((await objects()).get('o000045')?.missing).toBe(0);
  });

  it('keeps its pass from counting as a look that showed what is not there', async () => {
    world.engine([cluster]).start();
    await firstPass();
    const { full_at: before } = await lane();
    const all = new Map(cluster.objects);
    hide(30);
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'on', last_outcome: 'complete', full_at: before });
    await nextPass('changes');
    expect(await lane()).toMatchObject({ brake: 'on', changes_at: null });
    for (const [id, object] of all) cluster.objects.set(id, object);
    await nextPass('full');
    const after = await lane();
    expect(after).toMatchObject({ brake: 'off' });
    expect(after['full_at']).not.toEqual(before);
  });

  it('stays released when somebody releases it while a pass is under way', async () => {
    world.engine([cluster]).start();
    await firstPass();
    hide(30);
    await nextPass('full');
    cluster.delayMs = 500;
    await runNow('full');
    await until(async () => (await lane())['pass_mode'] === 'full', 'a pass under way');
    hide(3);
    const { pass_number: under } = await lane();
    await release();
    await until(async () => Number((await lane())['pass_number']) > Number(under), 'the pass of the release');
    expect(await lane()).toMatchObject({ brake: 'released', brake_unseen: 30 });
    await until(async () => Number((await lane())['missing_count']) === 33, 'what has vanished');
    expect(await lane()).toMatchObject({ brake: 'released' });
  });

  it('stays released until everything was listed once, whatever is read before', async () => {
    world.engine([cluster]).start();
    await firstPass();
    hide(30);
    await nextPass('full');
    await set(`brake = 'released'`);
    cluster.restarts = 1;
    await nextPass('full');
    expect(await lane()).toMatchObject({ last_outcome: 'incomplete', brake: 'released', brake_unseen: 30 });
    cluster.restarts = 0;
    await nextPass('full');
    expect(await lane()).toMatchObject({ brake: 'released', missing_count: 30 });
  });

  it('does not count what Ultron deletes, also when it has been missing for a while', async () => {
    const ours = new Set([...cluster.objects.keys()].slice(0, 20));
    const asked: number[] = [];
    const kind = thing('server', undefined, {
      expectedGone: async (_, __, ids) => {
        asked.push(ids.length);
        return ids.filter((id) => ours.has(id));
      },
    });
    world.engine([cluster], { kinds: [kind] }).start();
    await firstPass();
    for (const id of ours) cluster.delete(id);
    await nextPass('changes');
    expect(await lane()).toMatchObject({ brake: 'off', missing_count: 20 });
    cluster.delete('o000045');
    await nextPass('changes');
    expect(await lane()).toMatchObject({ brake: 'off' });
    expect((await objects()).get('o000045')?.missing).toBe(1);
    expect(asked.at(-1)).toBe(21);
  });

  it('keeps the lane from asking for what was missing before', async () => {
    world.engine([cluster]).start();
    await firstPass();
    cluster.objects.delete('o000001');
    await world.database.read.query(
      `UPDATE observed_object SET missing_since = UTC_TIMESTAMP(6) WHERE openstack_id = 'o000001'`,
    );
    await set(`brake = 'on', brake_known = 50, brake_unseen = 30, missing_count = 1`);
    await nextPass('changes');
    expect(await lane()).toMatchObject({ brake: 'on', missing_count: 1, confirm_due_at: null });
  });
});
