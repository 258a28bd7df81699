import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { currentContext } from '@ultron/platform/context/request-context';
import { done, NOTHING, saga, type Saga } from '../saga/saga.js';
import {
  type JournalDeps,
  type EngineWorld,
  newTask,
  nextDomain,
  noCapacity,
  openEngineWorld,
  outage,
  waitFor,
  withEngine,
} from './engine.fixture.js';

jest.setTimeout(60_000);

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
});
afterAll(() => world.close());

function threeSteps(domain: string, third: () => Promise<void>): Saga<JournalDeps> {
  return saga<JournalDeps, { n: number }>('three', domain)
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
    await withEngine(world, [threeSteps(domain, async () => undefined)], async ({ journal }) => {
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
    await withEngine(world, [fails], async ({ journal }) => {
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
    const flaky = saga<JournalDeps, object>('flaky', domain)
      .step('only', {
        do: async ({ tries, inDoubt }) => {
          seen.push([tries, inDoubt]);
          if (tries < 2) throw outage();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [flaky], async () => {
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
    await withEngine(world, [away], async ({ journal }) => {
      const view = await world.ended(await world.create('three', { domain, input: { n: 1 } }));
      expect([view.status, view.error?.code]).toEqual(['failed', 'cluster_away']);
      expect(journal.filter((line) => line.startsWith('do three')).length).toBeGreaterThan(3);
    });
  });

  it('shows the step that runs now', async () => {
    const domain = nextDomain();
    const opened: (() => void)[] = [];
    const gated = saga<JournalDeps, object>('gated', domain)
      .step('first', {
        do: async () => done(await new Promise<number>((r) => opened.push(() => r(1)))),
        undo: NOTHING,
      })
      .step('second', {
        do: async () => done(await new Promise<number>((r) => opened.push(() => r(2)))),
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [gated], async () => {
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
    const roaming = saga<JournalDeps, { cluster_id: string }>('roaming', domain)
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
    await withEngine(world, [roaming], async () => {
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
      saga<JournalDeps, { group: string }>('moving', domain)
        .step('build', {
          do: async ({ input, deps }) => {
            deps.journal.push(`${group} for ${input.group}`);
            if (input.group === 'a') throw noCapacity();
            return done(group);
          },
          undo: NOTHING,
        })
        .ends({ unwound: async () => ({ kind: 'run_again', input: { group: 'b' }, conductorGroup: 'b' }) });
    const deps: JournalDeps = { journal: [] };
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

  it('runs a step in the trace of the task', async () => {
    const domain = nextDomain();
    let seen = currentContext();
    const traced = saga<JournalDeps, object>('traced', domain)
      .step('look', {
        do: async () => {
          seen = currentContext();
          return done(1);
        },
        undo: NOTHING,
      })
      .ends();
    await withEngine(world, [traced], async () => {
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
});
