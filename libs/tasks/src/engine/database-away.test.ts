import { afterEach, expect, it, jest } from '@jest/globals';
import { TcpGate } from '@ultron/dev/tcp-gate';
import { select } from '@ultron/platform/database/statement';
import { CountedWork } from './counted-work.fixture.js';
import { FAST, openEngineWorld, waitFor, type EngineWorld } from './engine.fixture.js';

jest.setTimeout(60_000);

const TASKS = 60;
const AWAY_MS = 1_500;

let world: EngineWorld | undefined;
let gate: TcpGate | undefined;
afterEach(async () => {
  await world?.close();
  await gate?.shut();
});

it('goes on by itself when the database is back, and nothing is done twice', async () => {
  const opened = await openEngineWorld({
    database: async (url) => {
      gate = await TcpGate.to(url);
      return gate.url;
    },
  });
  world = opened;
  const work = await CountedWork.in(opened, 50);
  // Few at once, so that the outage meets tasks in every state.
  for (const name of ['a', 'b']) {
    await opened.engine([work.saga], {}, { name, concurrency: 4, times: { ...FAST, lease: 2_000 } }).start();
  }
  await work.begin(opened, TASKS);
  await waitFor(
    () => work.steps(),
    (n) => n >= 10,
  );
  await gate?.shut();
  await expect(opened.database.transaction(async (tx) => select(tx, 'SELECT 1'))).rejects.toMatchObject({
    code: 'database_unavailable',
  });
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await gate?.open();
  await waitFor(
    () => work.succeeded(),
    (n) => n === TASKS,
    40_000,
  );
  expect(await work.steps()).toBe(TASKS * 3);
});
