import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { testDatabase, testRedis, type TestDatabase, type TestRedis } from '@ultron/dev/test-datastores';
import { newId } from '@ultron/kernel/id';
import { Idempotency, type Reply } from '../idempotency/idempotency.service.js';
import { IdempotencyRepository } from '../idempotency/idempotency.repository.js';
import { requestHash } from '../idempotency/request-hash.js';
import { LockService } from '../lock/lock.service.js';
import { silentLog } from '../logging/logger.js';
import { platformEntities } from '../platform.entities.js';
import { platformMigrations } from '../platform.migrations.js';
import { Retention, type ShortLived } from '../retention/retention.js';
import { TraceRepository } from '../trace/trace.repository.js';
import { TraceWriter } from '../trace/trace-writer.js';
import type { Database } from './database.service.js';
import { migrate } from './migrate.js';
import { openDatabase } from './open-database.js';
import { change, select } from './statement.js';

jest.setTimeout(60_000);

let data: TestDatabase;
let redis: TestRedis;
let database: Database;
const schema = () => ({ url: data.url, entities: platformEntities, migrations: platformMigrations });

beforeAll(async () => {
  [data, redis] = await Promise.all([testDatabase(), testRedis()]);
  await migrate(schema());
  database = await openDatabase({ ...schema(), poolSize: 12 });
  await database.read.query('CREATE TABLE thing (id INT PRIMARY KEY, n INT NOT NULL)');
});
afterAll(async () => {
  await database.close();
  await Promise.all([data.drop(), redis.close()]);
});

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const valueOf = async (id: number) =>
  (await select<{ n: number }>(database.read, 'SELECT n FROM thing WHERE id = ?', [id]))[0]?.n;

describe('migrations', () => {
  it('of processes that start at once run once', async () => {
    const fresh = await testDatabase();
    const options = { ...schema(), url: fresh.url };
    const ran = await Promise.all([1, 2, 3].map(() => migrate(options)));
    expect(ran.map((names) => names.length).sort()).toEqual([0, 0, platformMigrations.length]);
    expect(await migrate(options)).toEqual([]);
    await fresh.drop();
  });
});

