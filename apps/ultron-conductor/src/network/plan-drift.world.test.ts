import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import { PolicyRepository } from '@ultron/reconcile/policy/policy.repository';
import { classify } from '../openstack/openstack-fault.translate.js';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import { PlanDrift } from './plan-drift.js';
import { openPlanWorld, type PlanWorld } from './plan-world.fixture.js';
import { segmentBuild } from './segment-build.saga.js';

jest.setTimeout(60_000);

const NO_SIGNAL = new AbortController().signal;

let world: PlanWorld;
let drift: PlanDrift;
let clusterId: string;
let place: { vpcId: string; networkId: string; subnetId: string; segmentId: string };

beforeAll(async () => {
  world = await openPlanWorld([{ name: 'one', release: 'zed' }]);
  const deps = world.planDeps();
  await world.startEngine({ sagas: [segmentBuild], deps, classify, domains: ['network'] });
  const { log } = world;
  drift = new PlanDrift({
    ...deps,
    findings: new FindingRepository(new ObservedRepository()),
    drift: new PlanDriftRepository(),
    policy: new ClusterPolicy(new PolicyRepository()),
    log,
  });
  const { vpcId, dealt, work } = await world.planSubnet(await world.addVpc('routed', { dhcpPorts: 0 }));
  world.tasks.ring(work.ring);
  expect((await world.ended(work.task.id, 30_000)).status).toBe('succeeded');
  [clusterId = ''] = world.clusterIds;
  const [row] = await world.database.read.query<{ net: string; sub: string }[]>(
    'SELECT openstack_network_id AS net, openstack_id AS sub FROM cluster_subnet WHERE vpc_id = ?',
    [vpcId],
  );
  const segmentId = dealt[0]?.segmentId ?? '';
  place = { vpcId, networkId: row?.net ?? '', subnetId: row?.sub ?? '', segmentId };
}, 90_000);
afterAll(() => world.close());

const neutron = async () => (await world.planDeps().clouds.get(clusterId)).network;
const look = () => drift.look(clusterId, NO_SIGNAL);

async function openFindings(): Promise<string[]> {
  const rows = await world.database.read.query<{ kind: string }[]>(
    `SELECT kind FROM finding WHERE cluster_id = ? AND state = 'open' ORDER BY kind`,
    [clusterId],
  );
  return rows.map(({ kind }) => kind);
}

async function purposeOf(address: string): Promise<string | null | undefined> {
  const rows = await world.database.read.query<{ purpose: string | null; state: string }[]>(
    'SELECT purpose, state FROM address WHERE address = INET6_ATON(?)',
    [address],
  );
  return rows[0]?.state === 'infra' ? rows[0].purpose : rows[0]?.state;
}

it('finds nothing where the cluster is as was planned', async () => {
  const got = await world.plan.addresses.allocate({
    reservationId: newId(),
    vpcId: place.vpcId,
    clusterId,
    count: 1,
  });
  const [address] = got.addresses;
  const { ports } = await neutron();
  await ports.create({
    network_id: place.networkId,
    fixed_ips: [{ subnet_id: place.subnetId, ip_address: address?.address ?? '' }],
  });
  expect(await look()).toEqual([]);
  expect(await openFindings()).toEqual([]);
});

it('takes out the address of a port made by hand, and has it back when the port is gone', async () => {
  const { ports } = await neutron();
  const port = await ports.create({
    network_id: place.networkId,
    name: 'by hand',
    fixed_ips: [{ subnet_id: place.subnetId }],
  });
  const address = port.fixed_ips[0]?.ip_address ?? '';
  await look();
  expect(await openFindings()).toEqual(['foreign_port_on_segment']);
  expect(await purposeOf(address)).toBe('foreign');
  const noted = await world.database.read.query<{ state: string; resolved: Date | null }[]>(
    `SELECT state, resolved_at AS resolved FROM finding WHERE kind = 'address_in_use_but_free' AND openstack_id = ?`,
    [port.id],
  );
  expect(noted).toMatchObject([{ state: 'resolved', resolved: expect.any(Date) }]);
  const taken = world.plan.addresses.allocate({
    reservationId: newId(),
    vpcId: place.vpcId,
    clusterId,
    count: 1,
    fixed: [address],
  });
  await expect(taken).rejects.toMatchObject({ code: 'fixed_address_taken' });
  expect(await ports.find(port.id)).not.toBeNull();

  await ports.delete(port.id);
  await look();
  expect(await openFindings()).toEqual([]);
  expect(await purposeOf(address)).toBe('cooling');
});

it('shows a pool that was edited by hand, and leaves it so', async () => {
  const { subnets } = await neutron();
  const before = await subnets.get(place.subnetId);
  const [pool] = before.allocation_pools;
  const edited = [{ start: pool?.start ?? '', end: pool?.start ?? '' }];
  await subnets.update(place.subnetId, { allocation_pools: edited });
  await look();
  expect(await openFindings()).toEqual(['address_pool_edited']);
  expect((await subnets.get(place.subnetId)).allocation_pools).toEqual(edited);
  await subnets.update(place.subnetId, { allocation_pools: before.allocation_pools });
  await look();
  expect(await openFindings()).toEqual([]);
});

it('shows a network that overlaps', async () => {
  const { subnets, networks } = await neutron();
  const own = await subnets.get(place.subnetId);
  const other = await networks.create({ name: 'legacy' });
  const subnet = await subnets.create({ network_id: other.id, ip_version: 4, cidr: own.cidr });
  await look();
  expect(await openFindings()).toEqual(['cidr_overlap']);
  expect(await subnets.find(subnet.id)).not.toBeNull();
  await networks.delete(other.id);
  await look();
  expect(await openFindings()).toEqual([]);
});

it('hands out nothing of a segment whose subnet is gone', async () => {
  const { subnets, ports } = await neutron();
  for await (const page of ports.list({ subnetId: place.subnetId }))
    for (const { id } of page) await ports.delete(id);
  await subnets.delete(place.subnetId);
  await look();
  const [row] = await world.database.read.query<{ state: string; fault: { code: string } | null }[]>(
    'SELECT state, fault FROM segment WHERE id = ?',
    [place.segmentId],
  );
  expect(row).toMatchObject({ state: 'error', fault: { code: 'segment_subnet_gone' } });
});
