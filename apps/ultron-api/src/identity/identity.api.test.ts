import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FirstToken } from '@ultron/identity/token/first-token';
import { Database } from '@ultron/platform/database/database.service';
import { TestApi } from '../testing/api.fixture.js';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('tokens and projects', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  }, 60_000);
  afterAll(() => api.close());

  const rows = (sql: string) =>
    api.app.get(Database, { strict: false }).read.query(sql) as Promise<unknown[]>;

  it('keep no secret, only its hash', async () => {
    const made = await api.ask('POST', '/v1/tokens', {
      body: { name: 'operator', role: 'admin' },
      headers: { 'idempotency-key': 'secret-1' },
    });
    expect(made.status).toBe(201);
    const secret = String(made.body['secret']);
    expect(secret).toMatch(/^ultron_[0-9a-f]{8}_[\w-]{43}$/);
    expect((await api.ask('GET', '/v1/projects', { token: secret })).status).toBe(200);
    const kept = JSON.stringify([
      await rows('SELECT * FROM api_token'),
      await rows('SELECT * FROM idempotency_key'),
    ]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(api.adminToken);
  });

  it('show the secret once, also when the request is repeated', async () => {
    const ask = { body: { name: 'twice', role: 'admin' }, headers: { 'idempotency-key': 'secret-2' } };
    const [first, second] = [
      await api.ask('POST', '/v1/tokens', ask),
      await api.ask('POST', '/v1/tokens', ask),
    ];
    expect(first.body['secret']).toEqual(expect.any(String));
    expect(second.status).toBe(201);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(second.body).toEqual({ token: first.body['token'], secret: null });
  });

  it('stop within seconds when revoked, and at their time when they expire', async () => {
    const expires = new Date(Date.now() + 1_500).toISOString();
    const make = async (body: object) =>
      (await api.ask('POST', '/v1/tokens', { body: { name: 'short-lived', role: 'admin', ...body } })).body;
    const [revoked, expiring] = [await make({}), await make({ expires_at: expires })];
    const status = async (made: Record<string, unknown>) =>
      (await api.ask('GET', '/v1/projects', { token: String(made['secret']) })).status;
    expect([await status(revoked), await status(expiring)]).toEqual([200, 200]);
    const { id } = revoked['token'] as { id: string };
    const answer = await api.ask('DELETE', `/v1/tokens/${id}`);
    expect(answer.body['revoked_at']).toEqual(expect.any(String));
    expect((await api.ask('DELETE', `/v1/tokens/${id}`)).body['revoked_at']).toBe(answer.body['revoked_at']);
    await sleep(3_100);
    expect([await status(revoked), await status(expiring)]).toEqual([401, 401]);
  });

  it('belong to a project unless they are an admin’s', async () => {
    const refuse = async (body: object) => api.ask('POST', '/v1/tokens', { body: { name: 'x', ...body } });
    expect((await refuse({ role: 'member' })).body).toMatchObject({
      status: 422,
      code: 'token_role_project',
    });
    const project_id = '00000000-0000-7000-8000-000000000001';
    expect((await refuse({ role: 'admin', project_id })).body).toMatchObject({ code: 'token_role_project' });
    const nowhere = '01980a3e-0000-7000-8000-000000000001';
    expect((await refuse({ role: 'reader', project_id: nowhere })).body).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
  });

  it('make one project of two concurrent requests with one key, and answer both the same', async () => {
    const ask = () =>
      api.ask('POST', '/v1/projects', { body: { name: 'twins' }, headers: { 'idempotency-key': 'twins' } });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    const other = await api.ask('POST', '/v1/projects', {
      body: { name: 'other' },
      headers: { 'idempotency-key': 'twins' },
    });
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect((await api.ask('POST', '/v1/projects', { body: { name: 'twins' } })).body).toMatchObject({
      status: 409,
      code: 'project_name_taken',
      errors: [{ pointer: '/name', detail: 'is taken' }],
    });
  });
});

