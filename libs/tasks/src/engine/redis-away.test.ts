import { afterEach, describe, expect, it } from '@jest/globals';
import { TcpGate } from '@ultron/dev/tcp-gate';
import { testRedis } from '@ultron/dev/test-datastores';
import { Redis } from 'ioredis';
import { CountedWork } from './counted-work.fixture.js';
import { newTask, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';

const TASKS = 120;

let world: EngineWorld | undefined;
let gate: TcpGate | undefined;
afterEach(async () => {
  await world?.close();
  await gate?.shut();
});

async function begin(): Promise<{ world: EngineWorld; gate: TcpGate; work: CountedWork }> {
  const redis = await testRedis();
  gate = await TcpGate.to(redis.url);
  world = await openEngineWorld({ redisUrl: gate.url });
  return { world, gate, work: await CountedWork.in(world, 20) };
}

async function allDoneOnce(work: CountedWork): Promise<void> {
  await waitFor(
    () => work.succeeded(),
    (n) => n === TASKS,
    50_000,
  );
  expect(await work.steps()).toBe(TASKS * 3);
}

const someDone = (work: CountedWork) =>
  waitFor(
    () => work.steps(),
    (n) => n >= 30,
  );

describe('when Redis', () => {
  it('is wiped in the middle, every task still ends once', async () => {
    const { world, gate, work } = await begin();
    for (const name of ['a', 'b']) await world.engine([work.saga], {}, { name, concurrency: 8 }).start();
    await work.begin(world, TASKS);
    await someDone(work);
    const redis = new Redis(gate.url);
    for (const key of await redis.keys(`${world.redisPrefix}*`)) await redis.del(key);
    redis.disconnect();
    await allDoneOnce(work);
  }, 60_000);

  it('stops in the middle and comes back, every task still ends once', async () => {
    const { world, gate, work } = await begin();
    for (const name of ['a', 'b']) await world.engine([work.saga], {}, { name, concurrency: 8 }).start();
    await work.begin(world, TASKS);
    await someDone(work);
    await gate.shut();
    await allDoneOnce(work);
    await gate.open();
    const late = newTask('counting');
    await world.database.transaction((tx) => world.service.createMany(tx, [late]));
    world.service.ring([late]);
    expect((await world.ended(late.id)).status).toBe('succeeded');
  }, 60_000);

  it('is away all the time, every task still ends once, and everything stops in good order', async () => {
    const { world, gate, work } = await begin();
    await gate.shut();
    const engines = ['a', 'b'].map((name) => world.engine([work.saga], {}, { name, concurrency: 16 }));
    for (const engine of engines) await engine.start();
    await work.begin(world, TASKS);
    await allDoneOnce(work);
    await Promise.all(engines.map((engine) => engine.stop()));
  }, 60_000);
});
