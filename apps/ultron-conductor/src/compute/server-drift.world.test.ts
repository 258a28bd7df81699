import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
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
afterEach(() => {
  world.simulator.control.clearFaults();
  world.simulator.control.configure('only', { lifecycle: 'fast' });
});

/** As where a replica of the database lags behind, or a cell is down; what the watcher asks for is shown. */
function hideFromLists(): void {
  for (const path of ['^/v2.1/servers/detail\\?.*name=', '^/v2.0/ports\\?']) {
    world.simulator.control.addFault({
      method: 'GET',
      path,
      effect: { kind: 'short-page', keep: 0, silent: true },
    });
  }
}

const NOTHING_IN_CLUSTER = { inCluster: [], ports: [], reservations: 0 };

describe('lists that leave things out', () => {
  it('do not save a server whose creation was in doubt and is cancelled', async () => {
    const { control } = world.simulator;
    control.configure('only', { lifecycle: { spawn: 60_000 } });
    for (const path of ['/servers$', '/ports$'])
      control.addFault({ method: 'POST', path, times: 1, effect: { kind: 'drop-answer' } });
    const { servers, task } = await world.create();
    const id = servers[0]?.id ?? '';
    await eventually(
      () => world.servers.get(id, world.projectId),
      ({ status }) => status === 'building',
    );
    hideFromLists();
    world.tasks.ring(await world.database.transaction((tx) => world.tasks.requestCancel(tx, task.id)));
    expect((await world.ended(task.id, 60_000)).status).toBe('cancelled');
    expect(await everythingOf(world, id)).toMatchObject({ ...NOTHING_IN_CLUSTER, row: { status: 'error' } });
  });

  it('do not save the port of a server that is deleted', async () => {
    const { servers, task } = await world.create();
    const id = servers[0]?.id ?? '';
    expect((await world.ended(task.id)).status).toBe('succeeded');
    hideFromLists();
    const { taskId } = await world.change((tx, origin) =>
      world.servers.delete(tx, id, origin, () => undefined),
    );
    expect((await world.ended(taskId, 90_000)).status).toBe('succeeded');
    expect(await everythingOf(world, id)).toMatchObject({
      ...NOTHING_IN_CLUSTER,
      row: { status: 'deleted' },
    });
  });
});

describe('an update', () => {
  it('that a cluster refuses is taken back, and the next one tells all that Ultron keeps', async () => {
    const { servers, task } = await world.create({ metadata: { role: 'web' } });
    const id = servers[0]?.id ?? '';
    expect((await world.ended(task.id)).status).toBe('succeeded');
    const update = async (patch: { name?: string; metadata?: Record<string, string> }) => {
      const { taskId } = await world.change((tx, origin) =>
        world.servers.update(tx, id, patch, origin, () => undefined),
      );
      return (await world.ended(taskId)).status;
    };
    const refuse = { kind: 'status', status: 400, message: 'no' } as const;
    world.simulator.control.addFault({ method: 'PUT', effect: refuse });
    expect(await update({ name: 'renamed', metadata: { stage: 'prod' } })).toBe('failed');
    expect(await world.servers.get(id, world.projectId)).toMatchObject({
      name: 'web',
      metadata: { role: 'web' },
    });
    world.simulator.control.clearFaults();
    expect(await update({ metadata: { stage: 'test' } })).toBe('succeeded');
    const told = world.simulator.control
      .state('only')
      .servers.find(({ metadata }) => metadata['ultron_id'] === id);
    expect(told?.name).toBe('web');
    expect(told?.metadata).toEqual({ ultron_id: id, stage: 'test' });
  });
});
