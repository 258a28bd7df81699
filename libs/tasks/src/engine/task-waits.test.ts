import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { done, NOTHING, saga, waitFor as waitForCondition } from '../saga/saga.js';
import {
  type JournalDeps,
  type EngineWorld,
  newTask,
  nextDomain,
  noCapacity,
  openEngineWorld,
  waitFor,
  withEngine,
} from './engine.fixture.js';

jest.setTimeout(60_000);

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterAll(() => world.close());

describe('a wait', () => {
  it('frees the worker while a step waits for an observation, and goes on when it is woken', async () => {
    const domain = nextDomain();
    const clusterId = newId();
    let active = false;
    const waiting = saga<JournalDeps, object>('waiting', domain)
      .step('build', {
        do: async ({ deps }) => {
          deps.journal.push('look');
          if (active) return done('active');
          const until = { status: 'ACTIVE' };
          const timeoutMs = 60_000;
          return waitForCondition({
            on: 'observation',
            clusterId,
            resource: 'server',
            key: 'k',
            until,
            timeoutMs,
            what: 'web',
          });
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [waiting], async ({ journal }) => {
      const id = await world.create('waiting', { domain });
      await waitFor(
        () => world.service.get(id),
        (task) => task.status === 'waiting',
      );
      expect((await world.service.get(id)).waiting_for?.what).toBe('web');
      expect(await world.waits.list(clusterId, 'server')).toMatchObject([
        { taskId: id, key: 'k', until: { status: 'ACTIVE' }, what: 'web' },
      ]);
      expect(await world.waits.wanted()).toContainEqual({ clusterId, resource: 'server', count: 1 });
      active = true;
      expect(await world.waits.wake([id])).toBe(1);
      expect(await world.waits.wake([id])).toBe(0);
      expect((await world.ended(id)).status).toBe('succeeded');
      expect(journal).toEqual(['look', 'look']);
      expect(await world.waits.list(clusterId, 'server')).toEqual([]);
    });
  });

  it('looks by itself when the patience of a wait has ended', async () => {
    const domain = nextDomain();
    const patient = saga<JournalDeps, object>('patient', domain)
      .step('build', {
        do: async ({ tries }) =>
          tries > 0
            ? done(tries)
            : waitForCondition({
                on: 'observation',
                clusterId: newId(),
                resource: 'server',
                key: 'k',
                until: {},
                timeoutMs: 50,
                what: 'nothing',
              }),
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [patient], async () => {
      expect((await world.ended(await world.create('patient', { domain }))).status).toBe('succeeded');
    });
  });

  it('wakes who waits for another task, however that one ends, and also when it has ended before', async () => {
    const domain = nextDomain();
    const other = saga<JournalDeps, { fail: boolean }>('other', domain)
      .step('work', {
        do: async ({ input }) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          if (input.fail) throw noCapacity();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    const follower = saga<JournalDeps, { of: string }>('follower', domain)
      .step('wait', {
        do: async ({ input, tries }) =>
          tries > 0
            ? done(1)
            : waitForCondition({ on: 'task', taskId: input.of, timeoutMs: 60_000, what: 'the other task' }),
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [other, follower], async () => {
      const others = [
        await world.create('other', { domain, input: { fail: false } }),
        await world.create('other', { domain, input: { fail: true } }),
      ];
      const followers = await Promise.all(
        others.map((of) => world.create('follower', { domain, input: { of } })),
      );
      for (const id of followers) expect((await world.ended(id, 5_000)).status).toBe('succeeded');
      const late = await world.create('follower', { domain, input: { of: others[0] ?? '' } });
      expect((await world.ended(late, 5_000)).status).toBe('succeeded');
    });
  });

  it('waits for a change of a task', async () => {
    const domain = nextDomain();
    const short = saga<JournalDeps, object>('short', domain)
      .step('only', { do: async () => done(1), undo: NOTHING })
      .ends();
    await withEngine(world, [short], async () => {
      const task = newTask('short', { domain });
      await world.database.transaction((tx) => world.service.createMany(tx, [task]));
      const before = await world.service.get(task.id);
      const change = world.service.waitForChange(task.id, before.version, 10_000);
      world.service.ring([task]);
      await change;
      expect((await world.service.get(task.id)).version).toBeGreaterThan(before.version);
      const begun = Date.now();
      await world.service.waitForChange(task.id, (await world.ended(task.id)).version, 300);
      expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
    });
  });
});
