import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Reply } from '@ultron/platform/idempotency/idempotency.service';
import { testCompute, type TestCompute } from '../testing/compute.fixture.js';
import type { CreatedServers } from './server-create.service.js';
import type { ServerRequest } from './server.rules.js';

const origin = { projectId: newId(), traceId: 'a'.repeat(32), traceparent: '' };
const request: ServerRequest = { count: 1, name: 'web', flavor: 'small', image: 'cirros' };
let made: CreatedServers[] = [];
const present = (created: CreatedServers): Reply => {
  made.push(created);
  return { statusCode: 202, body: { ids: created.servers.map(({ id }) => id) } };
};

let compute: TestCompute;
let clusters: string[];
let idcId: string;
let vpcId: string;
let subnetId: string;
let cidr: string;

const create = (more: Partial<ServerRequest> = {}, key?: string, creations = compute.creations) => {
  const claim =
    key === undefined ? undefined : { scope: origin.projectId, key, requestHash: JSON.stringify(more) };
  return creations.create({ ...request, networks: [{ vpc: vpcId }], ...more }, origin, claim, present);
};
const rows = <T>(sql: string, params: unknown[] = []) =>
  compute.registry.database.read.query<T[]>(sql, params);

beforeAll(async () => {
  compute = await testCompute();
}, 300_000);
afterAll(() => compute.close());

beforeEach(async () => {
  const { database } = compute.registry;
  for (const table of [
    ...['server', 'server_nic', 'task', 'capacity_reservation', 'scheduling_decision', 'idempotency_key'],
    ...['address', 'segment', 'subnet', 'supplement', 'supplement_wait', 'vpc', 'address_pool'],
  ])
    await database.read.query(`DELETE FROM ${table}`);
  await database.read.query('DELETE FROM cluster');
  clusters = [await compute.addCluster('c1', 400), await compute.addCluster('c2', 400)];
  await compute.offers.fresh();
  const [cluster] = await rows<{ idc_id: string }>('SELECT idc_id FROM cluster LIMIT 1');
  idcId = cluster?.idc_id ?? '';
  const { plan } = compute.parts;
  const poolId = newId();
  await plan.plan.createPool({ id: poolId, name: 'pool', cidr: '11.0.0.0/8' });
  vpcId = newId();
  await plan.plan.createVpc({ id: vpcId, poolId, projectId: origin.projectId, name: 'prod', idcIds: [] });
  subnetId = newId();
  const subnet = await plan.plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds: clusters });
  cidr = subnet.cidr;
  await plan.build(vpcId);
  made = [];
});

/** Every address of a server is held once, under its own reservation, in a segment of its cluster. */
async function expectSound(servers: number): Promise<void> {
  const found = await rows<{ cluster: string; owner: string; state: string }>(
    `SELECT s.cluster_id AS cluster, g.cluster_id AS owner, a.state FROM server s
       JOIN server_nic n ON n.server_id = s.id JOIN address a ON a.reservation_id = n.reservation_id
       JOIN segment g ON g.id = n.segment_id AND g.id = a.segment_id`,
  );
  expect(found).toHaveLength(servers);
  for (const one of found) expect(one).toMatchObject({ owner: one.cluster, state: 'reserved' });
  const counted = await rows(
    `SELECT g.id FROM segment g WHERE g.held <> (SELECT COUNT(*) FROM address a WHERE a.segment_id = g.id)`,
  );
  expect(counted).toEqual([]);
}

