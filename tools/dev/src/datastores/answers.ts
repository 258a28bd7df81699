import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';

const PATIENCE_MS = 3000;

export async function databaseAnswers(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: PATIENCE_MS });
    await connection.query('SELECT 1');
    await connection.end();
    return true;
  } catch {
    return false;
  }
}

/** Makes the database that a URL names where the server does not have it yet; what is wrong otherwise shows later. */
export async function ensureDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/';
  const connection = await createConnection({ uri: server.href, connectTimeout: PATIENCE_MS }).catch(
    () => null,
  );
  if (!connection) return;
  await connection
    .query(`CREATE DATABASE IF NOT EXISTS ${connection.escapeId(name)} CHARACTER SET utf8mb4`)
    .catch(() => undefined);
  await connection.end();
}

export async function redisAnswers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: PATIENCE_MS });
  redis.on('error', () => undefined); // the rejected call below says it
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
