import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Fault } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import { done, NOTHING, saga, type Saga } from '../saga/saga.js';
import { ClaimRepository } from './claim.repository.js';
import { FAST, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';

interface Deps {
  name: string;
  /** Resolves when the step may go on. */
  gate: Promise<void>;
  seen: { name: string; inDoubt: boolean; tries: number }[];
}

jest.setTimeout(30_000);

let world: EngineWorld;
beforeEach(async () => {
  world = await openEngineWorld();
  await world.database.read.query('CREATE TABLE effect (task_id CHAR(36), worker VARCHAR(16))');
});
afterEach(() => world.close());

const slow: Saga<Deps> = saga<Deps, object>('slow', 'test')
  .step('work', {
    do: async ({ deps, taskId, inDoubt, tries }) => {
      deps.seen.push({ name: deps.name, inDoubt, tries });
      await deps.gate;
      return done(deps.name, async (tx) => {
        await change(tx, 'INSERT INTO effect (task_id, worker) VALUES (?, ?)', [taskId, deps.name]);
      });
    },
    undo: NOTHING,
  })
  .ends();

const quick: Saga<Deps> = saga<Deps, object>('quick', 'test')
  .step('work', { do: async () => done(1), undo: NOTHING })
  .ends();

/** Lets go only when it is told to. */
const obedient: Saga<Deps> = saga<Deps, object>('obedient', 'test')
  .step('work', {
    do: async ({ deps, signal, inDoubt, tries }) => {
      deps.seen.push({ name: deps.name, inDoubt, tries });
      if (deps.name === 'second') return done(1);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      return done(0);
    },
    undo: NOTHING,
  })
  .ends();

const effects = () => select<{ worker: string }>(world.database.read, 'SELECT worker FROM effect');

function depsOf(name: string, gate: Promise<void>, seen: Deps['seen']): Deps {
  return { name, gate, seen };
}

describe('a claim', () => {
  it('that ran out lets another conductor take over, and shuts out the late worker', async () => {
    const seen: Deps['seen'] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    // It neither renews its lease nor looks for tasks: as a process that is paused, until it wakes up too late.
    const paused = world.engine([slow], depsOf('paused', gate, seen), {
      times: { ...FAST, renew: 3_600_000 },
    });
    await paused.start();
    const id = await world.create('slow');
    await waitFor(
      async () => seen,
      (calls) => calls.length === 1,
    );
    const other = world.engine([slow], depsOf('other', Promise.resolve(), seen));
    await other.start();
    expect((await world.ended(id)).status).toBe('succeeded');
    const before = await world.service.get(id);
    open();
    await waitFor(
      async () => paused.size,
      (size) => size === 0,
    );
    expect(await effects()).toEqual([{ worker: 'other' }]);
    expect(await world.service.get(id)).toEqual(before);
    expect(seen).toEqual([
      { name: 'paused', inDoubt: false, tries: 0 },
      { name: 'other', inDoubt: true, tries: 1 },
    ]);
  });

  it('is renewed for as long as the step takes', async () => {
    const seen: Deps['seen'] = [];
    const gate = new Promise<void>((resolve) => setTimeout(resolve, 2_500));
    for (const name of ['a', 'b']) await world.engine([slow], depsOf(name, gate, seen)).start();
    expect((await world.ended(await world.create('slow'))).status).toBe('succeeded');
    expect(seen).toHaveLength(1);
  });

  it('is taken and renewed while somebody holds the row of another task', async () => {
    const seen: Deps['seen'] = [];
    const gate = new Promise<void>((resolve) => setTimeout(resolve, 3_000));
    await world.engine([slow, quick], depsOf('first', gate, seen)).start();
    const [locked, kept] = [await world.create('slow'), await world.create('slow')];
    await waitFor(
      async () => seen,
      (calls) => calls.length === 2,
    );
    await world.engine([slow, quick], depsOf('second', Promise.resolve(), seen)).start();
    // As by a process that is paused in the middle of a transaction, for longer than a lease.
    await world.database.transaction(async (tx) => {
      await select(tx, 'SELECT id FROM task WHERE id = ? FOR UPDATE', [locked]);
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      // By now the lease of the locked task has run out, so every sweep asks for it too.
      for (const id of [await world.create('quick'), await world.create('quick')]) {
        expect((await world.ended(id)).status).toBe('succeeded');
      }
    });
    await world.ended(kept);
    expect((await world.service.get(kept)).steps).toMatchObject([{ status: 'done', tries: 1 }]);
    expect((await world.ended(locked)).status).toBe('succeeded');
  });

  it('is handed back at once when its conductor stops', async () => {
    const seen: Deps['seen'] = [];
    const lease = 20_000;
    const first = world.engine([obedient], depsOf('first', Promise.resolve(), seen), {
      times: { ...FAST, lease },
    });
    await first.start();
    const id = await world.create('obedient');
    await waitFor(
      async () => seen,
      (calls) => calls.length === 1,
    );
    const second = world.engine([obedient], depsOf('second', Promise.resolve(), seen), { name: 'second' });
    await second.start();
    const begun = Date.now();
    await first.stop();
    expect((await world.ended(id)).status).toBe('succeeded');
    expect(Date.now() - begun).toBeLessThan(lease / 2);
    expect(seen.at(-1)).toEqual({ name: 'second', inDoubt: true, tries: 1 });
    expect((await world.service.conductors()).map(({ name, alive }) => [name, alive])).toEqual([
      ['second', true],
    ]);
  });

  it('is handed back soon when the step does not listen, and the step then changes nothing', async () => {
    const seen: Deps['seen'] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const deaf = world.engine([slow], depsOf('deaf', gate, seen));
    await deaf.start();
    const id = await world.create('slow');
    await waitFor(
      async () => seen,
      (calls) => calls.length === 1,
    );
    // It ends although the gate of the step is shut.
    await deaf.stop();
    expect((await world.service.get(id)).status).toBe('queued');
    open();
    await waitFor(
      async () => deaf.size,
      (size) => size === 0,
    );
    expect(await effects()).toEqual([]);
    await world.engine([slow], depsOf('next', gate, seen)).start();
    expect((await world.ended(id)).status).toBe('succeeded');
    expect(await effects()).toEqual([{ worker: 'next' }]);
  });

  it('is not given on for ever when conductor after conductor dies in it', async () => {
    const seen: Deps['seen'] = [];
    const id = await world.create('slow');
    for (let deaths = 0; deaths < 12; deaths++) {
      await change(world.database.read, 'UPDATE task SET due_at = UTC_TIMESTAMP(6) WHERE id = ?', [id]);
      await world.database.transaction((tx) =>
        new ClaimRepository().claim(tx, [id], { conductorId: newId(), conductorGroup: 'default' }, 0),
      );
    }
    await world.engine([slow], depsOf('next', Promise.resolve(), seen)).start();
    expect(await world.ended(id)).toMatchObject({ status: 'stuck', error: { code: 'conductors_died' } });
    expect(seen).toEqual([]);
    await world.service.retry(id);
    expect(
      await waitFor(
        () => world.service.get(id),
        (task) => task.finished_at !== null,
      ),
    ).toMatchObject({
      status: 'succeeded',
    });
  });

  it('is not held past a loss of the database: the step is done again elsewhere', async () => {
    const seen: Deps['seen'] = [];
    const engine = world.engine([slow], depsOf('only', Promise.resolve(), seen));
    const transaction = world.database.transaction.bind(world.database);
    let losses = 0;
    world.database.transaction = async (work) => {
      const result = await transaction(work);
      // The first record after the claim: the commit went through, the answer did not.
      if (seen.length === 1 && losses++ === 0) {
        throw new Fault({ code: 'database_unavailable', category: 'unavailable', detail: 'gone' });
      }
      return result;
    };
    await engine.start();
    expect((await world.ended(await world.create('slow'))).status).toBe('succeeded');
    expect(losses).toBeGreaterThan(0);
    expect(await effects()).toEqual([{ worker: 'only' }]);
  });

  it('outlives a connection to the database that breaks under a step', async () => {
    let tries = 0;
    const reading: Saga<Deps> = saga<Deps, object>('reading', 'test')
      .step('read', {
        do: async () => {
          if (tries++ === 0) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await world.engine([reading], depsOf('only', Promise.resolve(), [])).start();
    expect((await world.ended(await world.create('reading'))).status).toBe('succeeded');
    expect(tries).toBe(2);
  });
});
