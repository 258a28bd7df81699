import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { openPortWorld, type PortWorld } from './port-network-world.fixture.js';

jest.setTimeout(120_000);

let world: PortWorld;
beforeAll(async () => {
  world = await openPortWorld([
    { name: 'hot', release: 'zed' },
    { name: 'calm', release: 'train' },
  ]);
}, 120_000);
afterAll(() => world.close());

let pools = 0;
/** A VPC of 128 addresses, in units of 16: two clusters have 32 each, 28 of them for ports, and 64 are spare. */
async function smallVpc(): Promise<{ vpcId: string; subnetId: string }> {
  const [poolId, vpcId, subnetId] = [newId(), newId(), newId()];
  const { plan } = world.plan;
  const prefixes = { vpc: 25, subnet: 25, segment: 28 };
  await plan.createPool({ id: poolId, name: poolId, cidr: `10.${200 + pools++}.0.0/20`, prefixes });
  const { projectId, idcId, clusterIds } = world;
  await plan.createVpc({ id: vpcId, poolId, projectId, name: 'small', idcIds: [idcId] });
  const { dealt } = await plan.createSubnet({ id: subnetId, vpcId, idcId, clusterIds });
  const built = await world.done(async (tx) => {
    const resource = { kind: 'subnet', id: subnetId } as const;
    const origin = world.origin();
    const work = await world.segmentTasks.change(tx, {
      kind: 'subnet.create',
      vpcId,
      resource,
      build: dealt,
      origin,
    });
    if (!work) throw new Error('nothing is to be built');
    return work;
  });
  expect(built.ended?.error).toBeNull();
  return { vpcId, subnetId };
}

it('has the cluster supplemented, once, when ports want more addresses than it has', async () => {
  const { vpcId } = await smallVpc();
  const [hot = ''] = world.clusterIds;
  const wish = world.wish({ vpc: vpcId, cluster: hot });
  const asked = await Promise.all(
    Array.from({ length: 32 }, () =>
      world.database.transaction((tx) => world.net.portService.create(tx, wish, world.from())),
    ),
  );
  await world.done(async () => ({ task: asked[0]?.task ?? null, ring: asked.flatMap(({ ring }) => ring) }));
  for (const { task } of asked) expect((await world.swept(task?.id ?? '')).error).toBeNull();

  const { ports } = world.simulator.control.cluster('hot').network;
  const ids = new Set(asked.map(({ port }) => `ultron-${port.id}`));
  const made = [...ports.values()].filter(({ name }) => ids.has(name));
  const shown = asked.map(({ port }) => port.fixedIps[0]?.ip_address);
  expect(made.map(({ fixed_ips: ips }) => ips[0]?.ip_address).toSorted()).toEqual(shown.toSorted());
  expect(new Set(shown).size).toBe(32);
  const supplements = await world.database.read.query<{ outcome: { dealt: unknown[] } }[]>(
    'SELECT outcome FROM supplement WHERE vpc_id = ?',
    [vpcId],
  );
  expect(supplements.filter(({ outcome }) => outcome.dealt.length > 0)).toHaveLength(1);
});

it('refuses with the reasons when nothing is left anywhere', async () => {
  const { subnetId } = await smallVpc();
  const create = () =>
    world.database.transaction((tx) =>
      world.net.portService.create(tx, world.wish({ subnet: subnetId }), world.from()),
    );
  let made = 0;
  const refusal = await (async () => {
    for (; made < 128; made++) {
      try {
        await create();
      } catch (error) {
        return error;
      }
    }
    return null;
  })();
  // Every segment has given all that it has, and none is spare.
  expect(made).toBeGreaterThan(56);
  expect(refusal).toMatchObject({ code: 'network_no_cluster_fits' });
  const spare = await world.database.read.query<{ id: string }[]>(
    `SELECT id FROM segment WHERE subnet_id = ? AND state = 'spare'`,
    [subnetId],
  );
  expect(spare).toEqual([]);
});
