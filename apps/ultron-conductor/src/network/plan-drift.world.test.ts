import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import { FindingRepository } from '@ultron/reconcile/finding/finding.repository';
import { PlanReader } from '@ultron/reconcile/plan/plan.reader';
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
    plans: new PlanReader(),
    policy: new ClusterPolicy(new PolicyRepository()),
    log,
  });
  [clusterId = ''] = world.clusterIds;
  place = await builtPlace();
}, 90_000);
afterAll(() => world.close());

/** A VPC with one segment, which is built. */
async function builtPlace(): Promise<typeof place> {
  const { vpcId, dealt, work } = await world.planSubnet(await world.addVpc('routed', { dhcpPorts: 0 }));
  world.tasks.ring(work.ring);
  expect((await world.ended(work.task.id, 30_000)).status).toBe('succeeded');
  const [row] = await world.database.read.query<{ net: string; sub: string }[]>(
    'SELECT openstack_network_id AS net, openstack_id AS sub FROM cluster_subnet WHERE vpc_id = ?',
    [vpcId],
  );
  const segmentId = dealt[0]?.segmentId ?? '';
  return { vpcId, networkId: row?.net ?? '', subnetId: row?.sub ?? '', segmentId };
}

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
  expect(await look()).toMatchObject([
    {
      kind: 'address_in_use_but_free',
      projectId: expect.any(String),
      evidence: { address, segment_id: place.segmentId, port: { id: port.id, name: 'by hand' } },
    },
  ]);
  expect(await openFindings()).toEqual([]);
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

it('leaves to comparisons what can wait: pools that were edited, networks that overlap', async () => {
  const { subnets, networks } = await neutron();
  const own = await subnets.get(place.subnetId);
  const [pool] = own.allocation_pools;
  await subnets.update(place.subnetId, {
    allocation_pools: [{ start: pool?.start ?? '', end: pool?.start ?? '' }],
  });
  const other = await networks.create({ name: 'legacy' });
  await subnets.create({ network_id: other.id, ip_version: 4, cidr: own.cidr });
  expect(await look()).toEqual([]);
  expect(await openFindings()).toEqual([]);
  await networks.delete(other.id);
  await subnets.update(place.subnetId, { allocation_pools: own.allocation_pools });
});

it('has an address back though a port on the network of another VPC has the same', async () => {
  const other = await builtPlace();
  const { ports, subnets } = await neutron();
  const port = await ports.create({
    network_id: other.networkId,
    fixed_ips: [{ subnet_id: other.subnetId }],
  });
  const address = port.fixed_ips[0]?.ip_address ?? '';
  expect(await look()).toMatchObject([{ evidence: { address, vpc_id: other.vpcId } }]);
  expect(await purposeOf(address)).toBe('foreign');

  const { cidr } = await subnets.get(other.subnetId);
  const twin = await subnets.create({ network_id: place.networkId, ip_version: 4, cidr });
  const fixed = [{ subnet_id: twin.id, ip_address: address }];
  await ports.create({ network_id: place.networkId, fixed_ips: fixed });
  await ports.delete(port.id);
  await look();
  expect(await purposeOf(address)).toBe('cooling');
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
