import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@ultron/dev/test-datastores';
import type { Database } from './database.service.js';
import { openDatabase } from './open-database.js';
import { change, select } from './statement.js';

const SILENCE_S = 1;
const LONGER_MS = 2_500;

let data: TestDatabase;
let ours: Database;
let others: Database;
beforeEach(async () => {
  data = await testDatabase();
  ours = await openDatabase({ url: data.url, entities: [], silenceS: SILENCE_S });
  others = await openDatabase({ url: data.url, entities: [] });
  await others.read.query('CREATE TABLE thing (id INT PRIMARY KEY, n INT NOT NULL)');
  await others.read.query('INSERT INTO thing VALUES (1, 0)');
}, 60_000);
afterEach(async () => {
  await Promise.all([ours.close(), others.close()]);
  await data.drop();
});

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Nothing of this process runs: no timer, no answer is read. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const sessionsOf = async (database: Database, count: number): Promise<number[]> => {
  const look = () => select<{ id: number }>(database.read, 'SELECT CONNECTION_ID() AS id, SLEEP(0.2)');
  const rows = await Promise.all(Array.from({ length: count }, look));
  return rows.flatMap((row) => row.map(({ id }) => Number(id))).sort((a, b) => a - b);
};
const numberOf = async () => (await select<{ n: number }>(others.read, 'SELECT n FROM thing'))[0]?.n;

describe('a transaction in which nothing is said for too long', () => {
  it('gives its locks back, writes nothing, and does its process no further harm', async () => {
    const silent = ours.transaction(async (tx) => {
      await change(tx, 'UPDATE thing SET n = 1');
      await others.transaction((other) => change(other, 'UPDATE thing SET n = n + 10'));
      await change(tx, 'UPDATE thing SET n = 2');
    });
    await expect(silent).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(await numberOf()).toBe(10);
    await ours.transaction((tx) => change(tx, 'UPDATE thing SET n = n + 100'));
    expect(await numberOf()).toBe(110);
  }, 30_000);

  it('is lost with its process standing still, which then goes on with other connections', async () => {
    const before = await sessionsOf(ours, 4);
    const held = ours.transaction(async (tx) => {
      await change(tx, 'UPDATE thing SET n = 1');
      standStill(LONGER_MS);
      await change(tx, 'UPDATE thing SET n = 2');
    });
    await expect(held).rejects.toMatchObject({ code: 'database_unavailable' });
    await sleep(100);
    expect(await numberOf()).toBe(0);
    expect(await sessionsOf(ours, 4)).not.toEqual(before);
    await ours.transaction((tx) => change(tx, 'UPDATE thing SET n = 3'));
    expect(await numberOf()).toBe(3);
  }, 30_000);

  it('may be at one statement for as long as that takes', async () => {
    await ours.transaction(async (tx) => {
      await change(tx, 'UPDATE thing SET n = 1');
      await select(tx, `SELECT SLEEP(${LONGER_MS / 1000})`);
      await change(tx, 'UPDATE thing SET n = n + 1');
    });
    expect(await numberOf()).toBe(2);
  }, 30_000);
});

it('connections that nobody uses stay', async () => {
  const before = await sessionsOf(ours, 5);
  expect(new Set(before).size).toBe(5);
  await sleep(LONGER_MS);
  expect(await sessionsOf(ours, 5)).toEqual(before);
}, 30_000);
