import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import { done, NOTHING, saga } from '../saga/saga.js';
import { ConductorRepository } from '../conductor/conductor.repository.js';
import { type EngineWorld, newTask, openEngineWorld, waitFor } from './engine.fixture.js';

interface Deps {
  group: string;
}

let world: EngineWorld;
beforeAll(async () => {
  world = await openEngineWorld();
  await world.database.read.query(
    `CREATE TABLE effect (task_id CHAR(36), step INT, conductor_group VARCHAR(16) NOT NULL, at DATETIME(6) NOT NULL,
       PRIMARY KEY (task_id, step))`,
  );
}, 60_000);
afterAll(() => world.close());

/** Each step leaves a row under a key that allows it once. */
const step = (number: number) => ({
  do: async ({ taskId, deps }: { taskId: string; deps: Deps }) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return done(number, async (tx) => {
      await change(
        tx,
        'INSERT INTO effect (task_id, step, conductor_group, at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))',
        [taskId, number, deps.group],
      );
    });
  },
  undo: NOTHING,
});
const work = saga<Deps, object>('work', 'test')
  .step('one', step(1))
  .step('two', step(2))
  .step('three', step(3))
  .ends();

const about = (clusterId: string, conductorGroup: string) =>
  newTask('work', { conductorGroup, input: { cluster_id: clusterId } });
const effects = (groups: string[]) =>
  select<{ task_id: string; step: number; at: Date }>(
    world.database.read,
    'SELECT task_id, step, at FROM effect WHERE conductor_group IN (?)',
    [groups],
  );
const open = async (): Promise<number> =>
  (await select(world.database.read, `SELECT id FROM task WHERE status <> 'succeeded'`)).length;

describe('a cluster that goes to another conductor group while its tasks run', () => {
  it('loses no task and has no step done twice, and the new group does what was not begun', async () => {
    const clusterId = newId();
    const engineOf = (group: string, concurrency: number) =>
      world.engine([work], { group }, { conductorGroup: group, concurrency });
    const east = engineOf('east', 8);
    await east.start();
    const tasks = Array.from({ length: 120 }, () => about(clusterId, 'east'));
    await world.database.transaction((tx) => world.service.createMany(tx, tasks));
    world.service.ring(tasks);
    await waitFor(
      () => effects(['east']),
      (rows) => rows.length > 40,
    );
    await world.database.transaction((tx) =>
      world.service.moveToGroup(tx, clusterId, { from: 'east', to: 'west' }),
    );
    const late = about(clusterId, 'east');
    await world.database.transaction((tx) => world.service.createMany(tx, [late]));
    await engineOf('west', 32).start();
    await waitFor(open, (left) => left <= 1);
    expect((await effects(['east', 'west'])).length).toBeGreaterThanOrEqual(360);
    expect((await effects(['west'])).length).toBeGreaterThan(100);
    expect(await select(world.database.read, 'SELECT id FROM task WHERE step_in_doubt = 1')).toEqual([]);
  }, 60_000);

  it('has a task brought home that was written while it moved, and that nobody took', async () => {
    const clusterId = newId();
    const stray = about(clusterId, 'nowhere');
    const other = about(newId(), 'nowhere');
    await world.database.transaction((tx) => world.service.createMany(tx, [stray, other]));
    const strayed = { clusterIds: [clusterId], from: ['nowhere'], to: 'west', graceMs: 0 };
    expect(await world.service.takeIn({ ...strayed, graceMs: 60_000 })).toBe(0);
    expect(await world.service.takeIn(strayed)).toBe(1);
    await world.ended(stray.id);
    expect((await world.service.get(other.id)).conductor_group).toBe('nowhere');
    expect((await world.service.overdueByGroup(0)).get('nowhere')).toBe(1);
  }, 60_000);

  it('does not wait for the tasks of other clusters that are being written', async () => {
    const clusterId = newId();
    const own = [about(clusterId, 'north'), about(clusterId, 'north')];
    const others = [about(newId(), 'north'), about(newId(), 'north')];
    await world.database.transaction((tx) => world.service.createMany(tx, [...own, ...others]));
    const moved = await world.database.transaction(async (tx) => {
      await change(tx, 'UPDATE task SET version = version + 1 WHERE id IN (?)', [others.map(({ id }) => id)]);
      const move = world.database.transaction((other) =>
        world.service.moveToGroup(other, clusterId, { from: 'north', to: 'west' }),
      );
      const late = new Promise((resolve) => setTimeout(() => resolve('late'), 5_000).unref());
      return Promise.race([move.then(() => 'moved'), late]);
    });
    expect(moved).toBe('moved');
    const groups = await Promise.all(
      [...own, ...others].map(async ({ id }) => (await world.service.get(id)).conductor_group),
    );
    expect(groups).toEqual(['west', 'west', 'north', 'north']);
  }, 60_000);

  it('is served by nobody who merely heard of its tasks', async () => {
    const task = about(newId(), 'elsewhere');
    await world.database.transaction((tx) => world.service.createMany(tx, [task]));
    world.service.ring([{ ...task, conductorGroup: 'west' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await world.service.get(task.id)).status).toBe('queued');
  });
});

describe('a conductor that is drained', () => {
  it('takes no more tasks until it is let work again', async () => {
    const engine = world.engine([work], { group: 'south' }, { conductorGroup: 'south' });
    await engine.start();
    const set = (draining: boolean) =>
      new ConductorRepository().drain(world.database.read, engine.conductorId, draining);
    expect(await set(true)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const id = await world.create('work', { conductorGroup: 'south', input: { cluster_id: newId() } });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await world.service.get(id)).status).toBe('queued');
    await set(false);
    expect((await world.ended(id)).status).toBe('succeeded');
    expect(await new ConductorRepository().drain(world.database.read, newId(), true)).toBe(false);
  }, 60_000);
});
