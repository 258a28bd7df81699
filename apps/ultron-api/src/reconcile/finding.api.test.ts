import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import type { Drift } from '@ultron/reconcile/finding/finding.kinds';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { readThrough } from '../http/paging/both-ways.fixture.js';
import { addProbedClusters } from '../testing/compute.fixture.js';
import { TestApi } from '../testing/api.fixture.js';

let api: TestApi;
let database: Database;
let findings: FindingRepository;
let clusterId: string;

beforeAll(async () => {
  api = await TestApi.start();
  const clusters = await addProbedClusters(api, { 'east-1': 100, 'east-2': 100 });
  clusterId = clusters.get('east-1') ?? '';
  database = api.app.get(Database, { strict: false });
  findings = api.app.get(FindingRepository, { strict: false });
}, 120_000);
afterAll(() => api.close());

const leaked = (id = newId()): Drift => ({
  kind: 'leaked_port',
  subject: { kind: 'port', id },
  projectId: null,
  openstackId: id,
  evidence: { mark: 'm' },
  proposal: { action: 'delete', what: 'delete the port' },
});

async function report(drift: Drift, lookedAt?: Date): Promise<string> {
  await database.transaction((tx) => findings.report(tx, clusterId, [drift], lookedAt));
  const { body } = await api.ask('GET', `/v1/findings?subject_id=${drift.subject.id}&kind=${drift.kind}`);
  return (body['findings'] as { id: string }[])[0]?.id ?? '';
}

const show = async (id: string) => (await api.ask('GET', `/v1/findings/${id}`)).body;
const actions = async (id: string) =>
  ((await api.ask('GET', `/v1/findings/${id}/events`)).body['events'] as { action: string }[]).map(
    ({ action }) => action,
  );