describe('the first token', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  }, 60_000);
  afterAll(() => api.close());

  const rows = (sql: string) =>
    api.app.get(Database, { strict: false }).read.query(sql) as Promise<unknown[]>;

  it('is made once, however many processes begin', async () => {
    const first = api.app.get(FirstToken, { strict: false });
    await rows("DELETE FROM api_token WHERE name = 'first admin'");
    const made = await Promise.all([1, 2, 3, 4].map(() => first.ensure(undefined)));
    const [secret, ...more] = made.filter((token) => token !== undefined);
    expect(more).toEqual([]);
    expect((await api.ask('GET', '/v1/tokens', { token: secret ?? '' })).status).toBe(200);
    await rows("UPDATE api_token SET revoked_at = UTC_TIMESTAMP(6) WHERE name = 'first admin'");
    expect(await first.ensure(undefined)).toBeUndefined();
  });

  it('may be given by the operator, and its next value', async () => {
    const first = api.app.get(FirstToken, { strict: false });
    await first.ensure('a-configured-token-of-32-characters-1');
    const ask = (token: string) => api.ask('GET', '/v1/tokens', { token });
    expect((await ask('a-configured-token-of-32-characters-1')).status).toBe(200);
    await first.ensure('a-configured-token-of-32-characters-2');
    expect((await ask('a-configured-token-of-32-characters-2')).status).toBe(200);
    await expect(first.ensure('short')).rejects.toThrow('at least 32');
  });
});

describe('lists', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
    for (const name of ['c', 'a', 'e', 'b', 'd']) await api.ask('POST', '/v1/projects', { body: { name } });
  }, 60_000);
  afterAll(() => api.close());

  const pages = async (path: string) => {
    const names: string[][] = [];
    for (let next: unknown = path; typeof next === 'string';) {
      const { status, body, headers } = await api.ask('GET', next);
      expect(status).toBe(200);
      names.push((body['projects'] as { name: string }[]).map(({ name }) => name));
      if (body['next']) expect(headers['link']).toBe(`<${String(body['next'])}>; rel="next"`);
      next = body['next'];
    }
    return names;
  };

  it('come in pages, in either order', async () => {
    expect(await pages('/v1/projects?limit=4')).toEqual([
      ['default', 'c', 'a', 'e'],
      ['b', 'd'],
    ]);
    expect(await pages('/v1/projects?limit=2&sort=-name')).toEqual([
      ['e', 'default'],
      ['d', 'c'],
      ['b', 'a'],
    ]);
    expect(await pages('/v1/projects?limit=6&sort=name')).toEqual([['a', 'b', 'c', 'd', 'default', 'e']]);
    expect(await pages('/v1/projects?name=b')).toEqual([['b']]);
  });

  it('show only the fields that are asked for', async () => {
    const { body } = await api.ask('GET', '/v1/projects?fields=name,id&name=b');
    expect(body['projects']).toEqual([{ id: expect.any(String), name: 'b' }]);
    const wrong = await api.ask('GET', '/v1/projects?fields=name,size');
    expect(wrong.body).toMatchObject({
      status: 400,
      errors: [{ pointer: '?fields', detail: expect.stringContaining('size') }],
    });
  });

  it('take a cursor only as they gave it', async () => {
    const { body } = await api.ask('GET', '/v1/projects?limit=2&sort=name');
    const cursor = new URL(String(body['next']), 'http://x').searchParams.get('cursor') ?? '';
    for (const query of [
      `sort=-name&cursor=${cursor}`,
      `sort=name&name=a&cursor=${cursor}`,
      'cursor=nonsense',
      `cursor=${Buffer.from('["x",{},"y"]').toString('base64url')}`,
      `cursor=${Buffer.from('[]').toString('base64url')}`,
    ]) {
      const answer = await api.ask('GET', `/v1/projects?limit=2&${query}`);
      expect(answer.body).toMatchObject({
        status: 400,
        code: 'invalid_query',
        errors: [{ pointer: '?cursor' }],
      });
    }
    expect((await api.ask('GET', `/v1/projects?limit=3&sort=name&cursor=${cursor}`)).status).toBe(200);
  });

  it.each([
    ['limit=0', '?limit', 'must be an integer from 1 to 1000'],
    ['limit=1001', '?limit', 'must be an integer from 1 to 1000'],
    ['limit=ten', '?limit', 'must be an integer from 1 to 1000'],
    ['limit=5&limit=6', '?limit', 'must be an integer from 1 to 1000'],
    ['sort=size', '?sort', 'must be one of created_at, -created_at, name, -name'],
    ['name=', '?name', 'must be text of 1 to 64 characters'],
  ])('refuse %s and say what is right', async (query, pointer, detail) => {
    const answer = await api.ask('GET', `/v1/projects?${query}`);
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_query', errors: [{ pointer, detail }] });
  });
});
