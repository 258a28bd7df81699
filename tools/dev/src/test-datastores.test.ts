import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { testDatabase, testRedis } from './test-datastores.js';

describe('test datastores', () => {
  it('gives every caller an empty database of its own, in UTC and utf8mb4', async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    expect(one.url).not.toBe(two.url);
    const connection = await createConnection(one.url);
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT @@time_zone AS zone, @@character_set_database AS charset, COUNT(*) AS tables_found ' +
        'FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    await connection.end();
    expect(rows).toEqual([{ zone: '+00:00', charset: 'utf8mb4', tables_found: 0 }]);
    await Promise.all([one.drop(), two.drop()]);
    await expect(createConnection(one.url)).rejects.toThrow(/unknown database/i);
  }, 300_000);

  it('gives a Redis that never evicts, and takes away what was written under the prefix', async () => {
    const mine = await testRedis();
    const redis = new Redis(mine.url);
    await redis.set(`${mine.prefix}:key`, 'value');
    await redis.set('other', 'stays');
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    await mine.close();
    expect(await redis.exists(`${mine.prefix}:key`)).toBe(0);
    expect(await redis.del('other')).toBe(1);
    redis.disconnect();
  }, 300_000);
});
