import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { TestApi } from '../testing/api.fixture.js';
import { makeTasks } from '../testing/tasks.fixture.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('tasks', () => {
  let api: TestApi;
  let member: { token: string; projectId: string };
  let stranger: { token: string; projectId: string };
  let reader: { token: string };

  beforeAll(async () => {
    api = await TestApi.start();
    member = await api.tokenOf('member');
    reader = await api.tokenOf('reader', member.projectId);
    stranger = await api.tokenOf('member');
  }, 60_000);
  afterAll(() => api.close());

  const makeOwn = async (...wanted: Parameters<typeof makeTasks>[1][]) =>
    makeTasks(api, ...wanted.map((task) => ({ projectId: member.projectId, ...task })));

  it('are shown to their project and hidden from others', async () => {
    const [id = ''] = await makeOwn({ resource: { kind: 'server', id: newId() } });
    for (const token of [member.token, reader.token, api.adminToken]) {
      const shown = await api.ask('GET', `/v1/tasks/${id}`, { token });
      expect(shown.body).toMatchObject({ id, status: 'queued', project_id: member.projectId, steps: [] });
      expect(shown.headers['etag']).toMatch(/^"\d+"$/);
    }
    const hidden = await api.ask('GET', `/v1/tasks/${id}`, { token: stranger.token });
    const missing = await api.ask('GET', `/v1/tasks/${newId()}`, { token: stranger.token });
    expect(hidden.body).toMatchObject({ status: 404, code: 'task_not_found' });
    expect(Object.keys(hidden.body)).toEqual(Object.keys(missing.body));
    for (const path of ['items', 'cancel']) {
      const method = path === 'items' ? 'GET' : 'POST';
      expect((await api.ask(method, `/v1/tasks/${id}/${path}`, { token: stranger.token })).status).toBe(404);
    }
  });

  it('are listed by filters, each project its own', async () => {
    const server = newId();
    const [parent = ''] = await makeOwn({ kind: 'server.batch', childCount: 2 });
    const children = await makeOwn(
      { parentId: parent, kind: 'server.create', resource: { kind: 'server', id: server } },
      { parentId: parent, kind: 'server.create' },
    );
    const ids = async (query: string, token = member.token) => {
      const { status, body } = await api.ask('GET', `/v1/tasks?${query}`, { token });
      expect(status).toBe(200);
      return (body['tasks'] as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids(`parent_id=${parent}&sort=created_at`)).toEqual([...children].sort());
    expect(await ids(`resource=server:${server}`)).toEqual(children.slice(0, 1));
    expect(await ids('kind=server.batch&top_level=true')).toEqual([parent]);
    expect(await ids(`parent_id=${parent}&status=stuck`)).toEqual([]);
    expect(await ids(`parent_id=${parent}&created_after=2999-01-01T00:00:00Z`)).toEqual([]);
    expect(await ids('', stranger.token)).toEqual([]);
    expect(await ids(`parent_id=${parent}&project_id=${member.projectId}`, api.adminToken)).toHaveLength(2);
    const other = await api.ask('GET', `/v1/tasks?project_id=${member.projectId}`, { token: stranger.token });
    expect(other.body).toMatchObject({ status: 404, code: 'project_not_found' });
    const items = await api.ask('GET', `/v1/tasks/${parent}/items?limit=1`, { token: member.token });
    expect(items.body).toMatchObject({
      items: [{ id: [...children].sort()[0] }],
      next: expect.stringContaining('/items?'),
    });
    const rest = await api.ask('GET', String(items.body['next']), { token: member.token });
    expect(rest.body).toMatchObject({ items: [{ id: [...children].sort()[1] }], next: null });
  });

  it('can be waited for until they end', async () => {
    const [id = ''] = await makeOwn({});
    const began = performance.now();
    const waiting = api.ask('GET', `/v1/tasks/${id}?wait=20s`, { token: member.token });
    await sleep(300);
    const sql =
      "UPDATE task SET status = 'succeeded', version = version + 1, finished_at = UTC_TIMESTAMP(6) WHERE id = ?";
    await api.app.get(Database, { strict: false }).read.query(sql, [id]);
    expect((await waiting).body).toMatchObject({ id, status: 'succeeded' });
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(290);
    expect(took).toBeLessThan(15_000);
    const ended = await api.ask('GET', `/v1/tasks/${id}?wait=20s`, { token: member.token });
    expect(ended.body['status']).toBe('succeeded');
  }, 30_000);

  it('can be asked to stop, and watched for the next change', async () => {
    const [id = ''] = await makeOwn({});
    const known = (await api.ask('GET', `/v1/tasks/${id}`, { token: member.token })).body['version'];
    const waiting = api.ask('GET', `/v1/tasks/${id}?wait=20s&version=${String(known)}`, {
      token: member.token,
    });
    const answer = await api.ask('POST', `/v1/tasks/${id}/cancel`, { token: member.token });
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      location: `/v1/tasks/${id}`,
      'operation-location': `/v1/tasks/${id}`,
    });
    expect(answer.body).toMatchObject({ task: { id, cancel_requested: true } });
    const { body } = await waiting;
    expect(body['version']).toBeGreaterThan(Number(known));
    expect(body['cancel_requested']).toBe(true);
  }, 30_000);

  it('answer a wait after its time', async () => {
    const [id = ''] = await makeOwn({});
    const began = performance.now();
    const { body } = await api.ask('GET', `/v1/tasks/${id}?wait=1s`, { token: member.token });
    const took = performance.now() - began;
    expect(body['status']).toBe('queued');
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(15_000);
  });

  it.each(['0s', '61s', '30', 'soon', '-1s'])('refuse to be waited for %s', async (wait) => {
    const [id = ''] = await makeOwn({});
    const answer = await api.ask('GET', `/v1/tasks/${id}?wait=${wait}`, { token: member.token });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '?wait' }] });
  });

  it('are retried and abandoned by admins, if they are stuck', async () => {
    const [id = ''] = await makeOwn({});
    expect((await api.ask('POST', `/v1/tasks/${id}/retry`, { token: member.token })).status).toBe(403);
    expect((await api.ask('POST', `/v1/tasks/${id}/retry`)).body).toMatchObject({
      status: 409,
      code: 'task_not_retryable',
    });
    expect((await api.ask('POST', `/v1/tasks/${id}/abandon`, { body: { note: 'gone' } })).body).toMatchObject(
      {
        status: 409,
        code: 'task_not_stuck',
      },
    );
    expect((await api.ask('POST', `/v1/tasks/${id}/abandon`)).status).toBe(409);
    await api.app
      .get(Database, { strict: false })
      .read.query("UPDATE task SET status = 'stuck' WHERE id = ?", [id]);
    expect((await api.ask('GET', '/metrics')).text).toMatch(/^ultron_tasks_stuck 1$/m);
    const ask = () =>
      api.ask('POST', `/v1/tasks/${id}/abandon`, { headers: { 'idempotency-key': `a-${id}` } });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status]).toEqual([202, 202]);
    // A conductor ends it; there is none here.
    expect(second.body).toMatchObject({ task: { id, status: 'unwinding', error: { abandoned: true } } });
  });
});
