import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TcpGate } from '@ultron/dev/tcp-gate';
import { testDatabase, testRedis } from '@ultron/dev/test-datastores';
import { migrate } from '@ultron/platform/database/migrate';
import { entities } from '@ultron/schema/entities';
import { migrations } from '@ultron/schema/migrations';
import { TestApi } from './testing/api.fixture.js';

import { makeTasks } from './testing/tasks.fixture.js';

const until = async (what: () => Promise<boolean>, ms = 15_000): Promise<void> => {
  const deadline = Date.now() + ms;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

describe('without its database or Redis, the process', () => {
  let api: TestApi;
  let database: TcpGate;
  let redis: TcpGate;

  beforeAll(async () => {
    const [mine, bell] = [await testDatabase(), await testRedis()];
    await migrate({ url: mine.url, entities, migrations });
    [database, redis] = [await TcpGate.to(mine.url), await TcpGate.to(bell.url)];
    api = await TestApi.start({ databaseUrl: database.url, redisUrl: redis.url });
    await until(async () => (await api.ask('GET', '/readyz')).body['status'] === 'ok');
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await Promise.all([database.shut(), redis.shut()]);
  });

  it('answers 503 at once and goes on when the database is back', async () => {
    await database.shut();
    const began = performance.now();
    const answers = await Promise.all([
      api.ask('GET', '/v1/projects'),
      api.ask('POST', '/v1/projects', { body: { name: 'away' } }),
      api.ask('GET', '/v1/tokens', { token: 'ultron_never_seen' }),
      api.ask('GET', '/readyz', { token: '' }),
    ]);
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const { body, headers, status } of answers) {
      expect(status).toBe(503);
      expect(body).toMatchObject({ category: 'unavailable', retryable: true });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await api.ask('GET', '/healthz', { token: '' })).body).toEqual({ status: 'ok' });
    await database.open();
    await until(async () => (await api.ask('GET', '/v1/projects')).status === 200);
    expect((await api.ask('POST', '/v1/projects', { body: { name: 'back' } })).status).toBe(201);
  }, 30_000);

  it('is ready but slower without Redis, and takes work', async () => {
    await redis.shut();
    await until(async () => (await api.ask('GET', '/readyz')).body['status'] === 'degraded');
    expect((await api.ask('GET', '/readyz')).body).toMatchObject({
      parts: { database: { status: 'ok' }, redis: { status: 'down', note: expect.any(String) } },
    });
    const [id = ''] = await makeTasks(api, {});
    expect((await api.ask('POST', `/v1/tasks/${id}/cancel`)).status).toBe(202);
    await redis.open();
    await until(async () => (await api.ask('GET', '/readyz')).body['status'] === 'ok');
  }, 40_000);
});

describe('a real process', () => {
  it('migrates, serves, and ends at SIGTERM with every wait answered at once', async () => {
    const [database, redis] = [await testDatabase(), await testRedis()];
    const env = {
      ULTRON_DATABASE_URL: database.url,
      ULTRON_REDIS_URL: redis.url,
      ULTRON_REDIS_PREFIX: redis.prefix,
      ULTRON_API_PORT: '0',
      ULTRON_ADMIN_TOKEN: 'an-admin-token-for-this-test-only-0001',
      ULTRON_CREDENTIAL_KEY: Buffer.alloc(32, 7).toString('base64'),
    };
    const main = new URL('./main.js', import.meta.url).pathname;
    const migration = spawn(process.execPath, [main, 'migrate'], { env, stdio: 'ignore' });
    expect(await once(migration, 'exit')).toEqual([0, null]);
    const server = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const url = await addressOf(server.stdout);
      const headers = { authorization: `Bearer ${env.ULTRON_ADMIN_TOKEN}` };
      expect((await fetch(`${url}/v1/projects`, { headers })).status).toBe(200);
      const [id = ''] = await taskIn(url, headers, database.url);
      const waiting = fetch(`${url}/v1/tasks/${id}?wait=60s`, { headers });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const began = performance.now();
      server.kill('SIGTERM');
      expect((await waiting).status).toBe(200);
      expect(await once(server, 'exit')).toEqual([0, null]);
      expect(performance.now() - began).toBeLessThan(20_000);
    } finally {
      server.kill('SIGKILL');
      await redis.close();
      await database.drop();
    }
  }, 60_000);

  it('says everything that is wrong with its configuration and ends', async () => {
    const main = new URL('./main.js', import.meta.url).pathname;
    const env = { ULTRON_API_PORT: 'http', ULTRON_DOMAINS: 'compute,storage' };
    const broken = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const said: string[] = [];
    broken.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    expect(await once(broken, 'close')).toEqual([1, null]);
    for (const name of ['ULTRON_DATABASE_URL', 'ULTRON_REDIS_URL', 'ULTRON_API_PORT', 'ULTRON_DOMAINS']) {
      expect(said.join('')).toContain(name);
    }
  }, 30_000);
});

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url) {
      output.resume();
      return url;
    }
  }
  throw new Error('the process ended before it listened');
}

/** A task in the database of the running process, which no conductor will take. */
async function taskIn(url: string, headers: Record<string, string>, databaseUrl: string): Promise<string[]> {
  expect((await fetch(`${url}/readyz`, { headers })).status).toBe(200);
  const other = await TestApi.start({ databaseUrl });
  try {
    return await makeTasks(other, {});
  } finally {
    await other.close();
  }
}
