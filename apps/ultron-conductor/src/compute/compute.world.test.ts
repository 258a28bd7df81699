import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CreatedServers } from '@ultron/compute/server/server-create.service';
import type { TaskView } from '@ultron/tasks/task/task.types';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { everythingOf } from './server-harness.fixture.js';

jest.setTimeout(120_000);

const CLUSTERS = ['a', 'b', 'c'];
let world: ComputeWorld;
beforeAll(async () => {
  world = await openComputeWorld([
    { name: 'a', release: 'queens' },
    { name: 'b', release: 'zed' },
    { name: 'c', release: '2025.1' },
  ]);
  await world.conduct();
}, 300_000);
afterAll(() => world.close());
afterEach(() => world.simulator.control.clearFaults());

const fault = (rule: Parameters<ComputeWorld['simulator']['control']['addFault']>[0]) =>
  world.simulator.control.addFault(rule);

async function oneServer(
  request: Parameters<ComputeWorld['create']>[0] = {},
): Promise<{ id: string; task: TaskView }> {
  const { servers, task } = await world.create(request);
  return { id: servers[0]?.id ?? '', task: await world.ended(task.id, 60_000) };
}

/** Every server of the batch is there once, with one port, and nothing else bears its mark. */
async function expectAllThere({ servers }: CreatedServers): Promise<void> {
  for (const { id } of servers) {
    const everything = await everythingOf(world, id);
    expect(everything).toMatchObject({ row: { status: 'active', fault: null }, reservations: 1, tasks: 1 });
    expect(everything.inCluster).toEqual([{ id: everything.row?.openstack_id, status: 'ACTIVE' }]);
    expect(everything.ports).toEqual([
      { id: everything.portRows[0], deviceId: everything.row?.openstack_id },
    ]);
  }
}

async function expectNothingLeft(id: string, status: 'deleted' | 'error'): Promise<void> {
  expect(await everythingOf(world, id)).toMatchObject({
    inCluster: [],
    ports: [],
    portRows: [],
    reservations: 0,
    row: { status },
  });
}

const remove = (id: string) =>
  world.change((tx, origin) => world.servers.delete(tx, id, origin, () => undefined));
const act = (id: string, action: 'start' | 'stop' | 'reboot_soft' | 'reboot_hard') =>
  world.change((tx, origin) => world.servers.act(tx, id, action, origin));
const statusOf = async (id: string) => (await world.servers.get(id, world.projectId)).status;

describe('the life of a server', () => {
  it('is made with its address known, acted on, renamed and deleted', async () => {
    const { id, task } = await oneServer({ metadata: { role: 'web' }, securityGroups: ['default'] });
    expect(task).toMatchObject({ status: 'succeeded', error: null });
    const server = await world.servers.get(id, world.projectId);
    expect(server).toMatchObject({ status: 'active', observed: { status: 'ACTIVE', task_state: null } });
    expect(server.addresses).toEqual([
      expect.objectContaining({ ip_address: expect.stringMatching(/^10\./) }),
    ]);

    for (const [action, after] of [
      ['stop', 'stopped'],
      ['start', 'active'],
      ['reboot_soft', 'active'],
      ['reboot_hard', 'active'],
    ] as const) {
      const { taskId } = await act(id, action);
      expect([action, (await world.ended(taskId, 30_000)).status]).toEqual([action, 'succeeded']);
      expect([action, await statusOf(id)]).toEqual([action, after]);
    }

    const patch = { name: 'renamed', metadata: { stage: 'prod' } };
    const { taskId: update } = await world.change((tx, origin) =>
      world.servers.update(tx, id, patch, origin, () => undefined),
    );
    expect((await world.ended(update)).status).toBe('succeeded');
    const found = CLUSTERS.flatMap((name) => world.simulator.control.state(name).servers).find(
      (one) => one.metadata['ultron_id'] === id,
    );
    expect(found).toMatchObject({ name: 'renamed', metadata: { stage: 'prod', ultron_id: id } });
    expect(found?.metadata).not.toHaveProperty('role');

    const { taskId: deletion } = await remove(id);
    expect((await world.ended(deletion, 30_000)).status).toBe('succeeded');
    await expectNothingLeft(id, 'deleted');
  });

  it('is a hundred at once over three clusters, with about two calls each', async () => {
    world.simulator.control.clearCalls();
    const created = await world.create({ count: 100, name: 'web-{index:03}' });
    const task = await world.ended(created.task.id, 60_000);
    expect(task.progress).toMatchObject({ done: 100, succeeded: 100, failed: 0 });
    await expectAllThere(created);
    const spread = CLUSTERS.map(
      (name) => world.simulator.control.state(name).servers.filter((s) => s.name.startsWith('web-')).length,
    );
    expect(Math.max(...spread) - Math.min(...spread)).toBeLessThanOrEqual(2);
    const calls = world.simulator.control
      .requests()
      .filter((r) => ['compute', 'network'].includes(r.service));
    expect(calls.length).toBeLessThan(300);
  });
});

