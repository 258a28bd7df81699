import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { readDevConfig } from './dev.config.js';
import { useKeptInstance } from './test/kept-instance.js';

export interface TestDatabase {
  /** `mysql://user:password@127.0.0.1:port/name` of a new, empty database. */
  url: string;
  drop(): Promise<void>;
}

export interface TestRedis {
  /** `redis://:password@127.0.0.1:port/db`. */
  url: string;
  /** A string that no other test uses: put it before every key and queue name, since databases are few. */
  prefix: string;
  /** Deletes every key that begins with the prefix. */
  close(): Promise<void>;
}

/**
 * A new, empty database on the server of this test run. `npm test` starts one server for the run and says where in
 * ULTRON_TEST_DATABASE_URL; when a test is run by hand, one server per user is started and reused, and ends by itself
 * ten minutes after its last use.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testDatabaseServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name}`) };
}

/** The Redis of this test run, with a prefix of the caller's own. */
export async function testRedis(): Promise<TestRedis> {
  const url = readDevConfig().testRedisUrl ?? (await keptInstance()).redisUrl;
  const prefix = `test-${randomBytes(8).toString('hex')}`;
  return { url, prefix, close: () => deleteKeys(url, prefix) };
}

async function testDatabaseServer(): Promise<string> {
  return readDevConfig().testDatabaseUrl ?? (await keptInstance()).databaseUrl;
}

function keptInstance() {
  return useKeptInstance(join(readDevConfig().cacheDir, 'test-datastores'));
}

async function onServer(url: string, statement: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 }) as AsyncIterable<
      string[]
    >) {
      if (keys.length > 0) await redis.del(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
