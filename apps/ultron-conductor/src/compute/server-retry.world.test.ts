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
afterEach(() => world.simulator.control.clearFaults());

const NOTHING_LEFT = {
  inCluster: [],
  ports: [],
  portRows: [],
  reservations: 0,
  row: { status: 'deleted' },
};

const remove = (id: string) =>
  world.change((tx, origin) => world.servers.delete(tx, id, origin, () => undefined));

async function failedCreation(): Promise<{ id: string; taskId: string }> {
  world.simulator.control.addFault({ method: 'POST', path: '/servers$', effect: { kind: 'quota' } });
  const { servers, task } = await world.create();
  expect((await world.ended(task.id)).status).toBe('failed');
  world.simulator.control.clearFaults();
  return { id: servers[0]?.id ?? '', taskId: task.id };
}

describe('an update that is cancelled', () => {
  it('leaves name and metadata as they were, in Ultron and in the cluster', async () => {
    const { servers, task } = await world.create({ name: 'before', metadata: { role: 'web' } });
    expect((await world.ended(task.id)).status).toBe('succeeded');
    const id = servers[0]?.id ?? '';
    // The name goes through, the metadata does not.
    world.simulator.control.addFault({
      method: 'PUT',
      path: '/metadata$',
      effect: { kind: 'status', status: 503 },
    });
    const update = await world.change((tx, origin) =>
      world.servers.update(tx, id, { name: 'after', metadata: { role: 'db' } }, origin, () => undefined),
    );
    const told = () => world.simulator.control.state('only').servers.filter(({ name }) => name === 'after');
    await eventually(told, (found) => found.length === 1);
    world.tasks.ring(await world.database.transaction((tx) => world.tasks.requestCancel(tx, update.taskId)));
    world.simulator.control.clearFaults();
    expect((await world.ended(update.taskId)).status).toBe('cancelled');
    expect(await world.servers.get(id, world.projectId)).toMatchObject({
      ...{ name: 'before', metadata: { role: 'web' }, status: 'active' },
    });
    expect(told()).toEqual([]);
    const named = world.simulator.control.state('only').servers.filter(({ name }) => name === 'before');
    expect(named).toMatchObject([{ metadata: { role: 'web', ultron_id: id } }]);
  });
});

describe('a failed task that begins anew', () => {
  it('makes no server that was deleted since', async () => {
    const { id, taskId } = await failedCreation();
    expect((await world.ended((await remove(id)).taskId)).status).toBe('succeeded');
    await world.tasks.retry(taskId);
    expect(await world.ended(taskId)).toMatchObject({
      status: 'failed',
      error: { code: 'server_state_conflict' },
    });
    expect(await everythingOf(world, id)).toMatchObject(NOTHING_LEFT);
  });

  it('leaves nothing behind when its server is deleted meanwhile', async () => {
    for (const delay of [0, 60, 200]) {
      const { id, taskId } = await failedCreation();
      await world.tasks.retry(taskId);
      await new Promise((resolve) => setTimeout(resolve, delay));
      const deletion = await remove(id);
      expect((await world.ended(deletion.taskId)).status).toBe('succeeded');
      expect(['cancelled', 'failed', 'succeeded']).toContain((await world.ended(taskId)).status);
      expect(await everythingOf(world, id)).toMatchObject(NOTHING_LEFT);
    }
  });

  it('does not act on a server that another task has changed since', async () => {
    const { servers, task } = await world.create();
    expect((await world.ended(task.id)).status).toBe('succeeded');
    const id = servers[0]?.id ?? '';
    world.simulator.control.addFault({
      method: 'POST',
      path: '/action$',
      effect: { kind: 'status', status: 400 },
    });
    const stop = await world.change((tx, origin) => world.servers.act(tx, id, 'stop', origin));
    expect((await world.ended(stop.taskId)).status).toBe('failed');
    world.simulator.control.clearFaults();
    const reboot = await world.change((tx, origin) => world.servers.act(tx, id, 'reboot_hard', origin));
    expect((await world.ended(reboot.taskId)).status).toBe('succeeded');
    await world.tasks.retry(stop.taskId);
    expect(await world.ended(stop.taskId)).toMatchObject({ error: { code: 'server_state_conflict' } });
    expect(await everythingOf(world, id)).toMatchObject({
      inCluster: [{ status: 'ACTIVE' }],
      row: { status: 'active', fault: null },
    });
  });
});
