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

describe('a task in the hands of people', () => {
  it('is stuck when an undo fails, and goes on or ends as the operator says', async () => {
    const domain = nextDomain();
    let broken = true;
    const heard: unknown[] = [];
    const sticky = saga<JournalDeps, object>('sticky', domain)
      .step('make', {
        do: async () => done('x'),
        undo: async () => {
          if (broken) throw noCapacity();
          return done(undefined);
        },
      })
      .step('fail', {
        do: async () => {
          throw noCapacity();
        },
        undo: NOTHING,
      })
      .ends({
        unwound: async ({ input, taskId, cancelled }) => {
          heard.push({ taskId, cancelled });
          return cancelled ? { kind: 'run_again', input } : { kind: 'give_up' };
        },
      });
    await withEngine(world, [sticky], async () => {
      const [first, second] = [
        await world.create('sticky', { domain }),
        await world.create('sticky', { domain }),
      ];
      const stuck = await world.ended(first);
      expect([stuck.status, stuck.who_can_fix]).toEqual(['stuck', 'operator']);
      expect((await world.ended(second)).status).toBe('stuck');
      await expect(world.service.retry(newId())).rejects.toMatchObject({ code: 'task_not_found' });
      await world.service.abandon(second, 'cleaned by hand');
      const abandoned = await waitFor(
        () => world.service.get(second),
        (task) => task.finished_at !== null,
      );
      expect(abandoned).toMatchObject({
        status: 'failed',
        error: { code: 'no_valid_host', abandoned: 'cleaned by hand' },
      });
      // Nothing more was undone, the saga heard of it, and its wish to run again was not.
      expect(heard).toEqual([{ taskId: second, cancelled: true }]);
      broken = false;
      await world.service.retry(first);
      expect(
        (
          await waitFor(
            () => world.service.get(first),
            (task) => task.status !== 'stuck' && task.finished_at !== null,
          )
        ).status,
      ).toBe('failed');
      await expect(world.service.abandon(first)).rejects.toMatchObject({ code: 'task_not_stuck' });
    });
  });

  it('begins a failed item anew when an operator says so, and its batch counts it as open', async () => {
    const domain = nextDomain();
    let full = true;
    const item = saga<JournalDeps, object>('item', domain)
      .step('work', {
        do: async () => {
          if (full) throw noCapacity();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [item], async () => {
      const parent = newTask('batch', { domain, childCount: 2 });
      const children = [0, 1].map(() => newTask('item', { domain, parentId: parent.id }));
      await world.database.transaction((tx) => world.service.createMany(tx, [parent, ...children]));
      world.service.ring(children);
      expect(await world.ended(parent.id)).toMatchObject({ status: 'failed', progress: { failed: 2 } });
      await expect(world.service.retry(parent.id)).rejects.toMatchObject({ code: 'task_not_retryable' });
      full = false;
      for (const child of children) await world.service.retry(child.id);
      expect(await world.ended(parent.id)).toMatchObject({
        status: 'succeeded',
        progress: { succeeded: 2, failed: 0 },
      });
      const first = await world.ended(children[0]?.id ?? '');
      expect(first.attempts?.map((attempt) => attempt.reason?.code)).toEqual(['no_valid_host', undefined]);
      await expect(world.service.retry(first.id)).rejects.toMatchObject({ code: 'task_not_retryable' });
    });
  });

  it('counts the children of a batch, and ends it by its minimum', async () => {
    const domain = nextDomain();
    const item = saga<JournalDeps, { fail: boolean }>('item', domain)
      .step('work', {
        do: async ({ input }) => {
          if (input.fail) throw noCapacity();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    const batch = async (minSucceeded: number | undefined) => {
      const parent = newTask('batch', { domain, childCount: 10, minSucceeded });
      const children = Array.from({ length: 10 }, (_, index) =>
        newTask('item', { domain, parentId: parent.id, input: { fail: index < 3 } }),
      );
      await world.database.transaction((tx) => world.service.createMany(tx, [parent, ...children]));
      world.service.ring([parent, ...children]);
      return world.ended(parent.id);
    };
    await withEngine(world, [item], async () => {
      expect(await batch(7)).toMatchObject({
        status: 'succeeded',
        progress: { unit: 'tasks', done: 10, total: 10, succeeded: 7, failed: 3 },
      });
      const failed = await batch(undefined);
      expect([failed.status, failed.error?.code]).toEqual(['failed', 'batch_failed']);
      expect(await world.service.itemsOf(failed.id)).toHaveLength(10);
    });
  });

  it('stops a waiting task that is cancelled, and a batch with all its children', async () => {
    const domain = nextDomain();
    const endless = saga<JournalDeps, object>('endless', domain)
      .step('make', {
        do: async () => done('made'),
        undo: async ({ deps }) => {
          deps.journal.push('unmade');
          return done(undefined);
        },
      })
      .step('wait', {
        do: async () => waitForCondition({ on: 'time', afterMs: 3_600_000, what: 'an hour' }),
        undo: NOTHING,
      })
      .ends({ unwound: async () => ({ kind: 'run_again', input: {} }) });
    await withEngine(world, [endless], async ({ journal }) => {
      const parent = newTask('batch', { domain, childCount: 2 });
      const children = [0, 1].map(() => newTask('endless', { domain, parentId: parent.id }));
      await world.database.transaction((tx) => world.service.createMany(tx, [parent, ...children]));
      world.service.ring(children);
      for (const child of children) {
        await waitFor(
          () => world.service.get(child.id),
          (task) => task.status === 'waiting',
        );
      }
      world.service.ring(
        await world.database.transaction((tx) => world.service.requestCancel(tx, parent.id)),
      );
      expect((await world.ended(parent.id)).status).toBe('cancelled');
      for (const child of children) expect((await world.ended(child.id)).status).toBe('cancelled');
      expect(journal).toEqual(['unmade', 'unmade']);
    });
  });
});