describe('a cluster that misbehaves', () => {
  it.each([
    [
      'drops the answer to the creation of a server',
      { method: 'POST', path: '/servers$', effect: { kind: 'drop-answer' } },
    ],
    [
      'drops the answer to the creation of ports',
      { method: 'POST', path: '/ports$', effect: { kind: 'drop-answer' } },
    ],
    ['resets connections', { method: 'POST', effect: { kind: 'reset' } }],
    ['answers 503', { method: 'POST', path: '/(servers|ports)$', effect: { kind: 'status', status: 503 } }],
    [
      'answers 500 to lists',
      { method: 'GET', path: '/servers/detail', effect: { kind: 'status', status: 500 } },
    ],
    [
      'asks to slow down',
      { method: 'POST', path: '/(servers|ports)$', effect: { kind: 'status', status: 429, retryAfter: 1 } },
    ],
    ['hangs', { method: 'POST', path: '/servers$', effect: { kind: 'hang' } }],
    ['forgets tokens', { effect: { kind: 'expired-token' } }],
  ] as const)('that %s still makes each server once', async (_, rule) => {
    const times = ['hang', 'expired-token'].includes(rule.effect.kind) ? 2 : 6;
    for (const cluster of CLUSTERS) fault({ cluster, times, ...rule });
    const created = await world.create({ count: 12, name: 'trouble' });
    const task = await world.ended(created.task.id, 60_000);
    expect(task.progress).toMatchObject({ succeeded: 12, failed: 0 });
    const struck = world.simulator.control.faults().map((each) => each.struck);
    expect(Math.max(...struck)).toBeGreaterThan(0);
    await expectAllThere(created);
  });

  it('whose requests take effect after their senders gave up still makes each server once', async () => {
    // Half of the latency passes before the effect: later than the 2 s that are waited for an answer here.
    const late = { base: 5_000, jitter: 0 };
    const kinds = { 'POST /v2.1/servers': late, 'POST /v2.0/ports': late };
    world.simulator.control.configure('a', { latency: { base: 0, jitter: 0, kinds } });
    const created = await world.create({ count: 3, name: 'late', placement: { clusters: ['a'] } });
    const task = await world.ended(created.task.id, 60_000);
    world.simulator.control.configure('a', { latency: { base: 0, jitter: 0, kinds: {} } });
    expect(task.progress).toMatchObject({ succeeded: 3, failed: 0 });
    // What is still under way would take effect by then.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await expectAllThere(created);
  });

  it('that has no room after all sends the server to the next one, and the attempt is kept', async () => {
    const only = { clusters: ['a', 'b'] };
    fault({ cluster: 'a', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const created = await world.create({ count: 6, name: 'next', placement: only });
    const task = await world.ended(created.task.id, 60_000);
    expect(task.progress).toMatchObject({ succeeded: 6 });
    await expectAllThere(created);
    const shown = await Promise.all(created.servers.map(({ id }) => world.servers.get(id, world.projectId)));
    expect(shown.map((server) => server.cluster.name)).toEqual(Array.from({ length: 6 }, () => 'b'));
    const moved = created.servers.find((server) => server.cluster.name === 'a');
    const history = await world.tasks.get(moved?.task_id ?? '');
    expect(history.attempts).toMatchObject([
      { cluster_id: world.clusterIds.get('a'), reason: { code: 'no_valid_host', category: 'capacity' } },
      { cluster_id: world.clusterIds.get('b'), reason: null },
    ]);
  });

  it('that has no room is explained when there is no other', async () => {
    fault({ cluster: 'c', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const { id, task } = await oneServer({ name: 'nowhere', placement: { clusters: ['c'] } });
    expect(task).toMatchObject({ status: 'failed', error: { code: 'no_valid_host' } });
    await expectNothingLeft(id, 'error');
    expect((await world.servers.get(id, world.projectId)).fault).toMatchObject({
      category: 'capacity',
      detail: expect.stringContaining('No valid host'),
      explain: { clusters: expect.any(Array) },
    });
  });

  it('that has room again makes the server after all, when an operator lets its task begin anew', async () => {
    fault({ cluster: 'c', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const { id, task } = await oneServer({ name: 'later', placement: { clusters: ['c'] } });
    expect(task.status).toBe('failed');
    world.simulator.control.clearFaults();
    await world.tasks.retry(task.id);
    expect((await world.ended(task.id, 30_000)).status).toBe('succeeded');
    const everything = await everythingOf(world, id);
    expect(everything.row).toMatchObject({ status: 'active', fault: null });
    expect(everything.inCluster).toHaveLength(1);
    expect(everything.ports).toHaveLength(1);
    expect(everything.reservations).toBe(1);
  });

  it('whose quota is reached is passed over', async () => {
    fault({ cluster: 'a', effect: { kind: 'quota' }, method: 'POST', path: '/servers$' });
    const { id, task } = await oneServer({
      name: 'quota',
      placement: { clusters: ['a', 'b'], policy: 'pack' },
    });
    expect(task.status).toBe('succeeded');
    expect((await world.servers.get(id, world.projectId)).status).toBe('active');
  });
});

describe('the deletion of a server', () => {
  it('that is being created leaves nothing behind', async () => {
    for (const delay of [0, 30, 80, 200, 400]) {
      const { servers } = await world.create({ name: 'short-lived' });
      const id = servers[0]?.id ?? '';
      await new Promise((resolve) => setTimeout(resolve, delay));
      const { taskId } = await remove(id);
      expect((await world.ended(taskId, 60_000)).status).toBe('succeeded');
      await expectNothingLeft(id, 'deleted');
    }
  });

  it('that vanished from its cluster succeeds', async () => {
    const { id } = await oneServer({ name: 'vanished' });
    const { openstack_id: openstackId, cluster } = await world.servers.get(id, world.projectId);
    const cloud = await world.conductorDeps().clouds.get(cluster.id);
    await cloud.compute.servers.delete(openstackId ?? '');
    const { taskId } = await remove(id);
    expect((await world.ended(taskId, 60_000)).status).toBe('succeeded');
    await expectNothingLeft(id, 'deleted');
  });

  it('is not hurt by lost answers', async () => {
    const { id } = await oneServer({ name: 'lossy' });
    for (const cluster of CLUSTERS)
      fault({ cluster, method: 'DELETE', times: 4, effect: { kind: 'drop-answer' } });
    const { taskId } = await remove(id);
    expect((await world.ended(taskId, 60_000)).status).toBe('succeeded');
    await expectNothingLeft(id, 'deleted');
  });
});

describe('an action that fails', () => {
  it('leaves the server as it was, with the reason', async () => {
    const { id } = await oneServer({ name: 'stubborn' });
    for (const cluster of CLUSTERS) {
      fault({
        cluster,
        method: 'POST',
        path: '/action$',
        effect: { kind: 'status', status: 400, message: 'no' },
      });
    }
    const { taskId } = await act(id, 'stop');
    expect((await world.ended(taskId, 30_000)).status).toBe('failed');
    expect(await world.servers.get(id, world.projectId)).toMatchObject({
      status: 'active',
      fault: { code: 'openstack_invalid' },
    });
  });
});
