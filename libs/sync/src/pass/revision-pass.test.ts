import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCluster, openSyncWorld, thing, until, type SyncWorld } from '../engine/engine.fixture.js';
import type { SyncTimes } from '../engine/sync-engine.options.js';
import { wholeListing } from '../kind/observed.js';
import { laneProbe } from '../engine/lane-probe.fixture.js';
import { ObservedRepository } from '../observed/observed.repository.js';

const BY_REVISIONS = { changes: 'revisions', deletions: 'revisions' } as const;
const AT_FIRST = { revision: 1 };

let world: SyncWorld;
let cluster: FakeCluster;
beforeEach(async () => {
  world = await openSyncWorld();
  cluster = new FakeCluster();
}, 60_000);
afterEach(() => world.close());

const { objects, lane, set, firstPass, nextPass } = laneProbe(() => ({ world, cluster }));

/** A lane that was read in full, and that nothing but the test has read again. */
async function lately(kind = thing('server', BY_REVISIONS), times: Partial<SyncTimes> = {}): Promise<void> {
  world.engine([cluster], { kinds: [kind], times }).start();
  await firstPass();
  await set('changes_due_at = NULL, next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY');
  Object.assign(cluster.calls, { list: 0, changed: 0, ids: 0, revisions: 0, these: 0, find: 0, of: 0 });
}

