import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CreatedServers } from '@ultron/compute/server/server-create.service';
import { MortalDatabase } from '@ultron/testing/saga/mortal-database';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { addressesOf, builtVpc, discordsOf, type BuiltVpc } from './server-vpc.fixture.js';

jest.setTimeout(300_000);

let world: ComputeWorld;
let vpc: BuiltVpc;
beforeAll(async () => {
  world = await openComputeWorld([
    { name: 'a', release: 'queens' },
    { name: 'b', release: 'zed' },
    { name: 'c', release: '2025.1' },
  ]);
}, 300_000);
afterAll(() => world.close());
beforeEach(async () => {
  vpc = await builtVpc(world);
});
afterEach(() => world.simulator.control.clearFaults());

const inVpc = () => ({ networks: [{ vpc: vpc.vpcId }] });
const read = <Row>(sql: string, params: unknown[] = []) => world.database.read.query<Row[]>(sql, params);
const fault = (rule: Parameters<ComputeWorld['simulator']['control']['addFault']>[0]) =>
  world.simulator.control.addFault(rule);
const remove = (id: string) =>
  world.change((tx, origin) => world.servers.delete(tx, id, origin, () => undefined));

async function expectAllBound({ servers }: CreatedServers): Promise<void> {
  for (const { id } of servers) {
    const { rows, ports } = await addressesOf(world, id);
    expect(rows).toEqual([{ address: ports[0]?.ip, state: 'bound', own: true }]);
    expect(ports).toHaveLength(1);
  }
  expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
}

/** Leaves so many free addresses in each segment of a cluster, as if others had taken the rest. */
async function leave(cluster: string, free: number): Promise<void> {
  const own = await read<{ id: string; size: number; held: number }>(
    `SELECT id, POW(2, 32 - prefix) AS size, held FROM segment WHERE vpc_id = ? AND cluster_id = ?`,
    [vpc.vpcId, world.clusterIds.get(cluster)],
  );
  for (const segment of own) {
    await world.parts.plan.addresses.allocate({
      reservationId: segment.id,
      vpcId: vpc.vpcId,
      clusterId: world.clusterIds.get(cluster) ?? '',
      count: Number(segment.size) - segment.held - free,
    });
  }
}