describe('the database', () => {
  it('is read committed on every connection', async () => {
    await change(database.read, 'INSERT INTO thing VALUES (1, 0)');
    const seen = await Promise.all(
      Array.from({ length: 10 }, () =>
        database.transaction(async (tx) => {
          await select(tx, 'SELECT n FROM thing WHERE id = 1');
          await change(database.read, 'UPDATE thing SET n = n + 1 WHERE id = 1');
          const [row] = await select<{ n: number }>(tx, 'SELECT n FROM thing WHERE id = 1');
          return row?.n ?? 0;
        }),
      ),
    );
    expect(Math.min(...seen)).toBeGreaterThan(0);
  });

  it('begins a transaction again that lost a deadlock', async () => {
    await change(database.read, 'INSERT INTO thing VALUES (10, 0), (11, 0)');
    let runs = 0;
    const cross = (first: number, second: number) =>
      database.transaction(async (tx) => {
        runs++;
        await change(tx, 'UPDATE thing SET n = n + 1 WHERE id = ?', [first]);
        await sleep(50);
        await change(tx, 'UPDATE thing SET n = n + 1 WHERE id = ?', [second]);
      });
    await Promise.all([cross(10, 11), cross(11, 10)]);
    expect(runs).toBeGreaterThan(2);
    expect([await valueOf(10), await valueOf(11)]).toEqual([2, 2]);
  });

  it('rolls back what a failed transaction wrote', async () => {
    await change(database.read, 'INSERT INTO thing VALUES (20, 0)');
    const failing = database.transaction(async (tx) => {
      await change(tx, 'UPDATE thing SET n = 5 WHERE id = 20');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await valueOf(20)).toBe(0);
  });

  it('says that it is away when the connection breaks', async () => {
    const broken = database.transaction(async (tx) => {
      const [row] = await select<{ id: number }>(tx, 'SELECT CONNECTION_ID() AS id');
      await database.read.query(`KILL ${Number(row?.id)}`);
      await select(tx, 'SELECT 1');
    });
    await expect(broken).rejects.toMatchObject({ code: 'database_unavailable', category: 'unavailable' });
    expect(await database.transaction((tx) => select(tx, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('says so too when nobody listens', async () => {
    const nowhere = openDatabase({ url: 'mysql://u:p@127.0.0.1:1/x', entities: [] });
    await expect(nowhere).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('keeps times in UTC and to the microsecond, whatever the zone of the process', async () => {
    const at = new Date('2026-03-29T01:30:00.123Z');
    const [row] = await select<{ at: Date; text: string }>(
      database.read,
      'SELECT CAST(? AS DATETIME(6)) AS at, DATE_FORMAT(?, "%Y-%m-%d %H:%i:%s") AS text',
      [at, at],
    );
    expect(row?.at.toISOString()).toBe(at.toISOString());
    expect(row?.text).toBe('2026-03-29 01:30:00');
  });
});

describe('an idempotency key', () => {
  const idempotency = () => new Idempotency(database, new IdempotencyRepository());
  const claimOf = (key: string, body: unknown, scope = newId()) => ({
    scope,
    key,
    requestHash: requestHash('POST', '/v1/things', body),
  });
  const answer = (n: number): Reply => ({
    statusCode: 202,
    body: { n },
    headers: { location: `/v1/things/${n}` },
  });

  it('does the work once and answers the same again', async () => {
    const claim = claimOf('k', { a: 1, b: [2] });
    const first = await idempotency().run(claim, async () => answer(1));
    const again = await idempotency().run(
      { ...claim, requestHash: requestHash('POST', '/v1/things', { b: [2], a: 1 }) },
      async () => answer(2),
    );
    expect(again).toEqual(first);
  });

  it('does the work once for calls at the same time', async () => {
    const claim = claimOf('k', {});
    let runs = 0;
    const replies = await Promise.all(
      Array.from({ length: 8 }, () =>
        idempotency().run(claim, async () => {
          runs++;
          await sleep(50);
          return answer(runs);
        }),
      ),
    );
    expect(runs).toBe(1);
    expect(new Set(replies.map((reply) => JSON.stringify(reply.body))).size).toBe(1);
  });

  it('is refused for another request, and free in another project', async () => {
    const claim = claimOf('k', { a: 1 });
    await idempotency().run(claim, async () => answer(1));
    const other = { ...claim, requestHash: requestHash('POST', '/v1/things', { a: 2 }) };
    await expect(idempotency().run(other, async () => answer(2))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      category: 'invalid',
    });
    expect(await idempotency().run({ ...other, scope: newId() }, async () => answer(2))).toEqual(answer(2));
  });

  it('is free again when the work failed', async () => {
    const claim = claimOf('k', {});
    const failing = idempotency().run(claim, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await idempotency().run(claim, async () => answer(1))).toEqual(answer(1));
  });

  it('is told apart within a batch too', async () => {
    const scope = newId();
    const old = claimOf('old', {}, scope);
    await idempotency().run(old, async () => answer(1));
    const outcomes = await database.transaction((tx) =>
      idempotency().claimMany(tx, [
        claimOf('new', {}, scope),
        old,
        claimOf('new', {}, scope),
        claimOf('new', { other: 1 }, scope),
      ]),
    );
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['first', 'replay', 'twin', 'mismatch']);
  });

  it('is forgotten after a day, whatever else cannot be deleted', async () => {
    const claim = claimOf('k', {});
    await idempotency().run(claim, async () => answer(1));
    await change(
      database.read,
      'UPDATE idempotency_key SET created_at = created_at - INTERVAL 25 HOUR WHERE scope = ?',
      [claim.scope],
    );
    const keys = new IdempotencyRepository();
    const broken = { what: 'broken', purge: () => Promise.reject(new Error('away')) };
    const forgotten: ShortLived = { what: 'keys', purge: (tx, limit) => keys.purge(tx, 24, limit) };
    const kinds = [broken, forgotten];
    expect(await new Retention(database, kinds, silentLog()).sweep()).toBe(1);
    expect(await idempotency().run(claim, async () => answer(2))).toEqual(answer(2));
  });
});

describe('a trace', () => {
  it('shows the requests and the calls that were written', async () => {
    const traces = new TraceRepository();
    const writer = new TraceWriter(database, traces, silentLog());
    const traceId = 'a'.repeat(32);
    const taskId = newId();
    const at = new Date();
    const common = { traceId, method: 'GET', status: 200, durationMs: 12.4, at };
    writer.request({ ...common, path: '/v1/servers', projectId: null });
    for (let n = 0; n < 700; n++) {
      writer.call({
        ...common,
        taskId,
        step: 'boot',
        clusterId: null,
        service: 'compute',
        path: `/servers/${n}`,
        bytes: 10,
        requestId: `req-${n}`,
      });
    }
    await writer.flush();
    const found = await traces.find(database.read, traceId);
    expect(found.requests).toMatchObject([{ path: '/v1/servers', durationMs: 12, projectId: null }]);
    expect(found.calls).toHaveLength(700);
    expect(await traces.requestIdsOf(database.read, taskId, 2)).toEqual([
      { service: 'compute', request_id: 'req-698' },
      { service: 'compute', request_id: 'req-699' },
    ]);
  });
});

describe('a lock', () => {
  const open = (url = redis.url) =>
    new LockService({ redisUrl: url, redisPrefix: redis.prefix, log: silentLog() });

  it('keeps out a second one while the first is at work', async () => {
    const locks = open();
    await locks.using('ready?', 1_000, () => sleep(1));
    await sleep(200); // the connection is made in the background
    const first = locks.using('k', 1_000, async () => {
      await sleep(1_500); // longer than the lock lives without being prolonged
      return 'first';
    });
    await sleep(1_200);
    expect(await locks.using('k', 1_000, async () => 'second')).toEqual({ ran: false });
    expect(await first).toEqual({ ran: true, result: 'first' });
    expect(await locks.using('k', 1_000, async () => 'third')).toEqual({ ran: true, result: 'third' });
    locks.close();
  });

  it('does not stand in the way when Redis is away', async () => {
    const locks = open('redis://127.0.0.1:1');
    expect(await locks.using('k', 1_000, async () => 'done')).toEqual({ ran: true, result: 'done' });
    locks.close();
  });

  it('passes on what the work throws', async () => {
    const locks = open();
    await sleep(200);
    const failing = locks.using('k', 1_000, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    locks.close();
  });
});
