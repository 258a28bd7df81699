import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { eventually } from '@ultron/testing/world/eventually';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { everythingOf } from './server-harness.fixture.js';

jest.setTimeout(120_000);

let world: ComputeWorld;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'train' }]);
  await world.conduct();
}, 300_000);
afterAll(() => world.close());

it('an action that is cancelled after it was asked for leaves the server shown as it became', async () => {
  const { servers, task } = await world.create();
  expect((await world.ended(task.id)).status).toBe('succeeded');
  const id = servers[0]?.id ?? '';
  world.simulator.control.configure('only', { lifecycle: { stop: 1_500 } });
  const stop = await world.change((tx, origin) => world.servers.act(tx, id, 'stop', origin));
  await eventually(
    () => world.simulator.control.state('only').servers,
    ([server]) => server?.task_state === 'powering-off',
  );
  world.tasks.ring(await world.database.transaction((tx) => world.tasks.requestCancel(tx, stop.taskId)));
  expect((await world.ended(stop.taskId)).status).toBe('cancelled');
  expect(await everythingOf(world, id)).toMatchObject({
    inCluster: [{ status: 'SHUTOFF' }],
    row: { status: 'stopped', fault: { code: 'cancelled' } },
  });
});
