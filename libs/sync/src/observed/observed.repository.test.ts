import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import type { Page } from '@ultron/platform/paging/page';
import type { ObservedObject } from '../kind/observed.js';
import { changesOf } from './observed.changes.js';
import { CreateObservedObject1780000008100 } from './observed.migrations.js';
import { ObservedObjectRow } from './observed-object.entity.js';
import { ObservedReader, type ObservedFilter } from './observed.reader.js';
import { ObservedRepository, type LaneKey } from './observed.repository.js';

const OPTIONS = { entities: [ObservedObjectRow], migrations: [CreateObservedObject1780000008100] };
const FIRST: Page<'id'> = { limit: 10, sort: 'id', order: 'asc' };

const port = (id: string, more: Partial<ObservedObject> = {}): ObservedObject => ({
  id,
  name: `name of ${id}`,
  projectId: 'p1',
  status: 'ACTIVE',
  parentId: 's1',
  revision: 3,
  updatedAt: new Date('2026-01-02T03:04:05Z'),
  fields: { mac_address: 'fa:16:3e:00:00:01', fixed_ips: [{ ip_address: '10.0.0.1', subnet_id: 'x' }] },
  ...more,
});

describe('the rows of what was observed', () => {
  let server: TestDatabase;
  let database: Database;
  const rows = new ObservedRepository();
  const reader = new ObservedReader();
  let lane: LaneKey;

  beforeAll(async () => {
    server = await testDatabase();
    await migrate({ url: server.url, ...OPTIONS });
    database = await openDatabase({ url: server.url, ...OPTIONS });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await server.drop();
  });
  beforeEach(() => {
    lane = { clusterId: newId(), kind: 'port' };
  });

  /** One full pass that finds these. How many rows it wrote. */
  async function pass(objects: readonly ObservedObject[]): Promise<{ written: number; unseen: string[] }> {
    const index = await rows.index(database.read, lane);
    const { changes, back } = changesOf(index, objects);
    await database.transaction(async (tx) => {
      await rows.write(tx, lane, changes);
      await rows.clearMissing(
        tx,
        lane,
        back.map(({ id }) => id),
      );
    });
    const written = changes.length + back.length;
    return { written, unseen: [...index.unseen()].map(({ id }) => id) };
  }

  const list = async (filter: Partial<ObservedFilter> = {}, page = FIRST) =>
    (await reader.list(database.read, { ...lane, ...filter }, page)).map(({ id }) => id);

  it('are written once, and not again when nothing changed', async () => {
    const objects = Array.from({ length: 1_203 }, (_, at) => port(newId(), { name: `port ${at}` }));
    expect(await pass(objects)).toEqual({ written: 1_203, unseen: [] });
    expect(await pass(objects)).toEqual({ written: 0, unseen: [] });
    const [changed] = objects;
    if (!changed) throw new Error('there is one');
    expect((await pass([{ ...changed, status: 'DOWN' }, ...objects.slice(1)])).written).toBe(1);
  });

  it('show all that was seen', async () => {
    await pass([port('a')]);
    expect(await reader.find(database.read, lane, 'a')).toMatchObject({
      ...lane,
      ...port('a'),
      missingSince: null,
      goneAt: null,
    });
    expect(await reader.find(database.read, lane, 'b')).toBeNull();
  });

  it('are missing, then gone, and there again when they are met', async () => {
    await pass([port('a'), port('b'), port('c')]);
    const { unseen } = await pass([port('a')]);
    expect(unseen.toSorted()).toEqual(['b', 'c']);
    await rows.markMissing(database.read, lane, unseen);
    expect(await rows.missing(database.read, lane, 10)).toEqual(['b', 'c']);
    expect(await list({ presence: 'missing' })).toEqual(['b', 'c']);
    await rows.markGone(database.read, lane, ['b']);
    expect([await list({ presence: 'gone' }), await list({ presence: 'present' }), await list()]).toEqual([
      ['b'],
      ['a'],
      ['a', 'c'],
    ]);
    expect((await pass([port('a'), port('b'), port('c')])).written).toBe(2);
    expect(await list({ presence: 'present' })).toEqual(['a', 'b', 'c']);
  });

  it('are paged and filtered', async () => {
    await pass([
      port('a', { status: 'DOWN' }),
      port('b', { name: 'x', projectId: 'p2' }),
      port('c', { parentId: 's2' }),
      port('d'),
    ]);
    expect(await list({}, { ...FIRST, limit: 2 })).toEqual(['a', 'b', 'c']);
    expect(await list({}, { ...FIRST, limit: 2, after: { value: null, id: 'b' } })).toEqual(['c', 'd']);
    expect(await list({ status: 'DOWN' })).toEqual(['a']);
    expect(await list({ name: 'x', projectId: 'p2' })).toEqual(['b']);
    expect(await list({ parentId: 's2' })).toEqual(['c']);
    expect(await list({ observedSince: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await list({ kind: 'server' })).toEqual([]);
    expect((await reader.ofParent(database.read, lane, 's2')).map(({ id }) => id)).toEqual(['c']);
    expect((await reader.findMany(database.read, lane, ['a', 'zz'])).map(({ id }) => id)).toEqual(['a']);
  });

  it('forget what has been gone for long', async () => {
    await pass([port('a'), port('b')]);
    await rows.markGone(database.read, lane, ['a', 'b']);
    await database.read.query(
      `UPDATE observed_object SET gone_at = gone_at - INTERVAL 91 DAY WHERE cluster_id = ? AND openstack_id = 'a'`,
      [lane.clusterId],
    );
    expect(await rows.purgeGone(database.read, 90)).toBe(1);
    expect(await list({ presence: 'gone' })).toEqual(['b']);
    await rows.forgetCluster(database.read, lane.clusterId);
    expect(await list({ presence: 'gone' })).toEqual([]);
  });
});
