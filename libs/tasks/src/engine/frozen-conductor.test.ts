import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@ultron/platform/database/database.service';
import { openDatabase } from '@ultron/platform/database/open-database';
import { change, select } from '@ultron/platform/database/statement';
import { done, NOTHING, saga, type Saga } from '../saga/saga.js';
import { tasksEntities } from '../tasks.entities.js';
import { FAST, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';

interface Deps {
  name: string;
  /** Within the transaction that records the step. */
  written: () => Promise<void>;
}

const LEASE_S = 1;

/** Every task of the kind writes the same row, as those do that take addresses from one pool. */
const counting: Saga<Deps> = saga<Deps, object>('counting', 'test')
  .step('count', {
    do: async ({ deps }) =>
      done(deps.name, async (tx) => {
        await change(tx, 'UPDATE counter SET n = n + 1');
        await deps.written();
        await change(tx, 'INSERT INTO effect (worker) VALUES (?)', [deps.name]);
      }),
    undo: NOTHING,
  })
  .ends();

let world: EngineWorld;
/** The connections of a conductor that falls silent. */
let silent: Database;
beforeEach(async () => {
  let url = '';
  world = await openEngineWorld({
    database: async (straight) => {
      url = straight;
      return straight;
    },
  });
  silent = await openDatabase({ url, entities: tasksEntities, silenceS: LEASE_S });
  await world.database.read.query('CREATE TABLE counter (n INT NOT NULL)');
  await world.database.read.query('INSERT INTO counter VALUES (0)');
  await world.database.read.query('CREATE TABLE effect (worker VARCHAR(16))');
}, 60_000);
afterEach(async () => {
  await world.close();
  await silent.close();
});

const counter = async () => (await select<{ n: number }>(world.database.read, 'SELECT n FROM counter'))[0]?.n;
const effects = () => select<{ worker: string }>(world.database.read, 'SELECT worker FROM effect');

describe('a conductor that falls silent in the transaction that records a step', () => {
  it('keeps its task, and what others need, locked no longer than its lease', async () => {
    const reached = Promise.withResolvers<void>();
    const wake = Promise.withResolvers<void>();
    const first = world.engine(
      [counting],
      {
        name: 'first',
        written: () => {
          reached.resolve();
          return wake.promise;
        },
      },
      // It renews no lease either.
      { database: silent, times: { ...FAST, renew: 600_000 } },
    );
    await first.start();
    const its = await world.create('counting');
    await reached.promise;

    const from = performance.now();
    const second = { name: 'second', written: () => Promise.resolve() };
    await world.engine([counting], second).start();
    const another = await world.create('counting');
    expect((await world.ended(another)).status).toBe('succeeded');
    expect((await world.ended(its)).status).toBe('succeeded');
    // Usually after two seconds; without an end to the silence they wait for the lock until the database gives up.
    expect(performance.now() - from).toBeLessThan(8_000);

    wake.resolve();
    await waitFor(
      async () => first.size,
      (size) => size === 0,
    );
    expect(await counter()).toBe(2);
    expect(await effects()).toEqual([{ worker: 'second' }, { worker: 'second' }]);
  }, 60_000);
});
