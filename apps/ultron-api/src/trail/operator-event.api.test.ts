import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { change } from '@ultron/platform/database/statement';
import { recordEvent, Trail } from '@ultron/platform/trail/trail';
import { type Event, STALE, TrailWorld } from './operator-event.fixture.js';

const PROJECT = '00000000-0000-7000-8000-000000000001';
const SECRET = 'a-long-secret';

let world: TrailWorld;

beforeAll(async () => {
  world = await TrailWorld.start();
}, 120_000);
afterAll(() => world.close());

describe('the trail of operators', () => {
  it('tells of a request that was sent twice once', async () => {
    const ask = { body: { reason: 'twice' }, headers: { 'idempotency-key': newId() } };
    const path = `/v1/reconcile_rounds/${world.clusterId}/stop`;
    await world.expectOne('POST', path, ask, { subject_kind: 'reconcile_round', action: 'stopped' });
    await world.expectNone('POST', path, ask, 200);
    await world.api.ask('POST', `/v1/reconcile_rounds/${world.clusterId}/release`);
  });

  it('tells of tiers and who was given one', async () => {
    await world.expectOne(
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
    await world.expectNone('PATCH', '/v1/sync_tiers/gold', { body: { changes_ms: 60_000 } }, 422);
    const path = `/v1/sync_tier_assignments/project/${PROJECT}`;
    const subject = { subject_kind: 'sync_tier_assignment', subject_id: `project/${PROJECT}` };
    const put = (tier: string) => ({ body: { tier } });
    await world.expectOne('PUT', path, put('gold'), {
      ...subject,
      action: 'created',
      before: null,
      after: { tier: 'gold' },
    });
    await world.expectOne('PUT', path, put('bronze'), {
      ...subject,
      action: 'changed',
      before: { tier: 'gold' },
    });
    await world.expectNone('PUT', path, put('iron'), 404);
    await world.expectNone('DELETE', path, { headers: { 'if-match': '"gold"' } }, 412);
    await world.expectOne('DELETE', path, {}, { ...subject, action: 'removed', after: null });
    await world.expectNone('DELETE', path, {}, 404);
  });

  it('tells of lanes and conductors', async () => {
    const lane = `/v1/syncs/${world.clusterId}/server/actions`;
    const subject = { subject_kind: 'sync', subject_id: `${world.clusterId}/server` };
    await world.expectOne(
      'POST',
      lane,
      { body: { action: 'run_now', mode: 'ids' } },
      {
        ...subject,
        action: 'run_now',
        after: expect.objectContaining({ mode: 'ids' }),
      },
    );
    await world.expectOne(
      'POST',
      lane,
      { body: { action: 'pause' } },
      {
        ...subject,
        action: 'paused',
        after: expect.objectContaining({ state: 'paused' }),
      },
    );
    await world.expectNone('POST', lane, { body: { action: 'run_now' } }, 409);
    await world.expectOne(
      'POST',
      lane,
      { body: { action: 'resume' } },
      {
        ...subject,
        action: 'resumed',
        before: expect.objectContaining({ state: 'paused' }),
      },
    );
    await world.expectNone('POST', lane, { body: { action: 'release_brake' } }, 409);
    await change(world.database.read, `UPDATE lane SET brake = 'on' WHERE cluster_id = ?`, [world.clusterId]);
    await world.expectOne(
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
    const conductor = `/v1/conductors/${world.conductorId}/actions`;
    for (const [action, done] of [
      ['drain', 'drained'],
      ['undrain', 'undrained'],
    ] as const)
      await world.expectOne(
        'POST',
        conductor,
        { body: { action } },
        {
          subject_kind: 'conductor',
          subject_id: world.conductorId,
          action: done,
          before: expect.objectContaining({ draining: action === 'undrain' }),
          after: expect.objectContaining({ name: 'c-1', draining: action === 'drain' }),
        },
      );
    await world.expectNone('POST', `/v1/conductors/${newId()}/actions`, { body: { action: 'drain' } }, 404);
  });

  it('tells of clusters: their states, and that they went to another group', async () => {
    await world.api.ask('POST', '/v1/conductor_groups', { body: { name: 'west' } });
    const path = `/v1/clusters/${world.clusterId}`;
    const subject = { subject_kind: 'cluster', subject_id: world.clusterId };
    await world.expectOne(
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
    await world.expectOne(
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
    await world.expectNone('PATCH', path, { body: { conductor_group: 'nowhere' } }, 422);
    await world.expectNone('PATCH', path, { body: { state: 'enabled' }, headers: STALE }, 412);
    const body = {
      name: 'east-2',
      idc: 'east',
      conductor_group: 'west',
      auth_url: 'https://keystone.test:5000/v3',
      credential: { username: 'ultron', password: SECRET, project_name: 'ultron' },
    };
    const made = await world.expectOne(
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
    await world.expectNone('POST', '/v1/clusters', { body }, 409);
    const other = `/v1/clusters/${(made['cluster'] as { id: string }).id}`;
    const credential = { ...body.credential, password: `another-${SECRET}` };
    await world.expectOne(
      'PATCH',
      other,
      { body: { credential } },
      {
        subject_kind: 'cluster',
        action: 'changed',
        after: expect.objectContaining({ credential: 'replaced' }),
      },
    );
    await world.expectOne('DELETE', other, {}, { subject_kind: 'cluster', action: 'removed', after: null });
    expect(JSON.stringify(await world.database.read.query('SELECT * FROM operator_event'))).not.toContain(
      SECRET,
    );
  });

  it('is read by operators alone, filtered, from both ends, page by page', async () => {
    const { token } = await world.api.tokenOf('member');
    expect((await world.api.ask('GET', '/v1/operator_events', { token })).status).toBe(403);
    const all = await world.eventsOf('limit=1000');
    for (const sort of ['id', '-id']) {
      const seen: string[] = [];
      for (let next: string | null = `/v1/operator_events?limit=7&sort=${sort}`; next;) {
        const { body } = await world.api.ask('GET', next);
        seen.push(...(body['operator_events'] as Event[]).map(({ id }) => id));
        next = body['next'] as string | null;
      }
      const ids = all.map(({ id }) => id);
      expect(seen).toEqual(sort === 'id' ? ids.toReversed() : ids);
    }
    const count = async (query: string) => (await world.eventsOf(`limit=1000&${query}`)).length;
    const ofRounds = all.filter(({ subject_kind: kind }) => kind === 'reconcile_round').length;
    expect(await count(`subject_kind=reconcile_round&subject_id=${world.clusterId}`)).toBe(ofRounds);
    expect(await count('action=drained')).toBe(1);
    expect(await count(`actor=${encodeURIComponent(world.actor)}`)).toBe(all.length);
    expect(await count('actor=nobody')).toBe(0);
    const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString();
    expect(await count(`since=${hour(-1)}&until=${hour(1)}`)).toBe(all.length);
    expect(await count(`until=${hour(-1)}`)).toBe(0);
    expect((await world.api.ask('GET', '/v1/operator_events?subject_kind=typo')).status).toBe(400);
  });

  it('names the process where nobody asked, and is forgotten after its time', async () => {
    const subject = { kind: 'conductor', id: newId() } as const;
    await recordEvent(world.database.read, { subject, action: 'drained', before: null, after: null });
    const [event] = await world.eventsOf(`subject_id=${subject.id}`);
    expect(event).toMatchObject({ actor: expect.stringMatching(/\S/), trace_id: null });
    const trail = new Trail();
    expect(await trail.purge(world.database.read, 366, 100)).toBe(0);
    const made = 'UPDATE operator_event SET at = at - INTERVAL 367 DAY WHERE subject_id = ?';
    await change(world.database.read, made, [subject.id]);
    expect(await trail.purge(world.database.read, 366, 100)).toBe(1);
    expect(await world.eventsOf(`subject_id=${subject.id}`)).toEqual([]);
  });
});
