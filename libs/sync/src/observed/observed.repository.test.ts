import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import { newId } from '@ultron/kernel/id';
import type { Database } from '@ultron/platform/database/database.service';
import { migrate } from '@ultron/platform/database/migrate';
import { openDatabase } from '@ultron/platform/database/open-database';
import type { Page } from '@ultron/platform/paging/page';
import type { ObservedObject } from '../kind/observed.js';
import { hashOf } from './observed-hash.rules.js';
import {
  AskedAt1780000008105,
  CreateObservedObject1780000008100,
  TimeWritesOfObservedObjects1780000008101,
} from './observed.migrations.js';
import { ObservedObjectEntity } from './observed-object.entity.js';
import { ObservedReader, type ObservedFilter } from './observed.reader.js';
import { KeptIndexes } from './kept-indexes.js';
import type { LaneKey, ObservedStore } from './observed-store.js';
import { ObservedRepository } from './observed.repository.js';

const OPTIONS = {
  entities: [ObservedObjectEntity],
  migrations: [
    CreateObservedObject1780000008100,
    TimeWritesOfObservedObjects1780000008101,
    AskedAt1780000008105,
  ],
};
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

  const write = (objects: readonly ObservedObject[]): Promise<void> =>
    rows.write(
      database.read,
      lane,
      objects.map((object) => ({ object, hash: hashOf(object) })),
    );

  const list = async (filter: Partial<ObservedFilter> = {}, page = FIRST) =>
    (await reader.list(database.read, { ...lane, ...filter }, page)).map(({ id }) => id);

  it('are known by their hash, which is that of all but the time of the last change', async () => {
    const objects = Array.from({ length: 1_203 }, () => port(newId()));
    await write(objects);
    const known = await rows.known(database.read, lane, [...objects.map(({ id }) => id), 'unknown']);
    expect(known.size).toBe(1_203);
    for (const one of objects) {
      expect(known.get(one.id)).toEqual({ hash: hashOf({ ...one, updatedAt: null }), missing: false });
    }
    expect(hashOf(port('a', { status: 'DOWN' }))).not.toBe(hashOf(port('a')));
    expect(await rows.known(database.read, lane, [])).toEqual(new Map());
    expect(await rows.count(database.read, lane)).toBe(1_203);
  });

  it('are all given at once for a pass, and the ids of those that hang on one object', async () => {
    await write([port('c'), port('a'), port('b', { parentId: 's2' })]);
    const index = await rows.index(database.read, lane);
    expect([...index.unseen()].map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(index.see('a', hashOf(port('a')))).toBe('same');
    expect(await rows.idsOf(database.read, lane, 's1')).toEqual(['a', 'c']);
  });

  it('have their revisions entered into an index, but for those of which somebody else saw more', async () => {
    const ids = Array.from({ length: 1_203 }, () => newId());
    await write([...ids.map((id, i) => port(id, { revision: i })), port('none', { revision: null })]);
    const index = await rows.index(database.read, lane);
    await write([port(ids[1] ?? '', { status: 'DOWN', revision: 1 })]);
    await rows.seenElsewhere(database.read, lane, [ids[2] ?? '']);
    expect(index.hasRevisions).toBe(false);
    await rows.loadRevisions(database.read, lane, index);
    expect(index.hasRevisions).toBe(true);
    const changed = ids.filter((id, i) => index.meetAt(id, i) !== 'same');
    expect(changed).toEqual(ids.slice(1, 3));
    expect(index.meetAt('none', 0)).toBe('changed');
  });

  it('show all that was seen', async () => {
    await write([port('a')]);
    expect(await reader.find(database.read, lane, 'a')).toMatchObject({
      ...lane,
      ...port('a'),
      missingSince: null,
      goneAt: null,
    });
    expect(await reader.find(database.read, lane, 'b')).toBeNull();
  });

  it('are missing, then gone, and there again when they are met', async () => {
    await write([port('a'), port('b'), port('c'), port('d')]);
    expect(await rows.markMissing(database.read, lane, ['b', 'c'])).toBe(2);
    expect(await rows.markMissing(database.read, lane, ['b', 'c', 'd'])).toBe(1);
    await rows.notFound(database.read, lane, ['b']);
    expect(await rows.missing(database.read, lane, 10)).toMatchObject([
      { id: 'c', notFound: 0 },
      { id: 'd', notFound: 0 },
      { id: 'b', notFound: 1 },
    ]);
    await rows.asked(database.read, lane, ['c']);
    expect(await rows.missing(database.read, lane, 2)).toMatchObject([
      { id: 'd', notFound: 0 },
      { id: 'b', notFound: 1 },
    ]);
    await rows.seenAgain(database.read, lane, ['d']);
    await rows.markGone(database.read, lane, ['b']);
    const shown = { gone: await list({ presence: 'gone' }), missing: await list({ presence: 'missing' }) };
    expect(shown).toEqual({ gone: ['b'], missing: ['c'] });
    expect([await list({ presence: 'present' }), await list()]).toEqual([
      ['a', 'd'],
      ['a', 'c', 'd'],
    ]);
    expect((await rows.known(database.read, lane, ['b', 'c'])).get('c')?.missing).toBe(true);
    expect((await rows.known(database.read, lane, ['b'])).size).toBe(0);
    await write([port('b'), port('c')]);
    expect(await list({ presence: 'present' })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are paged and filtered', async () => {
    await write([
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
    const wanted = new Map([
      [lane.clusterId, ['a', 'd']],
      [newId(), ['b']],
    ]);
    const among = await reader.findAmong(database.read, lane.kind, wanted);
    expect(among.map(({ id }) => id).toSorted()).toEqual(['a', 'd']);
  });

  it('take for news what somebody else has seen meanwhile', async () => {
    await write([port('a'), port('b')]);
    await rows.seenElsewhere(database.read, lane, ['a', 'never']);
    const known = await rows.known(database.read, lane, ['a', 'b']);
    expect(known.get('a')?.hash).not.toBe(hashOf(port('a')));
    expect(known.get('b')?.hash).toBe(hashOf(port('b')));
  });

  it('forget what has been gone for long', async () => {
    await write([port('a'), port('b')]);
    await rows.markGone(database.read, lane, ['a', 'b']);
    await database.read.query(
      `UPDATE observed_object SET gone_at = gone_at - INTERVAL 91 DAY WHERE cluster_id = ? AND openstack_id = 'a'`,
      [lane.clusterId],
    );
    expect(await rows.purgeGone(database.read, 90, 10)).toBe(1);
    expect(await list({ presence: 'gone' })).toEqual(['b']);
    expect(await rows.clusterIds(database.read)).toContain(lane.clusterId);
    expect(await rows.purgeCluster(database.read, lane.clusterId, 10)).toBe(1);
    expect(await list({ presence: 'gone' })).toEqual([]);
  });

  it('have the checksum of the index that is loaded of them', async () => {
    const write = (objects: ObservedObject[]) =>
      rows.write(
        database.read,
        lane,
        objects.map((object) => ({ object, hash: hashOf(object) })),
      );
    const same = async () => {
      const index = await rows.index(database.read, lane);
      expect(await rows.checksum(database.read, lane)).toEqual(index.checksum);
      return index.checksum;
    };
    expect(await same()).toEqual({ count: 0, missing: 0, hashes: 0 });
    await write(['a', 'b', 'c', 'd'].map((id) => port(id)));
    const whole = await same();
    await rows.markMissing(database.read, lane, ['a', 'b']);
    expect(await same()).toEqual({ ...whole, missing: 2 });
    await rows.markGone(database.read, lane, ['a']);
    expect(await same()).toMatchObject({ count: 3, missing: 1 });
    await rows.seenElsewhere(database.read, lane, ['c']);
    await same();
  });

  it('are loaded anew only when they are not what the kept index holds', async () => {
    let loaded = 0;
    const store: Pick<ObservedStore, 'index' | 'checksum'> = {
      checksum: (tx, key) => rows.checksum(tx, key),
      index: (tx, key) => {
        loaded += 1;
        return rows.index(tx, key);
      },
    };
    const indexes = new KeptIndexes(store);
    const take = () => indexes.take(database.read, lane);
    const digest = (byte: string) => byte.repeat(32);
    const seen = [port('a'), port('b')];
    const index = await take();
    for (const [i, object] of seen.entries()) index.see(object.id, hashOf(object), digest(`${i}`));
    await rows.write(
      database.read,
      lane,
      seen.map((object) => ({ object, hash: hashOf(object) })),
    );
    expect(await take()).toBe(index);
    expect(index.seen).toBe(0);
    expect(loaded).toBe(1);

    const changed = port('b', { status: 'DOWN' });
    await rows.write(database.read, lane, [{ object: changed, hash: hashOf(changed) }]);
    const anew = await take();
    expect(loaded).toBe(2);
    expect([anew.knows(digest('0')), anew.knows(digest('1'))]).toEqual([true, false]);
    expect(anew.see('b', hashOf(changed))).toBe('same');

    indexes.keepOnly(({ clusterId, kind }) => clusterId === lane.clusterId && kind === lane.kind);
    expect(await take()).toBe(anew);
    indexes.keepOnly(() => false);
    expect(await take()).not.toBe(anew);
  });
});
