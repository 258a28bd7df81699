import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { change } from '@ultron/platform/database/statement';
import { hashOf } from '@ultron/sync/observed/observed-hash.rules';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import { STALE, TrailWorld } from './operator-event.fixture.js';

const PROJECT = '00000000-0000-7000-8000-000000000001';
const SECRET = 'a-long-secret';

let world: TrailWorld;

beforeAll(async () => {
  world = await TrailWorld.start();
}, 120_000);
afterAll(() => world.close());

describe('the trail of operators who reconcile', () => {
  it('tells who stopped and released repairs, and why, after the row has forgotten it', async () => {
    const path = `/v1/reconcile_rounds/${world.clusterId}`;
    const subject = { subject_kind: 'reconcile_round', subject_id: world.clusterId };
    await world.expectOne(
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
    await world.expectOne(
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
    await world.expectOne(
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
    await world.expectNone('PATCH', path, { body: { max_repairs_per_hour: 6 }, headers: STALE }, 412);
    await world.expectNone('POST', `/v1/reconcile_rounds/${newId()}/stop`, { body: {} }, 404);
  });

  it('tells of policies, also of those that are forgotten', async () => {
    const path = '/v1/reconcile_policies';
    const body = { kind: 'stale', scope: 'tier', scope_id: 'gold', action: 'ask' };
    const made = await world.expectOne(
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
    await world.expectOne(
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
    await world.expectNone('POST', path, { body, headers: STALE }, 412);
    await world.expectNone('POST', path, { body: { ...body, scope: 'all' } }, 422);
    const own = `${path}/${String(made['id'])}`;
    await world.expectOne('PATCH', own, { body: { action: 'repair' } }, { ...subject, action: 'changed' });
    await world.expectNone('DELETE', own, { headers: STALE }, 412);
    await world.expectOne(
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
    const subject = { subject_kind: 'notification_source', subject_id: world.clusterId };
    const body = { cluster: 'east-1', url: `amqp://ultron:${SECRET}@broker:5672/openstack` };
    await world.expectOne('POST', path, { body }, { ...subject, action: 'created', before: null });
    await world.expectOne('POST', path, { body }, { ...subject, action: 'changed' });
    await world.expectOne(
      'PATCH',
      `${path}/${world.clusterId}`,
      { body: { enabled: false } },
      {
        ...subject,
        action: 'changed',
        before: expect.objectContaining({ enabled: true }),
        after: expect.objectContaining({ enabled: false, url: 'amqp://ultron:***@broker:5672/openstack' }),
      },
    );
    await world.expectNone(
      'PATCH',
      `${path}/${world.clusterId}`,
      { body: { enabled: true }, headers: STALE },
      412,
    );
    await world.expectNone('POST', path, { body: { ...body, url: 'http://x' } }, 422);
    await world.expectOne(
      'DELETE',
      `${path}/${world.clusterId}`,
      {},
      { ...subject, action: 'removed', after: null },
    );
    expect(JSON.stringify(await world.database.read.query('SELECT * FROM operator_event'))).not.toContain(
      SECRET,
    );
  });

  it('tells of rules of adoption', async () => {
    const rule = { name: 'shop', project_id: PROJECT, name_pattern: 'shop-*' };
    const path = '/v1/adoption_rules';
    const made = await world.expectOne(
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
    await world.expectNone('POST', path, { body: rule }, 409);
    await world.expectNone('POST', path, { body: { ...rule, name: 'b', dry_run: true } }, 200);
    await world.expectOne(
      'PATCH',
      `${path}/${id}`,
      { body: { enabled: false } },
      {
        ...subject,
        action: 'changed',
        after: expect.objectContaining({ enabled: false }),
      },
    );
    await world.expectNone('DELETE', `${path}/${id}`, { headers: STALE }, 412);
    await world.expectOne('DELETE', `${path}/${id}`, {}, { ...subject, action: 'removed', after: null });
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
    const lane = { clusterId: world.clusterId, kind: 'server' };
    await new ObservedRepository().write(world.database.read, lane, [{ object, hash: hashOf(object) }]);
    const body = { cluster: 'east-1', kind: 'server', openstack_id: object.id, project_id: PROJECT };
    const made = await world.expectOne(
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
    await world.expectNone('POST', '/v1/adoptions', { body }, 409);
    const { id } = made['adoption'] as { id: string };
    const release = `/v1/adoptions/${id}/release`;
    await world.expectNone('POST', release, {}, 409);
    await change(world.database.read, `UPDATE adoption SET status = 'adopted' WHERE id = ?`, [id]);
    await world.expectOne(
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
});
