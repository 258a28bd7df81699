import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { currentContext } from '@ultron/platform/context/request-context';
import { done, NOTHING, saga, waitFor as waitForCondition, type Saga } from '../saga/saga.js';
import { newTask, noCapacity, openEngineWorld, outage, waitFor, type EngineWorld } from './engine.fixture.js';

interface Deps {
  journal: string[];
}

jest.setTimeout(30_000);

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterAll(() => world.close());

/** A domain of its own keeps the engines of the tests apart. */
async function withEngine<T>(
  sagas: Saga<Deps>[],
  work: (deps: Deps, domain: string) => Promise<T>,
): Promise<T> {
  const domain = sagas[0]?.domain ?? 'test';
  const deps: Deps = { journal: [] };
  const engine = world.engine(sagas, deps, { domains: [domain] });
  await engine.start();
  try {
    return await work(deps, domain);
  } finally {
    await engine.stop();
  }
}

let count = 0;
const nextDomain = () => `d${count++}`;

function threeSteps(domain: string, third: () => Promise<void>): Saga<Deps> {
  return saga<Deps, { n: number }>('three', domain)
    .step('one', {
      do: async ({ deps, input }) => {
        deps.journal.push('do one');
        return done({ one: input.n + 1 });
      },
      undo: async ({ deps, output }) => {
        deps.journal.push(`undo one ${JSON.stringify(output)}`);
        return done(undefined);
      },
    })
    .step('two', {
      do: async ({ deps, outputs }) => {
        deps.journal.push(`do two ${outputs.one.one}`);
        return done('text');
      },
      undo: NOTHING,
    })
    .step('three', {
      do: async ({ deps, outputs }) => {
        deps.journal.push(`do three ${outputs.two}`);
        await third();
        return done(null);
      },
      undo: async ({ deps, output }) => {
        deps.journal.push(`undo three ${JSON.stringify(output)}`);
        return done(undefined);
      },
    })
    .ends({
      succeeded: async ({ deps, outputs }) => {
        deps.journal.push(`succeeded ${JSON.stringify(outputs)}`);
        return undefined;
      },
      unwound: async ({ deps, fault, attempts }) => {
        deps.journal.push(`unwound ${fault.code} ${attempts.length}`);
        return { kind: 'give_up' };
      },
    });
}

