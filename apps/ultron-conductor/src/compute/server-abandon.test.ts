import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { everythingOf } from './server-harness.fixture.js';

jest.setTimeout(60_000);

let world: ComputeWorld;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'zed' }]);
  await world.conduct();
}, 300_000);
afterAll(() => world.close());

it('an abandoned creation shows its server as failed, keeps no promise, and what it left can be deleted', async () => {
  const { control } = world.simulator;
  control.addFault({ effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
  control.addFault({ effect: { kind: 'status', status: 400 }, method: 'DELETE', path: '/servers/' });
  const { servers, task } = await world.create();
  const id = servers[0]?.id ?? '';
  expect(await world.ended(task.id)).toMatchObject({ status: 'stuck', who_can_fix: 'operator' });
  expect((await everythingOf(world, id)).reservations).toBe(1);

  await world.tasks.abandon(task.id, 'the cluster is being repaired');
  expect(await world.ended(task.id)).toMatchObject({
    status: 'failed',
    error: { code: 'no_valid_host', abandoned: 'the cluster is being repaired' },
  });
  const left = await everythingOf(world, id);
  expect(left).toMatchObject({ reservations: 0, row: { status: 'error', fault: { code: 'no_valid_host' } } });
  expect(left.inCluster).toHaveLength(1);

  control.clearFaults();
  const { taskId } = await world.change((tx, origin) =>
    world.servers.delete(tx, id, origin, () => undefined),
  );
  expect((await world.ended(taskId)).status).toBe('succeeded');
  expect(await everythingOf(world, id)).toMatchObject({
    inCluster: [],
    ports: [],
    portRows: [],
    reservations: 0,
    row: { status: 'deleted' },
  });
});
