import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@ultron/platform/database/database.service';
import { openLog } from '@ultron/platform/logging/logger';
import { TraceWriter } from '@ultron/platform/trace/trace-writer';
import { TestApi } from './testing/api.fixture.js';
import { makeTasks } from './testing/tasks.fixture.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('the edge', () => {
  const lines: Record<string, unknown>[] = [];
  let api: TestApi;

  beforeAll(async () => {
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        for (const line of chunk.toString().trim().split('\n'))
          lines.push(JSON.parse(line) as Record<string, unknown>);
        done();
      },
    });
    api = await TestApi.start({}, openLog({ service: 'ultron-api', level: 'info', destination }));
  }, 60_000);
  afterAll(() => api.close());

  it('continues a trace and names the request as the caller does', async () => {
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, 'x-request-id': 'order-4711' };
    const answer = await api.ask('GET', '/v1/projects', { headers });
    expect(answer.headers['x-request-id']).toBe('order-4711');
    expect(answer.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(answer.headers['traceparent']).not.toContain(SPAN);
    const line = lines.find(({ request_id }) => request_id === 'order-4711');
    expect(line).toMatchObject({
      trace_id: TRACE,
      method: 'GET',
      route: '/v1/projects',
      status: 200,
      msg: 'request',
    });
  });

  it.each([
    ['nonsense', 'two words'],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, ''],
    [`ff-${TRACE}-${SPAN}-01`, 'x'.repeat(129)],
    [`00-${TRACE}-${SPAN}-01-more`, 'line\tbreak'],
  ])('begins a trace of its own instead of %s', async (traceparent, requestId) => {
    const { headers } = await api.ask('GET', '/v1/projects', {
      headers: { traceparent, 'x-request-id': requestId },
    });
    const traceId = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(headers['traceparent'] ?? '')?.[1];
    expect(traceId).toBeDefined();
    expect(traceId).not.toBe(TRACE);
    expect(headers['x-request-id']).toBe(traceId);
  });

  it('keeps changes, and reads that came with a trace, for the trace', async () => {
    const changed = await api.ask('POST', '/v1/projects', { body: { name: 'traced' } });
    const traceId = (changed.headers['traceparent'] ?? '').slice(3, 35);
    const seen = 'a'.repeat(31) + '1';
    await api.ask('GET', '/v1/projects?limit=1', { headers: { traceparent: `00-${seen}-${SPAN}-01` } });
    const unseen = await api.ask('GET', '/v1/projects');
    const [taskId] = await makeTasks(api, { traceId });
    await api.app.get(TraceWriter).flush();
    const trace = await api.ask('GET', `/v1/traces/${traceId}`);
    expect(trace.body).toMatchObject({
      trace_id: traceId,
      requests: [{ method: 'POST', path: '/v1/projects', status: 201, project_id: null }],
      tasks: [{ id: taskId, steps: [] }],
      openstack_calls: [],
    });
    const read = await api.ask('GET', `/v1/traces/${seen}`);
    expect(read.body).toMatchObject({ requests: [{ method: 'GET', path: '/v1/projects', status: 200 }] });
    const unknown = (unseen.headers['traceparent'] ?? '').slice(3, 35);
    expect((await api.ask('GET', `/v1/traces/${unknown}`)).body).toMatchObject({
      status: 404,
      code: 'trace_not_found',
    });
  });

  it('shows members only their own part of a trace', async () => {
    const [member, stranger] = [await api.tokenOf('member'), await api.tokenOf('member')];
    const traceId = 'b'.repeat(31) + '2';
    await makeTasks(api, { traceId, projectId: member.projectId });
    expect((await api.ask('GET', `/v1/traces/${traceId}`, { token: member.token })).status).toBe(200);
    expect((await api.ask('GET', `/v1/traces/${traceId}`, { token: stranger.token })).status).toBe(404);
    expect((await api.ask('GET', '/v1/traces/nonsense')).status).toBe(404);
  });

  it('tells a wrong method from a wrong address', async () => {
    const method = await api.ask('DELETE', '/v1/projects');
    expect(method.body).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(method.headers['allow']).toBe('GET, HEAD, POST');
    expect((await api.ask('GET', '/v1/nothing')).body).toMatchObject({
      status: 404,
      code: 'route_not_found',
    });
    expect((await api.ask('GET', '/%zz')).body).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  it('refuses bodies that would change a prototype, and takes empty ones', async () => {
    for (const name of ['__proto__', String.raw`\u005f_proto__`, String.raw`__proto\u005F\u005f`]) {
      const poisoned = await api.ask('POST', '/v1/projects', {
        body: `{"name":"x","${name}":{"role":"admin"}}`,
      });
      expect(poisoned.body).toMatchObject({ status: 400, code: 'malformed_json' });
    }
    const escaped = await api.ask('POST', '/v1/projects', { body: String.raw`{"name":"\u0078\u0079"}` });
    expect(escaped.body).toMatchObject({ name: 'xy' });
    const empty = await api.ask('POST', '/v1/projects', { body: '' });
    expect(empty.body).toMatchObject({ status: 422, errors: [{ pointer: '/name' }] });
  });

  it('names everything wrong at once, with pointers', async () => {
    const { body } = await api.ask('POST', '/v1/tokens', {
      body: { role: 'king', 'a/b': 1, expires_at: 'soon' },
    });
    expect(body['errors']).toEqual([
      { pointer: '/a~1b', detail: 'is an unknown field; known here: name, role, project_id, expires_at' },
      { pointer: '/name', detail: 'is required: it must be text of 1 to 64 characters' },
      { pointer: '/role', detail: 'must be one of admin, member, reader' },
      { pointer: '/expires_at', detail: 'must be a time such as 2026-01-31T12:00:00Z (RFC 3339)' },
    ]);
  });

  it('tells nothing of its own bugs but logs them with their stack', async () => {
    const database = api.app.get(Database, { strict: false });
    await database.read.query('RENAME TABLE project TO project_away');
    const answer = await api.ask('GET', '/v1/projects');
    await database.read.query('RENAME TABLE project_away TO project');
    expect(answer.body).toMatchObject({
      status: 500,
      code: 'internal_error',
      category: 'bug',
      retryable: false,
    });
    expect(answer.text).not.toMatch(/project_away|SELECT|\.js/);
    const line = lines.find(({ msg }) => msg === 'a request met a bug');
    expect(line).toMatchObject({ level: 'error', trace_id: answer.body['trace_id'] });
    expect(JSON.stringify(line)).toContain('project.repository');
  });

  it('counts requests by route', async () => {
    await api.ask('GET', '/v1/projects/01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b');
    const { text, headers } = await api.ask('GET', '/metrics', { token: '' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /ultron_http_request_duration_seconds_count\{method="GET",route="\/v1\/projects\/:id",status="404"\} \d/,
    );
    expect(text).not.toContain('3c5d7e9f1a2b');
  });

  it('logs no token', () => {
    expect(JSON.stringify(lines)).not.toContain(api.adminToken);
  });
});

describe('the pages', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start({ domains: ['network'] });
  }, 60_000);
  afterAll(() => api.close());

  it('need nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/problems']) {
      const { status, text, headers } = await api.ask('GET', path, { token: '' });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
      expect(text).toMatch(/^<!doctype html>/);
      expect(text).not.toMatch(/(src|href)="(https?:)?\/\/|<script|@import|url\(/);
    }
  });

  it('have an anchor for every link within them', async () => {
    const pages = await Promise.all(
      ['/docs', '/docs/problems'].map((path) => api.ask('GET', path, { token: '' })),
    );
    const [docs = '', problems = ''] = pages.map(({ text }) => text);
    const anchors = (text: string) => new Set([...text.matchAll(/ id="([\w-]+)"/g)].map(([, id]) => id));
    for (const [, id] of docs.matchAll(/href="#([\w-]+)"/g)) expect(anchors(docs)).toContain(id);
    for (const [, id] of docs.matchAll(/href="\/docs\/problems#([\w-]+)"/g))
      expect(anchors(problems)).toContain(id);
    expect(anchors(problems).size).toBeGreaterThan(40);
  });

  it('show what the process serves and nothing else', async () => {
    expect((await api.ask('GET', '/v1/clusters')).body).toMatchObject({
      status: 404,
      code: 'route_not_found',
    });
    const { body } = await api.ask('GET', '/openapi.json', { token: '' });
    expect(body['openapi']).toBe('3.1.0');
    expect(Object.keys(body['paths'] as object)).toEqual(expect.arrayContaining(['/v1/tasks', '/v1/tokens']));
    expect(Object.keys(body['paths'] as object)).not.toContain('/v1/clusters');
    expect((await api.ask('GET', '/', { token: '' })).body).toMatchObject({ docs: '/docs' });
  });
});