describe('servers in a VPC', () => {
  it('get addresses that are still being built, and wait for them', async () => {
    await leave('a', 5);
    const engine = await world.conduct();
    const created = await world.create({ ...inVpc(), count: 40, placement: { clusters: ['a'] } });
    const waiting = await read<{ n: number }>(
      "SELECT COUNT(*) AS n FROM server_nic n JOIN segment g ON g.id = n.segment_id WHERE g.state <> 'active'",
    );
    expect(Number(waiting[0]?.n)).toBe(35);
    expect((await world.ended(created.task.id, 150_000)).progress).toMatchObject({ succeeded: 40 });
    await expectAllBound(created);
    expect(await read("SELECT id FROM task WHERE kind = 'subnet.supplement'")).toHaveLength(1);
    await engine.stop();
  });

  it('are all made, with no address lost or given twice, however often the conductors die', async () => {
    await leave('a', 3);
    await leave('b', 3);
    const created = await world.create({ ...inVpc(), count: 60 });
    for (const life of [9, 25, 60, 120, 33]) {
      let records = 0;
      const fate = {
        records: 0,
        turnedAt: undefined,
        dies: () => (++records === life ? (life % 2 ? 'after_commit' : 'before_commit') : undefined),
      } as const;
      const engine = await world.conduct({ database: new MortalDatabase(world.database, { ...fate }) });
      await new Promise((resolve) => setTimeout(resolve, 600));
      await engine.stop().catch(() => undefined);
    }
    const engine = await world.conduct();
    expect((await world.ended(created.task.id, 150_000)).progress).toMatchObject({
      succeeded: 60,
      failed: 0,
    });
    await expectAllBound(created);
    for (const { id } of created.servers.slice(0, 20)) {
      const { taskId } = await remove(id);
      expect((await world.ended(taskId, 90_000)).status).toBe('succeeded');
      expect((await addressesOf(world, id)).rows).toMatchObject([{ state: 'cooling' }]);
    }
    expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
    await engine.stop();
  });

  it('take another address where a port that is not ours has it, which is shown', async () => {
    const engine = await world.conduct();
    const created = await world.create({ ...inVpc(), placement: { clusters: ['b'] } });
    await world.ended(created.task.id, 90_000);
    const [first] = created.servers;
    const mine = await addressesOf(world, first?.id ?? '');
    const [spec] = await read<{ network: string; subnet: string; address: string }>(
      `SELECT w.openstack_id AS network, g.openstack_subnet_id AS subnet, n.address FROM server_nic n
         JOIN segment g ON g.id = n.segment_id
         JOIN cluster_vpc_network w ON w.vpc_id = n.vpc_id AND w.cluster_id = g.cluster_id WHERE n.server_id = ?`,
      [first?.id],
    );
    const next = `${spec?.address.split('.').slice(0, 3).join('.')}.${Number(spec?.address.split('.')[3]) + 1}`;
    const cloud = await world.conductorDeps().clouds.get(world.clusterIds.get('b') ?? '');
    const foreign = await cloud.network.ports.create({
      network_id: spec?.network ?? '',
      name: 'by-hand',
      fixed_ips: [{ subnet_id: spec?.subnet ?? '', ip_address: next }],
    });
    const second = await world.create({ ...inVpc(), placement: { clusters: ['b'] } });
    expect(second.servers[0]?.networks[0]?.ip_address).toBe(next);
    expect((await world.ended(second.task.id, 90_000)).status).toBe('succeeded');
    const { rows } = await addressesOf(world, second.servers[0]?.id ?? '');
    expect(rows[0]?.address).not.toBe(next);
    expect(rows[0]?.address).not.toBe(mine.rows[0]?.address);
    expect(await read('SELECT kind, openstack_id FROM finding WHERE openstack_id = ?', [foreign.id])).toEqual(
      [{ kind: 'foreign_port_on_segment', openstack_id: foreign.id }],
    );
    expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
    await engine.stop();
  });

  it('go to another cluster with another address when one has no room after all', async () => {
    fault({ cluster: 'a', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const engine = await world.conduct();
    const created = await world.create({ ...inVpc(), count: 6, placement: { clusters: ['a', 'b'] } });
    expect((await world.ended(created.task.id, 150_000)).progress).toMatchObject({ succeeded: 6 });
    await expectAllBound(created);
    const shown = await Promise.all(created.servers.map(({ id }) => world.servers.get(id, world.projectId)));
    expect(new Set(shown.map(({ cluster }) => cluster.name))).toEqual(new Set(['b']));
    await engine.stop();
  });

  it('stay where their addresses are when these were asked for', async () => {
    fault({ cluster: 'a', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const engine = await world.conduct();
    const first = await world.create({ ...inVpc(), placement: { clusters: ['a'] } });
    await world.ended(first.task.id, 90_000);
    const base = first.servers[0]?.networks[0]?.ip_address?.split('.') ?? [];
    const fixed = [...base.slice(0, 3), String(Number(base[3]) + 40)].join('.');
    const created = await world.create({ networks: [{ vpc: vpc.vpcId, fixedIps: [fixed] }] });
    expect(created.servers[0]?.cluster.name).toBe('a');
    const task = await world.ended(created.task.id, 90_000);
    expect(task).toMatchObject({ status: 'failed', error: { code: 'no_valid_host' } });
    const server = await world.servers.get(created.servers[0]?.id ?? '', world.projectId);
    expect(JSON.stringify(server.fault)).toContain('cannot follow the server');
    expect((await addressesOf(world, server.id)).rows).toMatchObject([{ state: 'cooling' }]);
    await engine.stop();
  });

  it('get addresses again when an operator lets their creation begin anew', async () => {
    fault({ cluster: 'c', effect: { kind: 'no-valid-host' }, method: 'POST', path: '/servers$' });
    const engine = await world.conduct();
    const created = await world.create({ ...inVpc(), placement: { clusters: ['c'] } });
    expect((await world.ended(created.task.id, 90_000)).status).toBe('failed');
    const id = created.servers[0]?.id ?? '';
    expect((await addressesOf(world, id)).rows).toMatchObject([{ state: 'cooling' }]);
    world.simulator.control.clearFaults();
    await world.tasks.retry(created.task.id);
    expect((await world.ended(created.task.id, 90_000)).status).toBe('succeeded');
    await expectAllBound(created);
    await engine.stop();
  });

  it('leave nothing behind when they are deleted while they are made', async () => {
    const engine = await world.conduct();
    for (const delay of [0, 40, 120, 300]) {
      const { servers } = await world.create({ ...inVpc(), name: 'short-lived' });
      const id = servers[0]?.id ?? '';
      await new Promise((resolve) => setTimeout(resolve, delay));
      const { taskId } = await remove(id);
      expect((await world.ended(taskId, 90_000)).status).toBe('succeeded');
      expect(await addressesOf(world, id)).toMatchObject({ rows: [{ state: 'cooling' }], ports: [] });
    }
    expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
    await engine.stop();
  });

  it('have addresses of a stretched subnet, and of what is added to it, all the same', async () => {
    vpc = await builtVpc(world, 'stretched');
    await leave('b', 4);
    const engine = await world.conduct();
    const created = await world.create({
      ...inVpc(),
      count: 20,
      placement: { clusters: ['b', 'c'], policy: 'pack' },
    });
    expect((await world.ended(created.task.id, 150_000)).progress).toMatchObject({ succeeded: 20 });
    await expectAllBound(created);
    const more = await world.create({ ...inVpc(), count: 10, placement: { clusters: ['b'] } });
    expect((await world.ended(more.task.id, 150_000)).progress).toMatchObject({ succeeded: 10 });
    await expectAllBound(more);
    await engine.stop();
  });

  it('go elsewhere when their segment cannot be built', async () => {
    await leave('a', 0);
    fault({
      cluster: 'a',
      effect: { kind: 'status', status: 400, message: 'no' },
      method: 'POST',
      path: '/subnets$',
    });
    const engine = await world.conduct();
    const created = await world.create({
      ...inVpc(),
      count: 3,
      placement: { clusters: ['a', 'c'], policy: 'pack' },
      minCount: 1,
    });
    const forced = await world.create({ ...inVpc(), placement: { clusters: ['c'] } });
    expect((await world.ended(created.task.id, 150_000)).progress).toMatchObject({ succeeded: 3 });
    expect((await world.ended(forced.task.id, 150_000)).status).toBe('succeeded');
    expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
    await engine.stop();
  });
});
