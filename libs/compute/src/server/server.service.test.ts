import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Transaction } from '@ultron/platform/database/transaction';
import { testCompute, type TestCompute } from '../testing/compute.fixture.js';
import type { CreatedServers } from './server-create.service.js';
import type { ServerOrigin } from './server.service.js';
import type { ServerView } from './server.view.js';

const projectId = newId();
const caller = { projectId, traceId: 'a'.repeat(32), traceparent: '' };
const anyVersion = () => undefined;

let compute: TestCompute;
beforeAll(async () => {
  compute = await testCompute();
  await compute.addCluster('c1', 100);
}, 300_000);
afterAll(() => compute.close());

async function newServer(name: string): Promise<ServerView> {
  const request = { count: 1, name, flavor: 'small', image: 'cirros', network: 'private' };
  let made: ServerView | undefined;
  await compute.creations.create(request, caller, undefined, (created: CreatedServers) => {
    made = created.servers[0];
    return { statusCode: 202, body: null };
  });
  if (!made) throw new Error('no server was made');
  return made;
}

async function activeServer(name: string): Promise<ServerView> {
  const { id, task_id: taskId } = await newServer(name);
  const { database } = compute.registry;
  await database.transaction(async (tx) => {
    await compute.serverRows.move(tx, { id, taskId, to: 'building' });
    await compute.serverRows.setOpenstackId(tx, id, `os-${id}`);
    await compute.serverRows.move(tx, { id, taskId, to: 'active' });
  });
  return compute.servers.get(id, projectId);
}

async function change<T>(work: (tx: Transaction, origin: ServerOrigin) => Promise<T>): Promise<T> {
  const origin = await compute.servers.originOf(caller);
  return compute.registry.database.transaction((tx) => work(tx, origin));
}
const act = (id: string, action: 'start' | 'stop' | 'reboot_soft' | 'reboot_hard') =>
  change((tx, origin) => compute.servers.act(tx, id, action, origin));
const remove = (id: string) => change((tx, origin) => compute.servers.delete(tx, id, origin, anyVersion));

