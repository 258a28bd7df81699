import { afterEach, expect, it, jest } from '@jest/globals';
import { change, select } from '@ultron/platform/database/statement';
import { done, NOTHING, saga } from '../saga/saga.js';
import { FAST, newTask, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';
import { TcpGate } from './tcp-gate.fixture.js';

jest.setTimeout(60_000);

const TASKS = 60;
const AWAY_MS = 1_500;

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
  .ends();

async function recorded(taskId: string, step: number) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return done(step, async (tx) => {
    await change(tx, 'INSERT INTO effect (task_id, step) VALUES (?, ?)', [taskId, step]);
  });
}

it('goes on by itself when the database is back, and nothing is done twice', async () => {
  const opened = await openEngineWorld({
    database: async (url) => {
      gate = await TcpGate.to(url);
      return gate.url;
    },
  });
  world = opened;
  const { database, service } = opened;
  await database.read.query('CREATE TABLE effect (task_id CHAR(36), step INT, PRIMARY KEY (task_id, step))');
  // Few at once, so that the outage meets tasks in every state.
  for (const name of ['a', 'b']) {
    await opened.engine([counting], {}, { name, concurrency: 4, times: { ...FAST, lease: 2_000 } }).start();
  }
  const tasks = Array.from({ length: TASKS }, () => newTask('counting'));
  await database.transaction((tx) => service.createMany(tx, tasks));
  service.ring(tasks);
  const effects = () => select(database.read, 'SELECT task_id FROM effect');
  await waitFor(effects, (rows) => rows.length >= 10);
  await gate?.shut();
  await expect(database.transaction(async (tx) => select(tx, 'SELECT 1'))).rejects.toMatchObject({
    code: 'database_unavailable',
  });
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await gate?.open();
  const ended = () => select(database.read, "SELECT id FROM task WHERE status = 'succeeded'");
  await waitFor(
    () => ended().catch(() => []),
    (rows) => rows.length === TASKS,
    40_000,
  );
  expect(await effects()).toHaveLength(TASKS * 2);
});
