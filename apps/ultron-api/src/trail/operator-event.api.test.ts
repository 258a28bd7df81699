import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { change } from '@ultron/platform/database/statement';
import { recordEvent, Trail } from '@ultron/platform/trail/trail';
import { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { hashOf } from '@ultron/sync/observed/observed-hash.rules';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { ConductorRepository } from '@ultron/tasks/conductor/conductor.repository';
import { type Ask, TestApi } from '../testing/api.fixture.js';
import { addProbedClusters } from '../testing/compute.fixture.js';

interface Event {
  id: string;
  subject_kind: string;
  subject_id: string;
  action: string;
  before: object | null;
  after: object | null;
  reason: string | null;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const PROJECT = '00000000-0000-7000-8000-000000000001';
const SECRET = 'a-long-secret';
const CONDUCTOR = newId();

let api: TestApi;
let database: Database;
let clusterId: string;
let actor: string;

beforeAll(async () => {
  api = await TestApi.start();
  clusterId = (await addProbedClusters(api, { 'east-1': 100 })).get('east-1') ?? '';
  database = api.app.get(Database, { strict: false });
  await api.app.get(RoundRepository, { strict: false }).ensure(database.read);
  await new LaneRepository().ensure(
    database.read,
    [
      {
        clusterId,
        kind: 'server',
        domain: 'compute',
        conductorGroup: 'default',
        tier: 'silver',
        strategy: { changes: 'changes_since', deletions: 'ids' },
        slowness: 1,
        resting: false,
      },
    ],
    0,
  );
  const conductor = { id: CONDUCTOR, name: 'c-1', domains: ['compute'] };
  await new LaneConductorRepository().beat(database.read, { ...conductor, conductorGroup: 'default' });
  await new ConductorRepository().register(database.read, {
    ...conductor,
    conductor_group: 'default',
    host: 'h',
    pid: 1,
  });
  const tokens = await api.ask('GET', '/v1/tokens');
  actor = `token ${(tokens.body['tokens'] as { id: string }[])[0]?.id ?? ''}`;
}, 120_000);
afterAll(() => api.close());

async function eventsOf(query: string): Promise<Event[]> {
  const { body } = await api.ask('GET', `/v1/operator_events?${query}`);
  return body['operator_events'] as Event[];
}

/** What came into the trail while the request was answered. */
async function trailOf(method: string, path: string, { headers, ...ask }: Ask = {}) {
  const [last] = await eventsOf('limit=1');
  const traced = { ...ask, headers: { ...headers, traceparent: TRACEPARENT } };
  const answer = await api.ask(method, path, traced);
  const all = await eventsOf('limit=1000');
  return { answer, events: all.slice(0, last ? all.findIndex(({ id }) => id === last.id) : all.length) };
}

async function expectOne(
  method: string,
  path: string,
  ask: Ask,
  event: Partial<Event> & Pick<Event, 'subject_kind' | 'action'>,
): Promise<Record<string, unknown>> {
  const { answer, events } = await trailOf(method, path, ask);
  expect({ [`${method} ${path}`]: answer.status < 300, body: answer.body }).toMatchObject({
    [`${method} ${path}`]: true,
  });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ actor, trace_id: TRACE, at: expect.any(String), ...event });
  return answer.body;
}

async function expectNone(method: string, path: string, ask: Ask, status: number): Promise<void> {
  const { answer, events } = await trailOf(method, path, ask);
  expect(answer.status).toBe(status);
  expect(events).toEqual([]);
}

const STALE = { 'if-match': '"99"' };

