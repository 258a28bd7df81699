import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { testDatabase } from '../test-datastores.js';
import { chooseDatabase, chooseRedis } from './choose.js';
import { databasePlan } from './database.plan.js';
import { socketPath } from './database-options.js';

const folder = mkdtempSync(join(tmpdir(), 'ultron-choose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = { folder, port: 1, fast: false };
const base = { sources: ['url', 'local', 'docker', 'debian'] as const, cacheDir: folder };

describe('the choice of servers', () => {
  it('takes what a URL names before anything else, and starts nothing', async () => {
    const database = await chooseDatabase({ ...base, url: 'mysql://somewhere/ultron' }, place);
    expect(database).toMatchObject({ url: 'mysql://somewhere/ultron', launch: null });
    expect(await chooseRedis({ ...base, url: 'redis://somewhere' }, place)).toMatchObject({ launch: null });
  });

  it('makes the database that a URL names, if the server has no such one', async () => {
    const mine = await testDatabase();
    const url = `${mine.url}_later`;
    const plan = await chooseDatabase({ ...base, url }, place);
    expect(await plan.answers()).toBe(false);
    await plan.prepare();
    expect(await plan.answers()).toBe(true);
    const connection = await createConnection(url);
    await connection.query(`DROP DATABASE ${connection.escapeId(new URL(url).pathname.slice(1))}`);
    await connection.end();
    await mine.drop();
  }, 300_000);

  it('says what can be installed when nothing is found', async () => {
    await expect(chooseDatabase({ ...base, sources: ['url'], url: undefined }, place)).rejects.toThrow(
      /ULTRON_DATABASE_URL[^]*mariadb-server[^]*Docker/,
    );
    await expect(chooseRedis({ ...base, sources: ['url'], url: undefined }, place)).rejects.toThrow(
      /ULTRON_REDIS_URL[^]*redis-server/,
    );
  });

  it('keeps a server of ours on loopback, in UTC, with a password that is not on its command line', () => {
    const program = { kind: 'mariadb', origin: 'x', command: 'mariadbd', args: [], baseDir: '/usr' } as const;
    const plan = databasePlan(program, place);
    const password = new URL(plan.url).password;
    expect(plan.launch?.args).toEqual(
      expect.arrayContaining(['--bind-address=127.0.0.1', '--default-time-zone=+00:00', '--no-defaults']),
    );
    expect(password).toMatch(/^[0-9a-f]{36}$/);
    expect(plan.launch?.args.join(' ')).not.toContain(password);
    expect(databasePlan(program, place).url).toBe(plan.url);
  });

  it('keeps the path of a socket within what the kernel takes, however deep the data lies', () => {
    expect(socketPath('/data')).toBe('/data/sock');
    expect(socketPath(`/${'deep/'.repeat(40)}`).length).toBeLessThan(107);
  });
});