describe('a pass by revisions', () => {
  it('reads and writes nothing when nothing has changed', async () => {
    cluster.fill(250, AT_FIRST);
    await lately();
    const before = (await lane())['fresh_at'] as Date;
    await nextPass('changes');
    expect(await lane()).toMatchObject({
      changes_by: 'revisions',
      deletions_by: 'revisions',
      last_outcome: 'complete',
      seen_count: 250,
      written_count: 0,
      present_count: 250,
    });
    expect((await lane())['fresh_at']).not.toEqual(before);
    expect(cluster.calls).toMatchObject({ revisions: 1, these: 0, list: 0 });
  });

  it('reads what is new or at another revision, and leaves the rest to a full pass', async () => {
    cluster.fill(50, AT_FIRST);
    await lately();
    cluster.put('o000007', 'ERROR', { revision: 2 });
    // As after a restore: the number alone says nothing about which of the two is younger.
    cluster.put('o000008', 'SHUTOFF', { revision: 0 });
    cluster.put('o000009', 'PAUSED', AT_FIRST);
    cluster.put('new', 'BUILD', { revision: 5 });
    await nextPass('changes');
    const seen = await objects();
    expect(['o000007', 'o000008', 'o000009', 'new'].map((id) => seen.get(id)?.status)).toEqual([
      'ERROR',
      'SHUTOFF',
      'ACTIVE',
      'BUILD',
    ]);
    expect(await lane()).toMatchObject({ seen_count: 51, written_count: 3 });
    expect(cluster.calls).toMatchObject({ revisions: 1, these: 1, list: 0 });
    await nextPass('changes');
    expect(cluster.calls).toMatchObject({ revisions: 2, these: 1 });
    await nextPass('full');
    expect((await objects()).get('o000009')?.status).toBe('PAUSED');
  });

  it('finds what is not there any more, and what is there again as it was', async () => {
    cluster.fill(50, AT_FIRST);
    await lately();
    const [gone, hidden] = [cluster.objects.get('o000003'), cluster.objects.get('o000004')];
    cluster.objects.delete('o000003');
    cluster.objects.delete('o000004');
    await nextPass('changes');
    expect((await objects()).get('o000003')).toMatchObject({ missing: 1, gone: 0 });
    await until(async () => (await objects()).get('o000003')?.gone === 1, 'gone', 15_000);
    for (const object of [gone, hidden]) if (object) cluster.objects.set(object.id, object);
    await nextPass('changes');
    const seen = await objects();
    for (const id of ['o000003', 'o000004']) expect(seen.get(id)).toMatchObject({ missing: 0, gone: 0 });
    expect(cluster.calls.list).toBe(0);
  });

  it('has a full pass read what is too much to be read one by one', async () => {
    cluster.fill(250, AT_FIRST);
    await lately();
    cluster.fill(150, { revision: 2, name: 'another' });
    cluster.objects.delete('o000200');
    await nextPass('changes');
    await until(async () => cluster.calls.list > 0, 'a full pass');
    await until(async () => (await lane())['written_count'] === 150, 'what has changed');
    expect(cluster.calls).toMatchObject({ revisions: 1, these: 0, list: 1 });
    const [first] = await world.database.read.query<{ outcome: string; mode: string }[]>(
      `SELECT outcome, mode FROM sync_pass WHERE cluster_id = ? AND mode = 'changes' ORDER BY number`,
      [cluster.id],
    );
    expect(first).toEqual({ outcome: 'incomplete', mode: 'changes' });
    expect((await objects()).get('o000200')?.missing).toBe(1);
  });

  it('concludes nothing from what a list that began anew did not show', async () => {
    cluster.fill(250, AT_FIRST);
    await lately();
    const before = (await lane())['fresh_at'];
    cluster.objects.delete('o000100');
    cluster.put('o000200', 'ERROR', { revision: 2 });
    cluster.restarts = 1;
    await nextPass('changes');
    expect(await lane()).toMatchObject({ last_outcome: 'incomplete', missing_count: 0, fresh_at: before });
    expect((await objects()).get('o000100')).toMatchObject({ missing: 0 });
    expect((await objects()).get('o000200')?.status).toBe('ERROR');
  });

  describe('when it is not given what was listed', () => {
    const listed = thing('server', BY_REVISIONS);
    const withheld: Partial<typeof listed> = { listThese: () => wholeListing(async () => []) };

    it('asks for it by id, and takes what is not there for missing', async () => {
      cluster.fill(20, AT_FIRST);
      // Deleted when the list of ids had been read.
      const ghosts = ['o000001', 'never seen'];
      const listRevisions: typeof listed.listRevisions = (context) =>
        wholeListing(async () => [
          ...[...context.cluster.objects.values()].map(({ id, revision }) => ({ id, revision })),
          ...ghosts.map((id) => ({ id, revision: 2 })),
        ]);
      await lately({ ...listed, ...withheld, listRevisions });
      const before = (await lane())['fresh_at'] as Date;
      cluster.put('new', 'ACTIVE', AT_FIRST);
      cluster.put('o000002', 'ERROR', { revision: 2 });
      cluster.objects.delete('o000001');
      await nextPass('changes');
      expect(await lane()).toMatchObject({ last_outcome: 'complete', missing_count: 1, written_count: 2 });
      expect(((await lane())['fresh_at'] as Date).getTime()).toBeGreaterThan(before.getTime());
      const seen = await objects();
      expect([seen.get('new')?.status, seen.get('o000002')?.status]).toEqual(['ACTIVE', 'ERROR']);
      expect(seen.get('o000001')?.missing).toBe(1);
      expect(seen.has('never seen')).toBe(false);
      expect(cluster.calls.list).toBe(0);
    });

    it('concludes nothing when that is much', async () => {
      cluster.fill(100, AT_FIRST);
      await lately({ ...listed, ...withheld });
      cluster.fill(60, { revision: 2 });
      cluster.objects.delete('o000099');
      await nextPass('changes');
      expect(await lane()).toMatchObject({ last_outcome: 'incomplete', missing_count: 0, changes_at: null });
      expect(cluster.calls.find).toBe(0);
    });
  });

  it('reads what has no revision, each time', async () => {
    cluster.fill(20, AT_FIRST);
    cluster.put('none', 'ACTIVE', { revision: null });
    await lately();
    await nextPass('changes');
    expect(await lane()).toMatchObject({ written_count: 0, last_outcome: 'complete' });
    expect(cluster.calls).toMatchObject({ these: 1, list: 0 });
    cluster.put('none', 'ERROR', { revision: null });
    await nextPass('changes');
    expect((await objects()).get('none')?.status).toBe('ERROR');
  });

  it('reads what somebody else has seen meanwhile, whatever its revision', async () => {
    cluster.fill(20, AT_FIRST);
    await lately();
    await new ObservedRepository().seenElsewhere(
      world.database.read,
      { clusterId: cluster.id, kind: 'server' },
      ['o000005'],
    );
    await nextPass('changes');
    expect(await lane()).toMatchObject({ written_count: 1 });
    expect(cluster.calls).toMatchObject({ these: 1, list: 0 });
  });

  it('may take as long as a list of everything may', async () => {
    cluster.fill(250, AT_FIRST);
    const deadline = { full: 10_000, changes: 200, ids: 200, confirm: 200 };
    await lately(undefined, { deadline });
    cluster.delayMs = 150;
    await nextPass('changes');
    expect(await lane()).toMatchObject({ last_outcome: 'complete', seen_count: 250, written_count: 0 });
  });

  it('is what is done when somebody asks for a list of the ids', async () => {
    cluster.fill(20, AT_FIRST);
    await lately();
    cluster.objects.delete('o000001');
    await nextPass('ids');
    expect((await objects()).get('o000001')?.missing).toBe(1);
    expect(cluster.calls).toMatchObject({ revisions: 1, ids: 0, list: 0 });
  });
});

it('a lane that can do something else from now on is not due any more for what it did', async () => {
  const strategies = [
    { changes: 'changes_since', deletions: 'ids' },
    BY_REVISIONS,
    { changes: 'full', deletions: 'full' },
  ] as const;
  let now: (typeof strategies)[number] = strategies[0];
  cluster.fill(20, AT_FIRST);
  world.engine([cluster], { kinds: [thing('server', strategies[0], { strategy: () => now })] }).start();
  await firstPass();
  await nextPass('ids');
  for (const strategy of strategies.slice(1)) {
    now = strategy;
    await until(async () => (await lane())['changes_by'] === strategy.changes, strategy.changes);
    await nextPass('full');
    const { changes_due_at: changesDue, ids_due_at: idsDue } = await lane();
    expect([changesDue !== null, idsDue]).toEqual([strategy.changes === 'revisions', null]);
  }
});