describe('the trail of operators', () => {
  it('tells who stopped and released repairs, and why, after the row has forgotten it', async () => {
    const path = `/v1/reconcile_rounds/${clusterId}`;
    const subject = { subject_kind: 'reconcile_round', subject_id: clusterId };
    await expectOne(
      'POST',
      `${path}/stop`,
      { body: { reason: 'a migration' } },
      {
        ...subject,
        action: 'stopped',
        reason: 'a migration',
        before: expect.objectContaining({ braked_at: null }),
        after: expect.objectContaining({ braked_at: expect.any(String), brake_reason: 'a migration' }),
      },
    );
    await expectOne(
      'POST',
      `${path}/release`,
      {},
      {
        ...subject,
        action: 'released',
        before: expect.objectContaining({ brake_reason: 'a migration' }),
        after: expect.objectContaining({ braked_at: null, brake_reason: null }),
      },
    );
    await expectOne(
      'PATCH',
      path,
      { body: { max_repairs_per_hour: 5 } },
      {
        ...subject,
        action: 'changed',
        before: expect.objectContaining({ max_repairs_per_hour: null }),
        after: expect.objectContaining({ max_repairs_per_hour: 5 }),
      },
    );
    await expectNone('PATCH', path, { body: { max_repairs_per_hour: 6 }, headers: STALE }, 412);
    await expectNone('POST', `/v1/reconcile_rounds/${newId()}/stop`, { body: {} }, 404);
  });

  it('tells of a request that was sent twice once', async () => {
    const ask = { body: { reason: 'twice' }, headers: { 'idempotency-key': newId() } };
    const path = `/v1/reconcile_rounds/${clusterId}/stop`;
    await expectOne('POST', path, ask, { subject_kind: 'reconcile_round', action: 'stopped' });
    await expectNone('POST', path, ask, 200);
    await api.ask('POST', `/v1/reconcile_rounds/${clusterId}/release`);
  });

  it('tells of policies, also of those that are forgotten', async () => {
    const path = '/v1/reconcile_policies';
    const body = { kind: 'stale', scope: 'tier', scope_id: 'gold', action: 'ask' };
    const made = await expectOne(
      'POST',
      path,
      { body },
      {
        subject_kind: 'reconcile_policy',
        action: 'created',
        before: null,
        after: expect.objectContaining({ scope_id: 'gold', action: 'ask' }),
      },
    );
    const subject = { subject_kind: 'reconcile_policy', subject_id: String(made['id']) };
    await expectOne(
      'POST',
      path,
      { body: { ...body, action: 'report' } },
      {
        ...subject,
        action: 'changed',
        before: expect.objectContaining({ action: 'ask' }),
        after: expect.objectContaining({ action: 'report' }),
      },
    );
    await expectNone('POST', path, { body, headers: STALE }, 412);
    await expectNone('POST', path, { body: { ...body, scope: 'all' } }, 422);
    const own = `${path}/${String(made['id'])}`;
    await expectOne('PATCH', own, { body: { action: 'repair' } }, { ...subject, action: 'changed' });
    await expectNone('DELETE', own, { headers: STALE }, 412);
    await expectOne(
      'DELETE',
      own,
      {},
      {
        ...subject,
        action: 'removed',
        before: expect.objectContaining({ action: 'repair' }),
        after: null,
      },
    );
  });

  it('tells of sources of notifications, and never their secret', async () => {
    const path = '/v1/notification_sources';
    const subject = { subject_kind: 'notification_source', subject_id: clusterId };
    const body = { cluster: 'east-1', url: `amqp://ultron:${SECRET}@broker:5672/openstack` };
    await expectOne('POST', path, { body }, { ...subject, action: 'created', before: null });
    await expectOne('POST', path, { body }, { ...subject, action: 'changed' });
    await expectOne(
      'PATCH',
      `${path}/${clusterId}`,
      { body: { enabled: false } },
      {
        ...subject,
        action: 'changed',
        before: expect.objectContaining({ enabled: true }),
        after: expect.objectContaining({ enabled: false, url: 'amqp://ultron:***@broker:5672/openstack' }),
      },
    );
    await expectNone('PATCH', `${path}/${clusterId}`, { body: { enabled: true }, headers: STALE }, 412);
    await expectNone('POST', path, { body: { ...body, url: 'http://x' } }, 422);
    await expectOne('DELETE', `${path}/${clusterId}`, {}, { ...subject, action: 'removed', after: null });
    expect(JSON.stringify(await database.read.query('SELECT * FROM operator_event'))).not.toContain(SECRET);
  });

  it('tells of tiers and who was given one', async () => {
    await expectOne(
      'PATCH',
      '/v1/sync_tiers/gold',
      { body: { changes_ms: 7_000 } },
      {
        subject_kind: 'sync_tier',
        subject_id: 'gold',
        action: 'changed',
        before: expect.objectContaining({ changes_ms: 5_000 }),
        after: expect.objectContaining({ changes_ms: 7_000 }),
      },
    );
    await expectNone('PATCH', '/v1/sync_tiers/gold', { body: { changes_ms: 60_000 } }, 422);
    const path = `/v1/sync_tier_assignments/project/${PROJECT}`;
    const subject = { subject_kind: 'sync_tier_assignment', subject_id: `project/${PROJECT}` };
    const put = (tier: string) => ({ body: { tier } });
    await expectOne('PUT', path, put('gold'), {
      ...subject,
      action: 'created',
      before: null,
      after: { tier: 'gold' },
    });
    await expectOne('PUT', path, put('bronze'), { ...subject, action: 'changed', before: { tier: 'gold' } });
    await expectNone('PUT', path, put('iron'), 404);
    await expectNone('DELETE', path, { headers: { 'if-match': '"gold"' } }, 412);
    await expectOne('DELETE', path, {}, { ...subject, action: 'removed', after: null });
    await expectNone('DELETE', path, {}, 404);
  });

  it('tells of lanes and conductors', async () => {
    const lane = `/v1/syncs/${clusterId}/server/actions`;
    const subject = { subject_kind: 'sync', subject_id: `${clusterId}/server` };
    await expectOne(
      'POST',
      lane,
      { body: { action: 'run_now', mode: 'ids' } },
      {
        ...subject,
        action: 'run_now',
        after: expect.objectContaining({ mode: 'ids' }),
      },
    );
    await expectOne(
      'POST',
      lane,
      { body: { action: 'pause' } },
      {
        ...subject,
        action: 'paused',
        after: expect.objectContaining({ state: 'paused' }),
      },
    );
    await expectNone('POST', lane, { body: { action: 'run_now' } }, 409);
    await expectOne(
      'POST',
      lane,
      { body: { action: 'resume' } },
      {
        ...subject,
        action: 'resumed',
        before: expect.objectContaining({ state: 'paused' }),
      },
    );
    await expectNone('POST', lane, { body: { action: 'release_brake' } }, 409);
    await change(database.read, `UPDATE lane SET brake = 'on' WHERE cluster_id = ?`, [clusterId]);
    await expectOne(
      'POST',
      lane,
      { body: { action: 'release_brake' } },
      {
        ...subject,
        action: 'released',
        before: expect.objectContaining({ brake: 'on' }),
        after: expect.objectContaining({ brake: 'released' }),
      },
    );
    const conductor = `/v1/conductors/${CONDUCTOR}/actions`;
    for (const [action, done] of [
      ['drain', 'drained'],
      ['undrain', 'undrained'],
    ] as const)
      await expectOne(
        'POST',
        conductor,
        { body: { action } },
        {
          subject_kind: 'conductor',
          subject_id: CONDUCTOR,
          action: done,
          before: expect.objectContaining({ draining: action === 'undrain' }),
          after: expect.objectContaining({ name: 'c-1', draining: action === 'drain' }),
        },
      );
    await expectNone('POST', `/v1/conductors/${newId()}/actions`, { body: { action: 'drain' } }, 404);
  });

  it('tells of rules of adoption', async () => {
    const rule = { name: 'shop', project_id: PROJECT, name_pattern: 'shop-*' };
    const path = '/v1/adoption_rules';
    const made = await expectOne(
      'POST',
      path,
      { body: rule },
      {
        subject_kind: 'adoption_rule',
        action: 'created',
        after: expect.objectContaining({ name: 'shop', enabled: true }),
      },
    );
    const { id } = made['adoption_rule'] as { id: string };
    const subject = { subject_kind: 'adoption_rule', subject_id: id };
    await expectNone('POST', path, { body: rule }, 409);
    await expectNone('POST', path, { body: { ...rule, name: 'b', dry_run: true } }, 200);
    await expectOne(
      'PATCH',
      `${path}/${id}`,
      { body: { enabled: false } },
      {
        ...subject,
        action: 'changed',
        after: expect.objectContaining({ enabled: false }),
      },
    );
    await expectNone('DELETE', `${path}/${id}`, { headers: STALE }, 412);
    await expectOne('DELETE', `${path}/${id}`, {}, { ...subject, action: 'removed', after: null });
  });

  it('tells of what was adopted and given up', async () => {
    const object: ObservedObject = {
      id: newId(),
      name: 'shop-1',
      projectId: 'p1',
      status: 'ACTIVE',
      parentId: null,
      revision: null,
      updatedAt: null,
      fields: {},
    };
    const lane = { clusterId, kind: 'server' };
    await new ObservedRepository().write(database.read, lane, [{ object, hash: hashOf(object) }]);
    const body = { cluster: 'east-1', kind: 'server', openstack_id: object.id, project_id: PROJECT };
    const made = await expectOne(
      'POST',
      '/v1/adoptions',
      { body },
      {
        subject_kind: 'adoption',
        action: 'created',
        before: null,
        after: expect.objectContaining({ openstack_id: object.id, project_id: PROJECT }),
      },
    );
    await expectNone('POST', '/v1/adoptions', { body }, 409);
    const { id } = made['adoption'] as { id: string };
    const release = `/v1/adoptions/${id}/release`;
    await expectNone('POST', release, {}, 409);
    await change(database.read, `UPDATE adoption SET status = 'adopted' WHERE id = ?`, [id]);
    await expectOne(
      'POST',
      release,
      {},
      {
        subject_kind: 'adoption',
        subject_id: id,
        action: 'released',
        before: expect.objectContaining({ status: 'adopted' }),
        after: expect.objectContaining({ status: 'releasing' }),
      },
    );
  });

  it('tells of clusters: their states, and that they went to another group', async () => {
    await api.ask('POST', '/v1/conductor_groups', { body: { name: 'west' } });
    const path = `/v1/clusters/${clusterId}`;
    const subject = { subject_kind: 'cluster', subject_id: clusterId };
    await expectOne(
      'PATCH',
      path,
      { body: { state: 'maintenance', state_reason: 'new switches' } },
      {
        ...subject,
        action: 'changed',
        reason: 'new switches',
        before: expect.objectContaining({ state: 'enabled' }),
        after: expect.objectContaining({ state: 'maintenance' }),
      },
    );
    await expectOne(
      'PATCH',
      path,
      { body: { conductor_group: 'west' } },
      {
        ...subject,
        action: 'changed',
        before: expect.objectContaining({ conductor_group: 'default' }),
        after: expect.objectContaining({ conductor_group: 'west' }),
      },
    );
    await expectNone('PATCH', path, { body: { conductor_group: 'nowhere' } }, 422);
    await expectNone('PATCH', path, { body: { state: 'enabled' }, headers: STALE }, 412);
    const body = {
      name: 'east-2',
      idc: 'east',
      conductor_group: 'west',
      auth_url: 'https://keystone.test:5000/v3',
      credential: { username: 'ultron', password: SECRET, project_name: 'ultron' },
    };
    const made = await expectOne(
      'POST',
      '/v1/clusters',
      { body },
      {
        subject_kind: 'cluster',
        action: 'created',
        before: null,
        after: expect.objectContaining({ name: 'east-2' }),
      },
    );
    await expectNone('POST', '/v1/clusters', { body }, 409);
    const other = `/v1/clusters/${(made['cluster'] as { id: string }).id}`;
    const credential = { ...body.credential, password: `another-${SECRET}` };
    await expectOne(
      'PATCH',
      other,
      { body: { credential } },
      {
        subject_kind: 'cluster',
        action: 'changed',
        after: expect.objectContaining({ credential: 'replaced' }),
      },
    );
    await expectOne('DELETE', other, {}, { subject_kind: 'cluster', action: 'removed', after: null });
    expect(JSON.stringify(await database.read.query('SELECT * FROM operator_event'))).not.toContain(SECRET);
  });

  it('is read by operators alone, filtered, from both ends, page by page', async () => {
    const { token } = await api.tokenOf('member');
    expect((await api.ask('GET', '/v1/operator_events', { token })).status).toBe(403);
    const all = await eventsOf('limit=1000');
    for (const sort of ['id', '-id']) {
      const seen: string[] = [];
      for (let next: string | null = `/v1/operator_events?limit=7&sort=${sort}`; next;) {
        const { body } = await api.ask('GET', next);
        seen.push(...(body['operator_events'] as Event[]).map(({ id }) => id));
        next = body['next'] as string | null;
      }
      const ids = all.map(({ id }) => id);
      expect(seen).toEqual(sort === 'id' ? ids.toReversed() : ids);
    }
    const count = async (query: string) => (await eventsOf(`limit=1000&${query}`)).length;
    const ofRounds = all.filter(({ subject_kind: kind }) => kind === 'reconcile_round').length;
    expect(await count(`subject_kind=reconcile_round&subject_id=${clusterId}`)).toBe(ofRounds);
    expect(await count('action=drained')).toBe(1);
    expect(await count(`actor=${encodeURIComponent(actor)}`)).toBe(all.length);
    expect(await count('actor=nobody')).toBe(0);
    const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString();
    expect(await count(`since=${hour(-1)}&until=${hour(1)}`)).toBe(all.length);
    expect(await count(`until=${hour(-1)}`)).toBe(0);
    expect((await api.ask('GET', '/v1/operator_events?subject_kind=typo')).status).toBe(400);
  });

  it('names the process where nobody asked, and is forgotten after its time', async () => {
    const subject = { kind: 'conductor', id: newId() } as const;
    await recordEvent(database.read, { subject, action: 'drained', before: null, after: null });
    const [event] = await eventsOf(`subject_id=${subject.id}`);
    expect(event).toMatchObject({ actor: expect.stringMatching(/\S/), trace_id: null });
    const trail = new Trail();
    expect(await trail.purge(database.read, 366, 100)).toBe(0);
    const made = 'UPDATE operator_event SET at = at - INTERVAL 367 DAY WHERE subject_id = ?';
    await change(database.read, made, [subject.id]);
    expect(await trail.purge(database.read, 366, 100)).toBe(1);
    expect(await eventsOf(`subject_id=${subject.id}`)).toEqual([]);
  });
});