describe('servers in a VPC', () => {
  it('are spread with an address each', async () => {
    await create({ count: 20 });
    await expectSound(20);
    const [created] = made;
    const addresses = created?.servers.map(({ networks }) => networks[0]?.ip_address);
    expect(new Set(addresses).size).toBe(20);
    expect(created?.servers[0]).toMatchObject({
      network: null,
      networks: [
        { vpc: { id: vpcId, name: 'prod' }, subnet: { id: subnetId, cidr }, network: null, fixed: false },
      ],
    });
    const spread = await rows<{ n: number }>('SELECT COUNT(*) AS n FROM server GROUP BY cluster_id');
    expect(spread.map(({ n }) => Number(n))).toEqual([10, 10]);
  });

  it('cost about as many statements for a hundred as for one', async () => {
    const { database } = compute.registry;
    const count = async (work: () => Promise<unknown>) => {
      const inTransaction = database.transaction.bind(database);
      let statements = 0;
      database.transaction = (write) =>
        inTransaction((tx) =>
          write(
            new Proxy(tx, {
              get: (target, name) => {
                if (name === 'query') statements++;
                const value: unknown = Reflect.get(target, name);
                return typeof value === 'function' ? value.bind(target) : value;
              },
            }),
          ),
        );
      await work().finally(() => {
        database.transaction = inTransaction;
      });
      return statements;
    };
    await create();
    const ofLogical = await count(() => create({ networks: undefined, network: 'private', count: 100 }));
    const ofOne = await count(() => create());
    const ofHundred = await count(() => create({ count: 100 }));
    expect(ofHundred).toBe(ofOne);
    expect(ofHundred - ofLogical).toBeLessThanOrEqual(12);
  });

  it('can have several networks, logical ones among them', async () => {
    await create({ count: 2, networks: [{ vpc: 'prod' }, { network: 'private' }, { subnet: subnetId }] });
    await expectSound(4);
    expect(made[0]?.servers[0]?.networks).toMatchObject([
      { vpc: { name: 'prod' }, ip_address: expect.any(String) },
      { vpc: null, network: { name: 'private' }, ip_address: null },
      { vpc: { name: 'prod' }, ip_address: expect.any(String) },
    ]);
  });

  it('are bound by addresses that are asked for', async () => {
    const plan = await compute.parts.plan.plans.get(compute.registry.database.read, vpcId);
    const base = cidr.split('/')[0]?.split('.').slice(0, 2).join('.') ?? '';
    const owned = plan.subnets.flatMap(({ segments }) => segments).filter(({ clusterId }) => clusterId);
    const fixedIps = owned.map(({ block }) => {
      const value = Number(block.base) + 50;
      return `${base}.${(value >> 8) & 255}.${value & 255}`;
    });
    await create({ count: 2, networks: [{ vpc: vpcId, fixedIps }] });
    await expectSound(2);
    const servers = made[0]?.servers ?? [];
    expect(servers.map(({ networks }) => networks[0]?.ip_address)).toEqual(expect.arrayContaining(fixedIps));
    expect(servers.map(({ cluster }) => cluster.id).toSorted()).toEqual(
      owned.map(({ clusterId }) => clusterId ?? '').toSorted(),
    );
    await expect(
      create({ networks: [{ vpc: vpcId, fixedIps: fixedIps.slice(0, 1) }] }),
    ).rejects.toMatchObject({
      code: 'fixed_address_taken',
      fields: [{ pointer: '/networks/0/fixed_ips/0' }],
    });
  });

  it('are refused with a problem for each wrong wish', async () => {
    const bad = (more: Partial<ServerRequest>) =>
      create(more).then(
        () => 'accepted',
        (error: { code: string; fields: { pointer: string }[] }) => [
          error.code,
          ...error.fields.map(({ pointer }) => pointer),
        ],
      );
    expect(await bad({ networks: [{ vpc: vpcId, fixedIps: ['11.9.9.9'] }] })).toEqual([
      'fixed_address_outside',
      '/networks/0/fixed_ips/0',
    ]);
    expect(await bad({ networks: [{ vpc: 'nowhere' }] })).toEqual(['invalid_body', '/networks/0/vpc']);
    expect(await bad({ networks: [{ subnet: newId() }] })).toEqual(['invalid_body', '/networks/0/subnet']);
    expect(await bad({ networks: [{ vpc: 'prod', subnet: subnetId }] })).toEqual([
      'invalid_body',
      '/networks/0/subnet',
    ]);
    expect(await bad({ networks: [{ vpc: vpcId, fixedIps: ['11.0.0.300'] }] })).toEqual([
      'invalid_body',
      '/networks/0/fixed_ips/0',
    ]);
    expect(await bad({ count: 2, networks: [{ vpc: vpcId, fixedIps: ['11.0.0.9'] }] })).toEqual([
      'invalid_body',
      '/networks/0/fixed_ips',
    ]);
    expect(await bad({ network: 'private' })).toEqual(['invalid_body', '/network']);
    expect(await bad({ networks: [{ network: 'private', fixedIps: ['10.0.0.9'] }] })).toEqual([
      'invalid_body',
      '/networks/0/fixed_ips',
    ]);
    await expectSound(0);
  });

  it('cause one supplement, however many meet the end at once', async () => {
    const one = { placement: { clusters: ['c1'] } };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => create({ ...one, count: 5, name: `w${i}` }, `key-${i}`)),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    await expectSound(300);
    // 252 addresses were there, 48 more are needed: that is one segment.
    expect(await compute.count('supplement')).toBe(1);
    expect(await compute.count('task', "kind = 'subnet.supplement'")).toBe(1);
    expect(await compute.count('task', "kind = 'segment.build'")).toBeGreaterThan(0);
    const waiting = await compute.count(
      'server_nic n JOIN segment g ON g.id = n.segment_id',
      "g.state = 'reserved'",
    );
    expect(waiting).toBe(48);
  }, 60_000);

  it('cause one supplement also when several processes meet the end, and none waits for ever', async () => {
    const processes = [compute.creations, compute.newCreations(), compute.newCreations()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 90 }, (_, i) =>
        create({ count: 4, name: `p${i}`, placement: { clusters: ['c1'] } }, `p-${i}`, processes[i % 3]),
      ),
    );
    expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual([]);
    await expectSound(360);
    expect(await compute.count('supplement')).toBe(1);
  }, 60_000);

  it('of one subnet and of the whole VPC, asked for at once at the end, all get theirs', async () => {
    const { database } = compute.registry;
    await database.read.query("UPDATE segment SET held = 246 WHERE state = 'active'");
    const one = { count: 8, placement: { clusters: ['c1'] } };
    const outcomes = await Promise.allSettled([
      create({ ...one, name: 'in-subnet', networks: [{ subnet: subnetId }] }),
      create({ ...one, name: 'in-vpc' }),
      create({ ...one, name: 'in-vpc-too' }),
    ]);
    expect(outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))).toEqual([]);
    expect(await compute.count('server_nic', 'address IS NOT NULL')).toBe(24);
  });

  it('are told where there is room when the VPC has no more', async () => {
    const one = { placement: { clusters: ['c1'] } };
    const { database } = compute.registry;
    await database.read.query('UPDATE segment SET held = 256 WHERE cluster_id = ?', [clusters[0]]);
    await database.read.query("DELETE FROM segment WHERE state = 'spare'");
    await database.read.query('UPDATE vpc SET idc_ids = ?', [JSON.stringify([newId(), newId(), newId()])]);
    await expect(create(one, 'key')).rejects.toMatchObject({
      code: 'no_cluster_fits',
      extra: {
        explain: {
          clusters: [
            {
              refused: {
                filter: 'addresses',
                numbers: { addresses_free: 0, addresses_coming: 0, addresses_replenishable: 0 },
              },
            },
            { addresses: [{ of: 'VPC prod', free: 252 }] },
          ],
        },
      },
    });
  });

  it('that are preemptible leave the low water alone', async () => {
    const { database } = compute.registry;
    await database.read.query("UPDATE segment SET held = 256 - 40 WHERE state = 'active'");
    const outcome = create({ count: 20, preemptible: true, placement: { clusters: ['c1'] } });
    await expect(outcome).rejects.toMatchObject({
      code: 'no_cluster_fits',
      extra: { explain: { room: 8 } },
    });
    await database.read.query("UPDATE segment SET held = infra WHERE state = 'active'");
    await create({ count: 4, preemptible: true });
    expect(await compute.count('server', 'preemptible = 1')).toBe(4);
  });

  it('are planned with their addresses, and nothing stays', async () => {
    const wish = { ...request, count: 300, networks: [{ vpc: vpcId }], placement: { clusters: ['c1'] } };
    const plan = await compute.creations.plan(wish, origin);
    expect(new Set(plan.servers.flatMap(({ addresses }) => addresses)).size).toBe(300);
    expect(plan.explain.clusters[0]).toMatchObject({ addresses: [{ of: 'VPC prod' }] });
    await expectSound(0);
    expect(await compute.count('supplement')).toBe(0);
    expect(await compute.count('task')).toBe(0);
    expect(await compute.count('capacity_reservation')).toBe(0);
  });

  it('answer the same to the same key', async () => {
    const first = await create({ count: 3 }, 'again');
    expect((await create({ count: 3 }, 'again')).body).toEqual(first.body);
    await expectSound(3);
  });

  it('are found by their VPC and subnet', async () => {
    await create({ count: 2 });
    await create({ networks: undefined, network: 'private' });
    const page = { limit: 10, sort: 'created_at', order: 'asc' } as const;
    expect(await compute.servers.list({ vpcId }, page)).toHaveLength(2);
    expect(await compute.servers.list({ subnetId }, page)).toHaveLength(2);
    expect(await compute.servers.list({ subnetId: newId() }, page)).toHaveLength(0);
    const [network] = await rows<{ id: string }>("SELECT id FROM network WHERE name = 'private'");
    expect(await compute.servers.list({ networkId: network?.id ?? '' }, page)).toHaveLength(1);
  });
});