describe('findings', () => {
  it('are shown, filtered and paged', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 5; i++) ids.add(await report(leaked()));
    const orphan: Drift = { ...leaked(), kind: 'orphan', proposal: { action: 'adopt', what: 'adopt it' } };
    await report(orphan);
    const seen: string[] = [];
    for (let next: string | null = '/v1/findings?kind=leaked_port&cluster=east-1&limit=2'; next;) {
      const { body } = await api.ask('GET', next);
      seen.push(...(body['findings'] as { id: string }[]).map(({ id }) => id));
      next = body['next'] as string | null;
    }
    expect(seen.toSorted()).toEqual([...ids].toSorted());
    expect((await api.ask('GET', '/v1/findings?cluster=nowhere')).status).toBe(404);
  });

  it('are for operators alone', async () => {
    const { token } = await api.tokenOf('member');
    expect((await api.ask('GET', '/v1/findings', { token })).status).toBe(403);
  });

  it('are repaired by one task, whoever else asks at the same time', async () => {
    const id = await report(leaked());
    const dry = await api.ask('POST', `/v1/findings/${id}/repair`, { body: { dry_run: true } });
    expect(dry).toMatchObject({ status: 200, body: { would: { action: 'delete' } } });
    expect(await show(id)).toMatchObject({ state: 'open', repairs: 0 });
    const asks = await Promise.all(
      Array.from({ length: 5 }, () => api.ask('POST', `/v1/findings/${id}/repair`, { body: {} })),
    );
    expect(asks.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409]);
    const taken = asks.find(({ status }) => status === 202);
    expect(taken?.headers['operation-location']).toMatch(/^\/v1\/tasks\//);
    expect(await show(id)).toMatchObject({ state: 'repairing', repairs: 1 });
    expect(await actions(id)).toEqual(['found', 'repair_begun']);
  });

  it('heed If-Match and the idempotency key', async () => {
    const id = await report(leaked());
    const stale = await api.ask('POST', `/v1/findings/${id}/repair`, {
      body: {},
      headers: { 'if-match': '"99"' },
    });
    expect(stale.status).toBe(412);
    const headers = { 'idempotency-key': newId() };
    const [one, two] = [
      await api.ask('POST', `/v1/findings/${id}/repair`, { body: {}, headers }),
      await api.ask('POST', `/v1/findings/${id}/repair`, { body: {}, headers }),
    ];
    expect([one.status, two.status]).toEqual([202, 202]);
    expect(one.body['task']).toEqual(two.body['task']);
  });

  it('are left alone and taken up again', async () => {
    const drift = leaked();
    const id = await report(drift);
    const ignored = await api.ask('POST', `/v1/findings/${id}/ignore`, { body: { reason: 'known' } });
    expect(ignored).toMatchObject({ status: 200, body: { finding: { state: 'ignored' } } });
    await report(drift);
    expect(await show(id)).toMatchObject({ state: 'ignored' });
    expect((await api.ask('POST', `/v1/findings/${id}/repair`, { body: {} })).status).toBe(409);
    expect((await api.ask('POST', `/v1/findings/${id}/reopen`, { body: {} })).body).toMatchObject({
      finding: { state: 'open' },
    });
    expect(await actions(id)).toEqual(['found', 'ignored', 'reopened']);
  });

  it('come back, but not by a look that is older than what resolved them', async () => {
    const drift = leaked();
    const id = await report(drift);
    const before = new Date(Date.now() - 60_000);
    await database.transaction((tx) => findings.resolve(tx, [id], 'reconciler'));
    await report(drift, before);
    expect(await show(id)).toMatchObject({ state: 'resolved', came_back: 0 });
    await report(drift, new Date(Date.now() + 60_000));
    expect(await show(id)).toMatchObject({ state: 'open', came_back: 1, repairs: 0, resolved_at: null });
  });

  it('come back, but not by what was seen before they were resolved, however young the look is', async () => {
    const drift = { ...leaked(), shownAt: new Date(Date.now() - 60_000) };
    const id = await report(drift);
    await database.transaction((tx) => findings.resolve(tx, [id], 'reconciler'));
    const look = new Date(Date.now() + 60_000);
    await report(drift, look);
    expect(await show(id)).toMatchObject({ state: 'resolved', came_back: 0 });
    await report({ ...drift, shownAt: look }, look);
    expect(await show(id)).toMatchObject({ state: 'open', came_back: 1 });
  });

  it('that are over have the next sight of their things told as news, though it be the same', async () => {
    const rows = new ObservedRepository();
    const lane = { clusterId, kind: 'port' };
    const hash = 'ab'.repeat(16);
    const known = async (id: string) => (await rows.known(database.read, lane, [id])).get(id)?.hash;
    const seen = async (id: string) => {
      const object = { id, name: null, projectId: null, status: null, parentId: null, revision: null };
      const more = { updatedAt: null, fields: {} };
      await rows.write(database.read, lane, [{ object: { ...object, ...more }, hash }]);
    };
    const [one, two, other] = [leaked(), leaked(), leaked()];
    for (const { subject } of [one, two, other]) await seen(subject.id);
    const [resolved, repaired] = [await report(one), await report(two)];
    await report(other);
    await database.transaction(async (tx) => {
      await findings.resolve(tx, [resolved], 'reconciler');
      const taskId = newId();
      await findings.beginRepair(tx, repaired, taskId);
      await findings.repaired(tx, { id: repaired, taskId, outcome: {} });
    });
    expect(await known(one.subject.id)).not.toBe(hash);
    expect(await known(two.subject.id)).not.toBe(hash);
    expect(await known(other.subject.id)).toBe(hash);
  });

  it('have what is told of them written when it changed, and not otherwise', async () => {
    const drift = { ...leaked(), projectId: newId(), evidence: { b: 1, a: [{ d: 2, c: 3 }] } };
    const id = await report(drift);
    const written = async (more: Partial<Drift>): Promise<boolean> => {
      const sql: string[] = [];
      await database.transaction(async (tx) => {
        const query = jest.spyOn(tx, 'query');
        await findings.report(tx, clusterId, [{ ...drift, ...more }]);
        sql.push(...query.mock.calls.map(([statement]) => statement));
        query.mockRestore();
      });
      expect(sql.some((statement) => statement.includes('last_seen_at = '))).toBe(true);
      return sql.some((statement) => statement.includes('evidence = '));
    };
    expect(await written({})).toBe(false);
    expect(await written({ evidence: { a: [{ c: 3, d: 2 }], b: 1 }, projectId: null })).toBe(false);
    expect(await written({ evidence: { b: 2 }, proposal: null, projectId: null })).toBe(true);
    expect(await show(id)).toMatchObject({
      evidence: { b: 2 },
      proposal: null,
      project_id: drift.projectId,
    });
    expect(await written({})).toBe(true);
    await database.transaction((tx) => findings.beginRepair(tx, id, newId()));
    expect(await written({ evidence: { b: 3 } })).toBe(false);
  });

  it('are forgotten long after they were resolved, with what happened to them', async () => {
    const [old, back] = [leaked(), leaked()];
    const [gone, stays] = [await report(old), await report(back)];
    await database.transaction((tx) => findings.resolve(tx, [gone, stays], 'reconciler'));
    await database.read.query(
      'UPDATE finding SET resolved_at = UTC_TIMESTAMP(6) - INTERVAL 91 DAY WHERE id IN (?)',
      [[gone, stays]],
    );
    await report(back);
    expect(await findings.purge(database.read, 90, 100)).toBe(1);
    expect(await findings.purge(database.read, 90, 100)).toBe(0);
    const events = await database.read.query<{ id: string }[]>(
      'SELECT finding_id AS id FROM finding_event WHERE finding_id IN (?) GROUP BY finding_id',
      [[gone, stays]],
    );
    expect(events).toEqual([{ id: stays }]);
    expect((await api.ask('GET', `/v1/findings/${gone}`)).status).toBe(404);
  });

  it('without anything to be done are not repaired', async () => {
    const id = await report({ ...leaked(), kind: 'cidr_overlap', proposal: null });
    const asked = await api.ask('POST', `/v1/findings/${id}/repair`, { body: {} });
    expect(asked).toMatchObject({ status: 409, body: { code: 'finding_not_repairable' } });
  });
});

