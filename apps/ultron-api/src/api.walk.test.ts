import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiRoutes } from './api.routes.js';
import { DOMAINS } from './domain.names.js';
import { readShape } from './http/field/shape.reader.js';
import { fieldsOf } from './http/field/field.registry.js';
import { openApiDocument } from './openapi/document.js';
import type { ApiRoute } from './openapi/route.list.js';
import { type Answer, TestApi } from './testing/api.fixture.js';

const routes = apiRoutes(DOMAINS);
const guarded = routes.filter(({ operation }) => operation.access !== 'public');
const named = (list: readonly ApiRoute[]): [string, ApiRoute][] =>
  list.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route]);

const ID = '01980a3e-5f7c-7d2a-9b1e-3c5d7e9f1a2b';
const addressOf = ({ path }: ApiRoute): string =>
  path.replaceAll('{trace_id}', '4bf92f3577b34da6a3ce929d0e0e4736').replaceAll(/\{\w+\}/g, ID);

function expectProblem(answer: Answer, ...statuses: number[]): void {
  expect(statuses).toContain(answer.status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: expect.stringMatching(/^\/docs\/problems#\w+$/),
    title: expect.any(String),
    status: answer.status,
    detail: expect.any(String),
    code: expect.any(String),
    category: expect.any(String),
    retryable: expect.any(Boolean),
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
}

describe('every route of the running application', () => {
  let api: TestApi;
  let reader: string;
  let member: string;

  beforeAll(async () => {
    api = await TestApi.start();
    const made = await api.tokenOf('reader');
    reader = made.token;
    member = (await api.tokenOf('member', made.projectId)).token;
  }, 60_000);
  afterAll(() => api.close());

  it('is in the list that the contract is made from', () => {
    const printed = api.app
      .getHttpAdapter()
      .getInstance()
      .printRoutes({ commonPrefix: false, includeHooks: false });
    expect(routes.length).toBeGreaterThan(20);
    for (const { path } of routes) {
      const last = path.split('/').at(-1) ?? '';
      expect(printed).toContain(last.replace(/^\{(\w+)\}$/, ':$1'));
    }
  });

  it.each(named(guarded))('%s wants a token', async (_, route) => {
    const without = await api.ask(route.method.toUpperCase(), addressOf(route), { token: '' });
    expectProblem(without, 401);
    expect(without.headers['www-authenticate']).toMatch(/^Bearer/);
    expectProblem(
      await api.ask(route.method.toUpperCase(), addressOf(route), { token: 'ultron_wrong' }),
      401,
    );
  });

  it.each(named(guarded.filter(({ operation }) => operation.access === 'admin')))(
    '%s is for admins alone',
    async (_, route) => {
      expectProblem(await api.ask(route.method.toUpperCase(), addressOf(route), { token: member }), 403);
    },
  );

  it.each(named(guarded.filter(({ method }) => method !== 'get')))(
    '%s is not for readers',
    async (_, route) => {
      expectProblem(
        await api.ask(route.method.toUpperCase(), addressOf(route), { token: reader, body: {} }),
        403,
      );
    },
  );

  it.each(named(guarded))('%s refuses an unknown parameter by name', async (_, route) => {
    const answer = await api.ask(route.method.toUpperCase(), `${addressOf(route)}?no_such_parameter=1`);
    // A body is checked first in some handlers, an id in none.
    expectProblem(answer, 400);
    expect(JSON.stringify(answer.body['errors'])).toContain('?no_such_parameter');
  });

  it.each(named(guarded.filter(({ method }) => method !== 'get')))(
    '%s refuses an unknown field by name',
    async (_, route) => {
      const body = { no_such_field: 1 };
      const answer = await api.ask(route.method.toUpperCase(), addressOf(route), { body });
      expectProblem(answer, 422);
      expect(JSON.stringify(answer.body['errors'])).toContain('/no_such_field');
    },
  );

  it.each(named(guarded.filter(({ operation }) => operation.body)))(
    '%s answers bad bodies with problems',
    async (_, route) => {
      const method = route.method.toUpperCase();
      expectProblem(await api.ask(method, addressOf(route), { body: '{"a":' }), 400);
      expectProblem(await api.ask(method, addressOf(route), { body: '[]' }), 422);
      const headers = { 'content-type': 'text/plain' };
      expectProblem(await api.ask(method, addressOf(route), { body: 'x', headers }), 415);
      expectProblem(await api.ask(method, addressOf(route), { body: `"${'x'.repeat(1_100_000)}"` }), 413);
    },
  );

  it.each(named(guarded.filter(({ path }) => path.includes('{id}'))))(
    '%s does not find what is no id',
    async (_, route) => {
      const body = route.operation.body ? exampleBody(route) : undefined;
      const path = route.path.replaceAll(/\{\w+\}/g, 'nonsense') + neededQuery(route);
      expectProblem(await api.ask(route.method.toUpperCase(), path, body === undefined ? {} : { body }), 404);
    },
  );

  it.each(named(guarded.filter(({ method }) => method === 'post')))(
    '%s checks its idempotency key',
    async (_, route) => {
      const headers = { 'idempotency-key': 'a b'.repeat(100) };
      const body = route.operation.body ? exampleBody(route) : undefined;
      expectProblem(
        await api.ask('POST', addressOf(route), { headers, ...(body === undefined ? {} : { body }) }),
        400,
      );
    },
  );
});

/** The parameters without which a request is refused before its path is looked at. */
function neededQuery({ operation: { query } }: ApiRoute): string {
  const examples = new URLSearchParams();
  for (const [name, { optional, example }] of query ? fieldsOf(query) : [])
    if (!optional) examples.set(name, String(example));
  return examples.size > 0 ? `?${examples.toString()}` : '';
}

function exampleBody({ path, method }: ApiRoute): unknown {
  const operation = openApiDocument(routes).paths[path]?.[method] as {
    requestBody: { content: Record<string, { example: unknown }> };
  };
  return operation.requestBody.content['application/json']?.example;
}

describe('the contract', () => {
  const document = openApiDocument(routes);
  const operations = routes.map(
    (route) =>
      [route.operation.id, document.paths[route.path]?.[route.method] as Record<string, unknown>] as const,
  );

  it('names each operation once', () => {
    const ids = routes.map(({ operation }) => operation.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it.each(operations)('%s says what it answers, with an example', (_, operation) => {
    expect(operation['summary']).toBeTruthy();
    const responses = Object.entries(
      operation['responses'] as Record<string, { content?: Record<string, object> }>,
    );
    const good = responses.filter(([status]) => status.startsWith('2'));
    expect(good.length).toBeGreaterThan(0);
    for (const [, { content = {} }] of good) {
      for (const [mediaType, media] of Object.entries(content)) {
        expect(media).toHaveProperty('schema');
        if (mediaType === 'application/json' && '$ref' in (media as { schema: object }).schema) {
          expect(media).toHaveProperty('example');
        }
      }
    }
  });

  it.each(named(routes.filter(({ method }) => method === 'post')))('%s documents idempotency', (_, route) => {
    const operation = document.paths[route.path]?.post as { parameters: { name: string }[] };
    expect(operation.parameters.map(({ name }) => name)).toContain('Idempotency-Key');
  });

  it.each(named(routes.filter(({ operation }) => operation.body)))(
    '%s has an example that it takes',
    (_, route) => {
      const { body } = route.operation;
      expect(body && readShape(body, exampleBody(route), 'json').faults).toEqual([]);
    },
  );

  it('describes every field', () => {
    for (const { operation } of routes) {
      for (const shape of [
        operation.body,
        operation.query,
        ...Object.values(operation.replies).map((r) => r.shape),
      ]) {
        for (const field of shape ? fieldsOf(shape).values() : []) expect(field.description).toMatch(/\w/);
      }
    }
  });
});
