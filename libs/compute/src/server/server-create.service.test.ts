import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Reply } from '@ultron/platform/idempotency/idempotency.service';
import { testCompute, type TestCompute } from '../testing/compute.fixture.js';
import type { CreatedServers } from './server-create.service.js';
import type { ServerRequest } from './server.rules.js';

const request: ServerRequest = {
  count: 1,
  name: 'web',
  flavor: 'small',
  image: 'cirros',
  network: 'private',
};
const origin = { projectId: newId(), traceId: 'a'.repeat(32), traceparent: '' };
const present = (created: CreatedServers): Reply => ({
  statusCode: 202,
  body: { names: created.servers.map((server) => server.name), task: created.task.id },
});

let compute: TestCompute;
const create = (more: Partial<ServerRequest> = {}, key?: string) => {
  const claim =
    key === undefined ? undefined : { scope: origin.projectId, key, requestHash: JSON.stringify(more) };
  return compute.creations.create({ ...request, ...more }, origin, claim, present);
};
const counts = async () => ({
  servers: await compute.count('server'),
  tasks: await compute.count('task'),
  reservations: await compute.count('capacity_reservation'),
  decisions: await compute.count('scheduling_decision'),
  keys: await compute.count('idempotency_key'),
});

beforeAll(async () => {
  compute = await testCompute();
}, 300_000);
afterAll(() => compute.close());
beforeEach(async () => {
  const { database } = compute.registry;
  for (const table of ['server', 'task', 'capacity_reservation', 'scheduling_decision', 'idempotency_key']) {
    await database.read.query(`DELETE FROM ${table}`);
  }
  await database.read.query('DELETE FROM cluster');
  await compute.offers.fresh();
  compute.rung.length = 0;
});

describe('the creation of servers', () => {
  it('writes one server, its promise, its task and the decision', async () => {
    const clusterId = await compute.addCluster('c1', 5);
    const reply = await create();
    expect(reply.body).toMatchObject({ names: ['web'] });
    expect(await counts()).toEqual({ servers: 1, tasks: 1, reservations: 1, decisions: 1, keys: 0 });
    const [task] = await compute.registry.database.read.query('SELECT kind, input, parent_id FROM task');
    expect(task).toMatchObject({
      kind: 'server.create',
      parent_id: null,
      input: { cluster_id: clusterId, tried: [] },
    });
    expect(compute.rung).toHaveLength(1);
  });

  it('makes a parent and a child per server of a batch, spread over the clusters', async () => {
    await compute.addCluster('c1', 50);
    await compute.addCluster('c2', 50);
    await create({ count: 20, name: 'web-{index:02}' });
    expect(await counts()).toEqual({ servers: 20, tasks: 21, reservations: 20, decisions: 1, keys: 0 });
    const spread = await compute.registry.database.read.query<{ n: number | string }[]>(
      'SELECT COUNT(*) AS n FROM server GROUP BY cluster_id',
    );
    expect(spread.map((row) => Number(row.n))).toEqual([10, 10]);
    expect(await compute.count('server', "name BETWEEN 'web-01' AND 'web-20'")).toBe(20);
  });

  it('refuses with the whole explanation when no cluster fits, and leaves nothing behind', async () => {
    await compute.addCluster('c1', 3);
    await expect(create({ count: 4 }, 'key-1')).rejects.toMatchObject({
      category: 'capacity',
      extra: { explain: { room: 3 } },
    });
    expect(await counts()).toEqual({ servers: 0, tasks: 0, reservations: 0, decisions: 0, keys: 0 });
  });

  it('takes fewer than asked for when min_count allows it', async () => {
    await compute.addCluster('c1', 3);
    await create({ count: 4, minCount: 2 });
    expect(await counts()).toMatchObject({ servers: 3, tasks: 4, reservations: 3 });
    const [parent] = await compute.registry.database.read.query(
      'SELECT children_total FROM task WHERE parent_id IS NULL',
    );
    expect(parent).toMatchObject({ children_total: 3 });
  });

  it('answers the same to the same key, whether one after the other or at once', async () => {
    await compute.addCluster('c1', 50);
    const first = await create({ count: 2 }, 'key-1');
    expect((await create({ count: 2 }, 'key-1')).body).toEqual(first.body);
    const twins = await Promise.all([create({ count: 3 }, 'key-2'), create({ count: 3 }, 'key-2')]);
    expect(twins[0]?.body).toEqual(twins[1]?.body);
    await expect(create({ count: 4 }, 'key-1')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await counts()).toMatchObject({ servers: 5, keys: 2 });
  });

  it('lets one refused request of a batch not harm the others', async () => {
    await compute.addCluster('c1', 5);
    const outcomes = await Promise.allSettled([
      create({ count: 1 }, 'a'),
      create({ count: 50 }, 'b'),
      create({ count: 1 }),
      create({ count: 60 }),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect(await counts()).toMatchObject({ servers: 2, reservations: 2, keys: 1 });
  });

  it('never promises more than there is to requests that come at once', async () => {
    await compute.addCluster('c1', 30);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => create({ count: 2 })));
    const accepted = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(accepted).toHaveLength(15);
    expect(await counts()).toMatchObject({ servers: 30, reservations: 30 });
  });

  it('names every unknown thing at its field', async () => {
    await compute.addCluster('c1', 5);
    await expect(
      create({ flavor: 'smal', image: 'debian', securityGroups: ['x'], keyPair: 'mine' }),
    ).rejects.toMatchObject({
      category: 'invalid',
      fields: [
        { pointer: '/flavor' },
        { pointer: '/image' },
        { pointer: '/security_groups/0' },
        { pointer: '/key_pair' },
      ],
    });
  });

  it('plans without writing', async () => {
    await compute.addCluster('c1', 5);
    const plan = await compute.creations.plan({ ...request, count: 2 }, origin);
    expect(plan.servers).toMatchObject([
      { name: 'web-1', cluster: { name: 'c1' } },
      { name: 'web-2', cluster: { name: 'c1' } },
    ]);
    expect(await counts()).toEqual({ servers: 0, tasks: 0, reservations: 0, decisions: 0, keys: 0 });
  });
});