describe('policies', () => {
  it('are one for a kind and a place', async () => {
    const body = { kind: 'stale', scope: 'cluster', scope_id: 'east-1', action: 'ask' };
    const one = await api.ask('POST', '/v1/reconcile_policies', { body });
    const two = await api.ask('POST', '/v1/reconcile_policies', { body: { ...body, action: 'repair' } });
    expect([one.status, two.status]).toEqual([201, 200]);
    expect([one.headers['etag'], two.headers['etag']]).toEqual(['"1"', '"2"']);
    const stale = { body, headers: { 'if-match': '"1"' } };
    expect((await api.ask('POST', '/v1/reconcile_policies', stale)).status).toBe(412);
    const first = { body: { ...body, kind: 'orphan' }, headers: { 'if-match': '*' } };
    expect((await api.ask('POST', '/v1/reconcile_policies', first)).status).toBe(412);
    expect(two.body).toMatchObject({ id: one.body['id'], scope_id: clusterId, action: 'repair', version: 2 });
    const changed = await api.ask('PATCH', `/v1/reconcile_policies/${String(one.body['id'])}`, {
      body: { action: 'report' },
      headers: { 'if-match': '"2"' },
    });
    expect(changed.body).toMatchObject({ action: 'report', max_repairs_per_hour: null, version: 3 });
    const limited = await api.ask('PATCH', `/v1/reconcile_policies/${String(one.body['id'])}`, {
      body: { max_repairs_per_hour: 7, max_share_percent: 3 },
    });
    expect(limited.body).toMatchObject({ action: 'report', max_repairs_per_hour: 7, max_share_percent: 3 });
    const freed = await api.ask('PATCH', `/v1/reconcile_policies/${String(one.body['id'])}`, {
      body: { max_share_percent: null },
      headers: { 'if-match': '"3"' },
    });
    expect(freed.status).toBe(412);
    expect((await api.ask('DELETE', `/v1/reconcile_policies/${String(one.body['id'])}`)).status).toBe(204);
    expect((await api.ask('GET', '/v1/reconcile_policies')).body['policies']).toEqual([]);
    const wrong = await api.ask('POST', '/v1/reconcile_policies', { body: { ...body, scope: 'all' } });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'policy_scope_invalid' } });
  });

  it('are for tiers that there are', async () => {
    const body = { kind: 'stale', scope: 'tier', scope_id: 'gold', action: 'ask' };
    expect((await api.ask('POST', '/v1/reconcile_policies', { body })).status).toBe(201);
    const wrong = await api.ask('POST', '/v1/reconcile_policies', { body: { ...body, scope_id: 'glod' } });
    expect(wrong).toMatchObject({
      status: 422,
      body: {
        code: 'policy_scope_invalid',
        errors: [{ pointer: '/scope_id', detail: 'names a tier: gold, silver, bronze' }],
      },
    });
  });
});

