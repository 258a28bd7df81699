import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { hashOf } from '@ultron/sync/observed/observed-hash.rules';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { eventually } from '@ultron/testing/world/eventually';
import { TestApi } from '../testing/api.fixture.js';

const server = (id: string, more: Partial<ObservedObject> = {}): ObservedObject => ({
  id,
  name: `server ${id}`,
  projectId: 'p1',
  status: 'ACTIVE',
  parentId: null,
  revision: null,
  updatedAt: new Date('2026-01-02T03:04:05Z'),
  fields: { host: 'compute-1', metadata: {} },
  ...more,
});

describe('what is in a cluster', () => {
  let api: TestApi;
  let database: Database;
  let clusterId: string;
  const rows = new ObservedRepository();
  const owner = newId();

  beforeAll(async () => {
    api = await TestApi.start();
    database = api.app.get(Database, { strict: false });
    await api.ask('POST', '/v1/idcs', { body: { name: 'east' } });
    await api.ask('POST', '/v1/conductor_groups', { body: { name: 'default' } });
    const credential = { username: 'ultron', password: 'x', project_name: 'ultron' };
    const { body } = await api.ask('POST', '/v1/clusters', {
      body: {
        name: 'cluster-7',
        idc: 'east',
        conductor_group: 'default',
        auth_url: 'https://keystone.test:5000/v3',
        credential,
      },
    });
    clusterId = (body['cluster'] as { id: string }).id;
    const objects = [
      server('a', { fields: { metadata: { ultron_id: owner } } }),
      server('b', { status: 'ERROR', projectId: 'p2' }),
      server('c'),
      server('d'),
    ];
    const lane = { clusterId, kind: 'server' };
    await rows.write(
      database.read,
      lane,
      objects.map((object) => ({ object, hash: hashOf(object) })),
    );
    await rows.markMissing(database.read, lane, ['c']);
    await rows.markGone(database.read, lane, ['d']);
  }, 60_000);
  afterAll(() => api.close());

  const ask = (query: string) => api.ask('GET', `/v1/clusters/${clusterId}/objects${query}`);
  const ids = async (query: string): Promise<unknown[]> =>
    ((await ask(query)).body['objects'] as { id: string }[]).map(({ id }) => id);

  async function lane(ageSeconds: number): Promise<void> {
    await database.read.query(
      `INSERT INTO lane (cluster_id, kind, domain, conductor_group, tier, changes_by, deletions_by, next_due_at,
         full_due_at, fresh_at, created_at)
       VALUES (?, 'server', 'compute', 'default', 'gold', 'changes_since', 'changes_since', UTC_TIMESTAMP(6),
         UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL ? SECOND, UTC_TIMESTAMP(6))
       ON DUPLICATE KEY UPDATE fresh_at = VALUES(fresh_at)`,
      [clusterId, ageSeconds],
    );
  }

  it('is listed whoever made it, paged and filtered', async () => {
    expect(await ids('?kind=server')).toEqual(['a', 'b', 'c']);
    expect(await ids('?kind=server&presence=missing')).toEqual(['c']);
    expect(await ids('?kind=server&presence=gone')).toEqual(['d']);
    expect(await ids('?kind=server&status=ERROR&project=p2')).toEqual(['b']);
    expect(await ids('?kind=server&name=server%20a')).toEqual(['a']);
    expect(await ids('?kind=port')).toEqual([]);
    const first = await ask('?kind=server&limit=2');
    expect((first.body['objects'] as unknown[]).length).toBe(2);
    const next = await api.ask('GET', String(first.body['next']));
    expect(next.body).toMatchObject({ objects: [{ id: 'c', presence: 'missing' }], next: null });
    expect((await ask('')).status).toBe(400);
    const typo = await ask('?kind=sever');
    expect(typo.status).toBe(400);
    expect(JSON.stringify(typo.body['errors'])).toContain('server, port, network');
  });

  it('is paged and shown where it has a long name for an id', async () => {
    const names = ['x'.repeat(255), `y${'𝄞'.repeat(254)}`, 'z'.repeat(255)];
    await rows.write(
      database.read,
      { clusterId, kind: 'key_pair' },
      names
        .map((name) => server(name))
        .map((object) => ({ object: { ...object, name: object.id }, hash: hashOf(object) })),
    );
    const seen: unknown[] = [];
    for (let next: string | null = `/v1/clusters/${clusterId}/objects?kind=key_pair&limit=1`; next;) {
      const { status, body } = await api.ask('GET', next);
      expect(status).toBe(200);
      seen.push(...(body['objects'] as { id: string }[]).map(({ id }) => id));
      next = body['next'] as string | null;
    }
    expect(seen).toEqual(names);
    for (const name of names)
      expect((await ask(`/key_pair/${encodeURIComponent(name)}`)).body).toMatchObject({ id: name });
  });

  it('is shown one by one, with the mark of its owner, also when it is gone', async () => {
    expect((await ask('/server/a')).body).toMatchObject({
      id: 'a',
      cluster_id: clusterId,
      name: 'server a',
      project: 'p1',
      ultron_id: owner,
      presence: 'present',
      updated_at: '2026-01-02T03:04:05.000Z',
    });
    expect((await ask('/server/d')).body).toMatchObject({ presence: 'gone', ultron_id: null });
    const absent = await ask('/server/never');
    expect([absent.status, absent.body['code'] ?? absent.body['type']]).toEqual([
      404,
      expect.stringContaining('object_not_found'),
    ]);
  });

  it('says when it is older than was promised', async () => {
    await database.read.query('DELETE FROM lane');
    expect((await ask('?kind=server')).headers['x-ultron-stale']).toBe('cluster-7');
    await lane(1);
    expect((await ask('?kind=server')).headers['x-ultron-stale']).toBeUndefined();
    await lane(3_600);
    expect((await ask('?kind=server')).headers['x-ultron-stale']).toBe('cluster-7');
  });

  it('is asked of its cluster first for who wants it fresh', async () => {
    await lane(10);
    // What a conductor does with the wish, as far as it shows in its row.
    const served = eventually(
      async () => {
        const { affectedRows } = await database.read.query<{ affectedRows: number }>(
          `UPDATE refresh_request SET pending = 0, served_at = wanted_at, outcome = 'read' WHERE pending = 1`,
        );
        if (affectedRows > 0) await lane(0);
        return affectedRows;
      },
      (count) => count > 0,
    );
    const answer = await ask('?kind=server&fresh=5s');
    await served;
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ultron-stale']).toBeUndefined();
    expect((await ask('?kind=server&fresh=0.5')).status).toBe(400);
  });

  it('comes all the same when the cluster does not answer, and says so', async () => {
    await lane(10);
    const answer = await ask('?kind=server&fresh=5s');
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ultron-stale']).toBe('cluster-7');
  }, 20_000);
});