describe('the engine', () => {
  it('does the steps in order, each with the outputs of those before', async () => {
    const domain = nextDomain();
    await withEngine([threeSteps(domain, async () => undefined)], async ({ journal }) => {
      const view = await world.ended(
        await world.create('three', { domain, input: { n: 1, cluster_id: newId() } }),
      );
      expect(view.status).toBe('succeeded');
      expect(view.progress).toEqual({ unit: 'steps', done: 3, total: 3 });
      expect(view.steps?.map((step) => [step.name, step.status])).toEqual([
        ['one', 'done'],
        ['two', 'done'],
        ['three', 'done'],
      ]);
      expect(journal).toEqual([
        'do one',
        'do two 2',
        'do three text',
        'succeeded {"one":{"one":2},"two":"text","three":null}',
      ]);
    });
  });

  it('undoes what was done, from the failed step back, and says why', async () => {
    const domain = nextDomain();
    const fails = threeSteps(domain, async () => {
      throw noCapacity();
    });
    await withEngine([fails], async ({ journal }) => {
      const view = await world.ended(await world.create('three', { domain, input: { n: 1 } }));
      expect(view.status).toBe('failed');
      expect(view.error?.code).toBe('no_valid_host');
      expect(view.who_can_fix).toBe('cluster');
      expect(view.steps?.map((step) => [step.name, step.status])).toEqual([
        ['one', 'undone'],
        ['two', 'undone'],
        ['three', 'failed'],
      ]);
      expect(journal.slice(3)).toEqual([
        'undo three undefined',
        'undo one {"one":2}',
        'unwound no_valid_host 0',
      ]);
    });
  });

  it('tries again after a passing fault, and tells the step that it may have had its effect', async () => {
    const domain = nextDomain();
    const seen: [number, boolean][] = [];
    const flaky = saga<Deps, object>('flaky', domain)
      .step('only', {
        do: async ({ tries, inDoubt }) => {
          seen.push([tries, inDoubt]);
          if (tries < 2) throw outage();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine([flaky], async () => {
      const view = await world.ended(await world.create('flaky', { domain }));
      expect(view.status).toBe('succeeded');
      expect(view.steps?.[0]?.tries).toBe(3);
      expect(seen).toEqual([
        [0, false],
        [1, true],
        [2, true],
      ]);
    });
  });

  it('gives up a step that meets nothing but passing faults until its deadline', async () => {
    const domain = nextDomain();
    const away = threeSteps(domain, async () => {
      throw outage();
    });
    await withEngine([away], async ({ journal }) => {
      const view = await world.ended(await world.create('three', { domain, input: { n: 1 } }));
      expect([view.status, view.error?.code]).toEqual(['failed', 'cluster_away']);
      expect(journal.filter((line) => line.startsWith('do three')).length).toBeGreaterThan(3);
    });
  });

  it('is stuck when an undo fails, and goes on or ends as the operator says', async () => {
    const domain = nextDomain();
    let broken = true;
    const sticky = saga<Deps, object>('sticky', domain)
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
      .ends();
    await withEngine([sticky], async () => {
      const [first, second] = [
        await world.create('sticky', { domain }),
        await world.create('sticky', { domain }),
      ];
      const stuck = await world.ended(first);
      expect([stuck.status, stuck.who_can_fix]).toEqual(['stuck', 'operator']);
      expect((await world.ended(second)).status).toBe('stuck');
      await expect(world.service.retry(newId())).rejects.toMatchObject({ code: 'task_not_found' });
      await world.service.abandon(second, 'cleaned by hand');
      expect(await world.service.get(second)).toMatchObject({
        status: 'failed',
        error: { code: 'no_valid_host', abandoned: 'cleaned by hand' },
      });
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
    const item = saga<Deps, object>('item', domain)
      .step('work', {
        do: async () => {
          if (full) throw noCapacity();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine([item], async () => {
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

  it('shows the step that runs now', async () => {
    const domain = nextDomain();
    const opened: (() => void)[] = [];
    const gated = saga<Deps, object>('gated', domain)
      .step('first', {
        do: async () => done(await new Promise<number>((r) => opened.push(() => r(1)))),
        undo: NOTHING,
      })
      .step('second', {
        do: async () => done(await new Promise<number>((r) => opened.push(() => r(2)))),
        undo: NOTHING,
      })
      .ends();
    await withEngine([gated], async () => {
      const id = await world.create('gated', { domain });
      const shown = async () =>
        (await world.service.get(id)).steps?.map((step) => `${step.name} ${step.status}`);
      await waitFor(
        async () => opened.length,
        (length) => length === 1,
      );
      expect(await shown()).toEqual(['first running']);
      opened[0]?.();
      await waitFor(
        async () => opened.length,
        (length) => length === 2,
      );
      expect(await shown()).toEqual(['first done', 'second running']);
      opened[1]?.();
      expect((await world.ended(id)).status).toBe('succeeded');
    });
  });

  it('runs again with another input after unwinding, and keeps the attempt', async () => {
    const domain = nextDomain();
    const clusters = [newId(), newId()];
    const roaming = saga<Deps, { cluster_id: string }>('roaming', domain)
      .step('build', {
        do: async ({ input }) => {
          if (input.cluster_id === clusters[0]) throw noCapacity();
          return done(input.cluster_id);
        },
        undo: NOTHING,
      })
      .ends({
        unwound: async ({ attempts, input }) =>
          attempts.length === 0 && input.cluster_id === clusters[0]
            ? { kind: 'run_again', input: { cluster_id: clusters[1] ?? '' } }
            : { kind: 'give_up' },
      });
    await withEngine([roaming], async () => {
      const view = await world.ended(
        await world.create('roaming', { domain, input: { cluster_id: clusters[0] } }),
      );
      expect(view.status).toBe('succeeded');
      expect(
        view.attempts?.map((attempt) => [attempt.attempt, attempt.cluster_id, attempt.reason?.code]),
      ).toEqual([
        [1, clusters[0], 'no_valid_host'],
        [2, clusters[1], undefined],
      ]);
    });
  });

  it('goes to another conductor group when the run says so', async () => {
    const domain = nextDomain();
    const moving = (group: string) =>
      saga<Deps, { group: string }>('moving', domain)
        .step('build', {
          do: async ({ input, deps }) => {
            deps.journal.push(`${group} for ${input.group}`);
            if (input.group === 'a') throw noCapacity();
            return done(group);
          },
          undo: NOTHING,
        })
        .ends({ unwound: async () => ({ kind: 'run_again', input: { group: 'b' }, conductorGroup: 'b' }) });
    const deps: Deps = { journal: [] };
    const engines = ['a', 'b'].map((group) =>
      world.engine([moving(group)], deps, { domains: [domain], conductorGroup: group }),
    );
    await Promise.all(engines.map((engine) => engine.start()));
    const view = await world.ended(
      await world.create('moving', { domain, conductorGroup: 'a', input: { group: 'a' } }),
    );
    expect([view.status, view.conductor_group]).toEqual(['succeeded', 'b']);
    expect(deps.journal).toEqual(['a for a', 'b for b']);
    await Promise.all(engines.map((engine) => engine.stop()));
  });

  it('frees the worker while a step waits for an observation, and goes on when it is woken', async () => {
    const domain = nextDomain();
    const clusterId = newId();
    let active = false;
    const waiting = saga<Deps, object>('waiting', domain)
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
    await withEngine([waiting], async ({ journal }) => {
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
    const patient = saga<Deps, object>('patient', domain)
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
    await withEngine([patient], async () => {
      expect((await world.ended(await world.create('patient', { domain }))).status).toBe('succeeded');
    });
  });

  it('wakes who waits for another task, however that one ends, and also when it has ended before', async () => {
    const domain = nextDomain();
    const other = saga<Deps, { fail: boolean }>('other', domain)
      .step('work', {
        do: async ({ input }) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          if (input.fail) throw noCapacity();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    const follower = saga<Deps, { of: string }>('follower', domain)
      .step('wait', {
        do: async ({ input, tries }) =>
          tries > 0
            ? done(1)
            : waitForCondition({ on: 'task', taskId: input.of, timeoutMs: 60_000, what: 'the other task' }),
        undo: NOTHING,
      })
      .ends();
    await withEngine([other, follower], async () => {
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

  it('counts the children of a batch, and ends it by its minimum', async () => {
    const domain = nextDomain();
    const item = saga<Deps, { fail: boolean }>('item', domain)
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
    await withEngine([item], async () => {
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
    const endless = saga<Deps, object>('endless', domain)
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
    await withEngine([endless], async ({ journal }) => {
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

  it('runs a step in the trace of the task', async () => {
    const domain = nextDomain();
    let seen = currentContext();
    const traced = saga<Deps, object>('traced', domain)
      .step('look', {
        do: async () => {
          seen = currentContext();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine([traced], async () => {
      const task = newTask('traced', { domain, projectId: newId() });
      await world.database.transaction((tx) => world.service.createMany(tx, [task]));
      world.service.ring([task]);
      await world.ended(task.id);
      expect(seen).toMatchObject({
        traceId: task.traceId,
        taskId: task.id,
        step: 'look',
        projectId: task.projectId,
      });
      expect(await world.service.ofTrace(task.traceId)).toMatchObject([
        { id: task.id, steps: [{ name: 'look' }] },
      ]);
    });
  });

  it('waits for a change of a task', async () => {
    const domain = nextDomain();
    await withEngine([threeSteps(domain, async () => undefined)], async () => {
      const task = newTask('three', { domain, input: { n: 1 } });
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