describe('a server', () => {
  it('is shown with the names of what it is made of, to its project only', async () => {
    const { id } = await newServer('shown');
    expect(await compute.servers.get(id, projectId)).toMatchObject({
      name: 'shown',
      status: 'requested',
      flavor: { name: 'small' },
      cluster: { name: 'c1' },
      idc: { name: 'east' },
      observed: null,
    });
    await expect(compute.servers.get(id, newId())).rejects.toMatchObject({ code: 'server_not_found' });
    await expect(compute.servers.get(newId(), undefined)).rejects.toMatchObject({ category: 'not_found' });
  });

  it('takes an action that fits its state, and refuses another with the states that would', async () => {
    const { id } = await activeServer('acted');
    const stopping = await act(id, 'stop');
    expect(stopping.server).toMatchObject({ status: 'stopping', task_id: stopping.taskId });
    await expect(act(id, 'reboot_soft')).rejects.toMatchObject({
      code: 'server_state_conflict',
      extra: { server_status: 'stopping', allowed_in: ['active'] },
    });
  });

  it('is left alone while the state of its cluster forbids changes', async () => {
    const { id } = await activeServer('frozen');
    const { database } = compute.registry;
    const setState = (state: string) => database.read.query('UPDATE cluster SET state = ?', [state]);
    await setState('read_only');
    const refused = { code: 'cluster_takes_no_changes', category: 'conflict' };
    // Facts are remembered for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(act(id, 'stop')).rejects.toMatchObject(refused);
    await expect(remove(id)).rejects.toMatchObject(refused);
    await setState('draining');
    expect((await act(id, 'stop')).server.status).toBe('stopping');
    await setState('enabled');
  });

  it('is deleted once, however often that is asked', async () => {
    const { id } = await activeServer('deleted');
    const first = await remove(id);
    expect(first.server.status).toBe('deleting');
    expect((await remove(id)).taskId).toBe(first.taskId);
    await compute.registry.database.transaction((tx) =>
      compute.serverRows.move(tx, { id, taskId: first.taskId, to: 'deleted' }),
    );
    const again = await remove(id);
    expect(again).toMatchObject({ taskId: first.taskId, ring: [], server: { status: 'deleted' } });
  });

  it('is deleted together with more others than there are connections', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, (_, i) => newServer(`many-${i}`)));
    const changes = await Promise.all(many.map(({ id }) => remove(id)));
    expect(changes.every(({ server }) => server.status === 'deleting')).toBe(true);
  }, 20_000);

  it('that is being created is deleted after its creation was asked to stop', async () => {
    const { id, task_id: creation } = await newServer('aborted');
    const { taskId } = await remove(id);
    const [task] = await compute.registry.database.read.query(
      'SELECT cancel_requested FROM task WHERE id = ?',
      [creation],
    );
    expect(task).toMatchObject({ cancel_requested: 1 });
    const [deletion] = await compute.registry.database.read.query('SELECT input FROM task WHERE id = ?', [
      taskId,
    ]);
    expect(deletion).toMatchObject({ input: { server_id: id, predecessor: creation } });
  });

  it('is not moved by a task that lost it', async () => {
    const { id, task_id: creation } = await newServer('lost');
    await remove(id);
    const moved = await compute.registry.database.transaction((tx) =>
      compute.serverRows.move(tx, { id, taskId: creation, to: 'error' }),
    );
    expect(moved).toBe(false);
    expect((await compute.servers.get(id, projectId)).status).toBe('deleting');
  });

  it('is renamed and relabelled at once, and told to its cluster by a task', async () => {
    const server = await activeServer('named');
    const patch = { name: 'renamed', metadata: { a: '1' } };
    const { server: changed, taskId } = await change((tx, origin) =>
      compute.servers.update(tx, server.id, patch, origin, anyVersion),
    );
    expect(changed).toMatchObject({
      name: 'renamed',
      metadata: { a: '1' },
      status: 'active',
      task_id: taskId,
    });
    expect(changed.version).toBeGreaterThan(server.version);
  });

  it('checks the version before it changes anything', async () => {
    const { id } = await activeServer('versioned');
    const refuse = () => {
      throw new Error('stale');
    };
    const update = change((tx, origin) => compute.servers.update(tx, id, { name: 'x' }, origin, refuse));
    await expect(update).rejects.toThrow('stale');
  });
});

describe('the list of servers', () => {
  it('is filtered and paged without a gap or a double', async () => {
    const names = ['p-1', 'p-2', 'p-3', 'p-4', 'p-5'];
    const listed = newId();
    for (const name of names) {
      const request = { count: 1, name, flavor: 'small', image: 'cirros', network: 'private' };
      await compute.creations.create(request, { ...caller, projectId: listed }, undefined, () => ({
        statusCode: 202,
        body: null,
      }));
    }
    const seen: string[] = [];
    let after: { value: string; id: string } | undefined;
    do {
      const page = { limit: 2, sort: 'name', order: 'asc', ...(after ? { after } : {}) } as const;
      const found = await compute.servers.list({ projectId: listed }, page);
      const shown = found.slice(0, 2);
      seen.push(...shown.map((server) => server.name));
      const last = shown.at(-1);
      after = found.length > 2 && last ? { value: last.name, id: last.id } : undefined;
    } while (after);
    expect(seen).toEqual(names);
    const page = { limit: 10, sort: 'created_at', order: 'desc' } as const;
    expect(await compute.servers.list({ projectId: listed, status: 'active' }, page)).toEqual([]);
    expect(await compute.servers.list({ projectId: listed, clusterIds: [] }, page)).toEqual([]);
    expect((await compute.servers.list({ projectId: listed, name: 'p-3' }, page)).map((s) => s.name)).toEqual(
      ['p-3'],
    );
    expect((await compute.servers.list({ projectId: listed }, page)).map((s) => s.name)).toEqual(
      names.toReversed(),
    );
  });
});
