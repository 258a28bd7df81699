import { afterEach, describe, expect, it } from '@jest/globals';
import { testRedis } from '@ultron/dev/test-datastores';
import { newId } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import { Redis } from 'ioredis';
import { done, NOTHING, saga } from '../saga/saga.js';
import type { NewTask } from '../task/task.types.js';
import { newTask, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';
import { TcpGate } from './tcp-gate.fixture.js';

const TASKS = 120;

let world: EngineWorld | undefined;
let gate: TcpGate | undefined;
afterEach(async () => {
  await world?.close();
  await gate?.shut();
});

/** Each step writes a row under a key that allows it once. */
const counting = saga<object, object>('counting', 'test')
  .step('first', { do: ({ taskId }) => recorded(taskId, 1), undo: NOTHING })
  .step('second', { do: ({ taskId }) => recorded(taskId, 2), undo: NOTHING })
  .step('third', { do: ({ taskId }) => recorded(taskId, 3), undo: NOTHING })
  .ends();

async function recorded(taskId: string, step: number) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return done(step, async (tx) => {
    await change(tx, 'INSERT INTO effect (task_id, step) VALUES (?, ?)', [taskId, step]);
  });
}

async function begin(): Promise<{ world: EngineWorld; gate: TcpGate }> {
  const redis = await testRedis();
  gate = await TcpGate.to(redis.url);
  world = await openEngineWorld({ redisUrl: gate.url });
  await world.database.read.query(
    'CREATE TABLE effect (task_id CHAR(36), step INT, PRIMARY KEY (task_id, step))',
  );
  return { world, gate };
}

async function createAll({ database, service }: EngineWorld): Promise<NewTask[]> {
  const tasks = Array.from({ length: TASKS }, () => newTask('counting'));
  await database.transaction((tx) => service.createMany(tx, tasks));
  service.ring(tasks);
  return tasks;
}

async function allDoneOnce({ database }: EngineWorld): Promise<void> {
  const count = async () => {
    const [row] = await select<{ n: number }>(
      database.read,
      "SELECT COUNT(*) AS n FROM task WHERE status = 'succeeded'",
    );
    return row?.n ?? 0;
  };
  await waitFor(count, (n) => n === TASKS, 50_000);
  const effects = await select(database.read, 'SELECT task_id FROM effect');
  expect(effects).toHaveLength(TASKS * 3);
}

const someDone = ({ database }: EngineWorld) =>
  waitFor(
    () => select(database.read, 'SELECT task_id FROM effect LIMIT 30'),
    (rows) => rows.length >= 30,
  );

describe('when Redis', () => {
  it('is wiped in the middle, every task still ends once', async () => {
    const { world, gate } = await begin();
    for (const name of ['a', 'b']) await world.engine([counting], {}, { name, concurrency: 8 }).start();
    await createAll(world);
    await someDone(world);
    const redis = new Redis(gate.url);
    for (const key of await redis.keys(`${world.redisPrefix}*`)) await redis.del(key);
    redis.disconnect();
    await allDoneOnce(world);
  }, 60_000);

  it('stops in the middle and comes back, every task still ends once', async () => {
    const { world, gate } = await begin();
    for (const name of ['a', 'b']) await world.engine([counting], {}, { name, concurrency: 8 }).start();
    await createAll(world);
    await someDone(world);
    await gate.shut();
    await allDoneOnce(world);
    await gate.open();
    const late = newTask('counting', { id: newId() });
    await world.database.transaction((tx) => world.service.createMany(tx, [late]));
    world.service.ring([late]);
    expect((await world.ended(late.id)).status).toBe('succeeded');
  }, 60_000);

  it('is away all the time, every task still ends once, and everything stops in good order', async () => {
    const { world, gate } = await begin();
    await gate.shut();
    const engines = ['a', 'b'].map((name) => world.engine([counting], {}, { name, concurrency: 16 }));
    for (const engine of engines) await engine.start();
    await createAll(world);
    await allDoneOnce(world);
    const begun = Date.now();
    await Promise.all(engines.map((engine) => engine.stop()));
    expect(Date.now() - begun).toBeLessThan(4_000);
  }, 60_000);
});