describe('lists about findings', () => {
  it('are read from both ends', async () => {
    await api.app.get(RoundRepository, { strict: false }).ensure(database.read);
    for (const kind of ['orphan', 'stale', 'missing'])
      await api.ask('POST', '/v1/reconcile_policies', { body: { kind, scope: 'all', action: 'ask' } });
    const project_id = '00000000-0000-7000-8000-000000000001';
    for (const name of ['a', 'b', 'c'])
      await api.ask('POST', '/v1/adoption_rules', { body: { name, project_id, name_pattern: name } });
    for (const cluster of ['east-1', 'east-2'])
      await api.ask('POST', '/v1/notification_sources', { body: { cluster, url: 'amqp://u:p@b:5672/v' } });
    const drift = leaked();
    const finding = await report(drift);
    await database.transaction((tx) => findings.resolve(tx, [finding], 'reconciler'));
    const lists: [string, string, string, number][] = [
      ['/v1/reconcile_policies', 'policies', 'id', 4],
      ['/v1/adoption_rules', 'adoption_rules', 'id', 3],
      ['/v1/reconcile_rounds', 'rounds', 'cluster_id', 2],
      ['/v1/notification_sources', 'notification_sources', 'cluster_id', 2],
      [`/v1/findings/${finding}/events`, 'events', 'id', 2],
      ['/v1/adoptions', 'adoptions', 'id', 0],
    ];
    for (const [path, name, sort, count] of lists) {
      const up = (await readThrough(api, path, name, sort)) as Record<string, string>[];
      const keys = up.map((item) => item[sort] ?? '');
      expect([path, keys]).toEqual([path, keys.toSorted()]);
      expect(keys).toHaveLength(count);
      expect(await readThrough(api, path, name, `-${sort}`)).toEqual(up.toReversed());
      if (name !== 'notification_sources') continue;
      for (const key of keys) await api.ask('DELETE', `${path}/${key}`);
    }
  });
});

describe('the brake', () => {
  it('is shown, changed, set and released', async () => {
    await api.app.get(RoundRepository, { strict: false }).ensure(database.read);
    const path = `/v1/reconcile_rounds/${clusterId}`;
    const changed = await api.ask('PATCH', path, {
      body: { max_repairs_per_hour: 5, max_share_percent: 20 },
    });
    expect(changed.body).toMatchObject({ max_repairs_per_hour: 5, max_share_percent: 20, braked_at: null });
    const half = await api.ask('PATCH', path, { body: { max_repairs_per_hour: null } });
    expect(half.body).toMatchObject({ max_repairs_per_hour: 60, max_share_percent: 20 });
    await api.ask('POST', `${path}/stop`, { body: { reason: 'a migration' } });
    const braked = await api.ask('GET', '/v1/reconcile_rounds?braked=true');
    expect(braked.body['rounds']).toMatchObject([{ cluster_id: clusterId, brake_reason: 'a migration' }]);
    expect((await api.ask('GET', '/metrics')).text).toContain('ultron_repair_brakes 1');
    expect((await api.ask('POST', `${path}/release`)).body).toMatchObject({
      braked_at: null,
      brake_reason: null,
    });
    expect((await api.ask('GET', '/metrics')).text).toContain('ultron_repair_brakes 0');
  });
});

describe('a cluster that is to be listened to', () => {
  it('is named in the metrics, whether or not anybody listens', async () => {
    const shown = async () => (await api.ask('GET', '/metrics')).text;
    const series = `ultron_notification_sources{cluster_id="${clusterId}"} 1`;
    expect(await shown()).not.toContain(series);
    const put = await api.ask('POST', '/v1/notification_sources', {
      body: { cluster: clusterId, url: 'amqp://ultron:secret@broker:5672/openstack' },
    });
    expect(put.status).toBe(201);
    expect(await shown()).toContain(series);
    expect((await api.ask('DELETE', `/v1/notification_sources/${clusterId}`)).status).toBe(204);
    expect(await shown()).not.toContain(series);
  });
});
