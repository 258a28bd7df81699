import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { SegmentRow } from '@ultron/network/address-plan/segment/segment.repository';
import type { TaskView } from '@ultron/tasks/task/task.types';
import { eventually } from '@ultron/testing/world/eventually';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openPlanWorld, type PlannedSubnet, type PlanWorld } from './plan-world.fixture.js';
import { segmentBuild } from './segment-build.saga.js';
import { segmentDrain } from './segment-drain.saga.js';
import { planSnapshot } from './segment-harness.fixture.js';
import { subnetRemove } from './subnet-remove.saga.js';
import { vpcNetworkRemove, vpcRemove } from './vpc-remove.saga.js';

jest.setTimeout(120_000);

let world: PlanWorld;
beforeAll(async () => {
  world = await openPlanWorld([
    { name: 'one', release: 'zed' },
    { name: 'two', release: '2025.1' },
    { name: 'three', release: 'queens' },
    { name: 'ovn', release: 'zed', networkBackend: 'ovn' },
    { name: 'agents', release: 'zed', networkBackend: 'ml2_ovs' },
  ]);
  await world.startEngine({
    sagas: [segmentBuild, segmentDrain, subnetRemove, vpcNetworkRemove, vpcRemove],
    deps: world.planDeps(),
    classify,
    domains: ['network'],
  });
}, 60_000);
afterAll(() => world.close());
beforeEach(() => world.simulator.control.clearFaults());

async function built(planned: PlannedSubnet): Promise<TaskView> {
  world.tasks.ring(planned.work.ring);
  return world.ended(planned.work.task.id, 60_000);
}

async function segmentsOf(vpcId: string): Promise<SegmentRow[]> {
  const { subnets } = await world.plan.plans.get(world.database.read, vpcId);
  return subnets.flatMap(({ segments }) => segments).filter(({ state }) => state !== 'spare');
}

async function faultsOf(vpcId: string): Promise<(string | null)[]> {
  const rows = await world.database.read.query<{ fault: { code: string } | null }[]>(
    `SELECT fault FROM segment WHERE vpc_id = ? AND state <> 'spare' ORDER BY cluster_id`,
    [vpcId],
  );
  return rows.map(({ fault }) => fault?.code ?? null);
}

const neutronOf = (name: string) => world.simulator.control.cluster(name).network;

it('builds two subnets at once in the same networks, one network per cluster', async () => {
  const vpcId = await world.addVpc('routed');
  const [first, second] = [await world.planSubnet(vpcId), await world.planSubnet(vpcId)];
  const ended = await Promise.all([built(first), built(second)]);
  expect(ended.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  for (const name of ['one', 'two', 'three']) {
    const networks = [...neutronOf(name).networks.values()].filter(({ name: n }) => n.endsWith(vpcId));
    expect(networks).toHaveLength(1);
    const subnets = [...neutronOf(name).subnets.values()].filter((s) => s.network_id === networks[0]?.id);
    expect(subnets).toHaveLength(2);
  }
});

it('leaves a subnet degraded when a cluster refuses, and what was made there is gone', async () => {
  const { quota } = world.simulator.control.cluster('two').settings;
  world.simulator.control.configure('two', { quota: { ...quota, subnet: 0 } });
  const planned = await world.planSubnet(await world.addVpc('routed'));
  const ended = await built(planned);
  expect(ended.progress).toMatchObject({ succeeded: 4, failed: 1 });
  const segments = await segmentsOf(planned.vpcId);
  expect(segments.map(({ state }) => state).toSorted()).toEqual([
    'active',
    'active',
    'active',
    'active',
    'error',
  ]);
  expect((await faultsOf(planned.vpcId)).filter(Boolean)).toEqual(['openstack_quota']);
  expect([...neutronOf('two').networks.values()].filter(({ name }) => name.endsWith(planned.vpcId))).toEqual(
    [],
  );
  world.simulator.control.configure('two', { quota });
});

it('does not build over a network that is there already, and shows it', async () => {
  const vpcId = await world.addVpc('routed');
  const { subnets } = (await world.planDeps().clouds.get(world.clusterIds[0] ?? '')).network;
  const { networks } = (await world.planDeps().clouds.get(world.clusterIds[0] ?? '')).network;
  const plan = await world.plan.plans.get(world.database.read, vpcId);
  const base = plan.block.base;
  const octets = [24n, 16n, 8n, 0n].map((shift) => Number((base >> shift) & 255n)).join('.');
  const legacy = await networks.create({ name: 'legacy' });
  const theirs = await subnets.create({ network_id: legacy.id, ip_version: 4, cidr: `${octets}/22` });
  const planned = await world.planSubnet(vpcId);
  await built(planned);
  expect((await faultsOf(vpcId)).filter(Boolean)).toEqual(['segment_cidr_overlaps']);
  expect(await subnets.find(theirs.id)).not.toBeNull();
});

it('does not take down a segment in which somebody has a port', async () => {
  const planned = await world.planSubnet(await world.addVpc('routed'));
  await built(planned);
  const [segment] = await segmentsOf(planned.vpcId);
  const clusterId = segment?.clusterId ?? '';
  const { ports } = (await world.planDeps().clouds.get(clusterId)).network;
  const [place] = await world.database.read.query<{ net: string; sub: string }[]>(
    'SELECT openstack_network_id AS net, openstack_id AS sub FROM cluster_subnet WHERE owner_id = ?',
    [segment?.id],
  );
  const foreign = await ports.create({
    network_id: place?.net ?? '',
    name: 'by hand',
    fixed_ips: [{ subnet_id: place?.sub ?? '' }],
  });
  const work = await world.database.transaction((tx) =>
    world.segmentTasks.deleteSubnet(tx, {
      subnetId: planned.subnetId,
      vpcId: planned.vpcId,
      origin: world.origin(),
    }),
  );
  world.tasks.ring(work.ring);
  const ended = await world.ended(work.task.id, 60_000);
  expect(ended.status).toBe('failed');
  expect((await faultsOf(planned.vpcId)).filter(Boolean)).toEqual(['segment_has_ports']);
  expect(await ports.find(foreign.id)).not.toBeNull();

  await ports.delete(foreign.id);
  const again = await world.database.transaction((tx) =>
    world.segmentTasks.deleteSubnet(tx, {
      subnetId: planned.subnetId,
      vpcId: planned.vpcId,
      origin: world.origin(),
    }),
  );
  world.tasks.ring(again.ring);
  expect((await world.ended(again.task.id, 60_000)).status).toBe('succeeded');
  expect(await segmentsOf(planned.vpcId)).toEqual([]);
  for (const name of ['one', 'two', 'three'])
    expect([...neutronOf(name).subnets.values()].filter((s) => s.name.startsWith('ultron-'))).toEqual(
      [...neutronOf(name).subnets.values()].filter(
        (s) => s.name.startsWith('ultron-') && s.name !== `ultron-segment-${segment?.id}`,
      ),
    );
});

it('deletes a subnet and then the VPC, and nothing is left', async () => {
  const planned = await world.planSubnet(await world.addVpc('stretched'));
  await built(planned);
  const origin = world.origin();
  const work = await world.database.transaction((tx) =>
    world.segmentTasks.deleteSubnet(tx, { subnetId: planned.subnetId, vpcId: planned.vpcId, origin }),
  );
  world.tasks.ring(work.ring);
  expect((await world.ended(work.task.id, 60_000)).status).toBe('succeeded');
  const rest = await world.database.transaction((tx) =>
    world.segmentTasks.deleteVpc(tx, { vpcId: planned.vpcId, origin }),
  );
  world.tasks.ring(rest.ring);
  expect((await world.ended(rest.task.id, 60_000)).status).toBe('succeeded');
  expect(await planSnapshot(world, planned.vpcId)).toEqual({
    networks: [],
    subnets: [],
    segments: [],
    networkRows: [],
    subnetRows: [],
  });
  for (const table of ['vpc', 'subnet', 'segment']) {
    const column = table === 'vpc' ? 'id' : 'vpc_id';
    const [row] = await world.database.read.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM ${table} WHERE ${column} = ?`,
      [planned.vpcId],
    );
    expect(Number(row?.n)).toBe(0);
  }
});

it('refuses to delete a subnet of which servers have addresses, and names them', async () => {
  const planned = await world.planSubnet(await world.addVpc('routed'));
  await built(planned);
  const clusterId = planned.dealt[0]?.clusterId ?? '';
  const got = await world.plan.addresses.allocate({
    reservationId: newId(),
    vpcId: planned.vpcId,
    clusterId,
    count: 2,
  });
  const deletion = world.database.transaction((tx) =>
    world.segmentTasks.deleteSubnet(tx, {
      subnetId: planned.subnetId,
      vpcId: planned.vpcId,
      origin: world.origin(),
    }),
  );
  await expect(deletion).rejects.toMatchObject({
    code: 'subnet_in_use',
    extra: { addresses: got.addresses.map(({ address }) => expect.objectContaining({ address })) },
  });
});

it('widens and trims the pools of a stretched subnet and touches nothing that others changed', async () => {
  const planned = await world.planSubnet(await world.addVpc('stretched'));
  await built(planned);
  const clusterId = planned.dealt[0]?.clusterId ?? '';
  const { subnets } = (await world.planDeps().clouds.get(clusterId)).network;
  const [row] = await world.database.read.query<{ id: string }[]>(
    'SELECT openstack_id AS id FROM cluster_subnet WHERE owner_id = ? AND cluster_id = ?',
    [planned.subnetId, clusterId],
  );
  const before = await subnets.get(row?.id ?? '');
  const outcome = await world.plan.supplements.supplement({
    id: newId(),
    vpcId: planned.vpcId,
    idcId: world.idcId,
    clusterId,
    need: 300,
    urgent: true,
    demands: world.clusterIds.map((id) => ({ clusterId: id, eligible: true })),
  });
  const more = outcome.dealt.filter((one) => one.subnetId === planned.subnetId);
  expect(more.length).toBeGreaterThan(0);
  const work = await world.database.transaction((tx) =>
    world.segmentTasks.change(tx, {
      kind: 'subnet.supplement',
      vpcId: planned.vpcId,
      resource: { kind: 'vpc', id: planned.vpcId },
      build: outcome.dealt,
      origin: world.origin(),
    }),
  );
  world.tasks.ring(work?.ring ?? []);
  expect((await world.ended(work?.task.id ?? '', 60_000)).status).toBe('succeeded');
  const wide = await subnets.get(row?.id ?? '');
  expect(wide.allocation_pools.length + wide.allocation_pools.length).toBeGreaterThan(
    before.allocation_pools.length,
  );
  expect(wide.allocation_pools).not.toEqual(before.allocation_pools);
  const segmentId = more[0]?.segmentId ?? '';
  await world.plan.segments.drain(segmentId);
  const back = await world.database.transaction((tx) =>
    world.segmentTasks.change(tx, {
      kind: 'subnet.reclaim',
      vpcId: planned.vpcId,
      resource: { kind: 'vpc', id: planned.vpcId },
      drain: [segmentId],
      origin: world.origin(),
    }),
  );
  world.tasks.ring(back?.ring ?? []);
  expect((await world.ended(back?.task.id ?? '', 60_000)).status).toBe('succeeded');
  const trimmed = await eventually(
    () => subnets.get(row?.id ?? ''),
    (one) => one.allocation_pools.length === before.allocation_pools.length,
  );
  expect(trimmed.allocation_pools).toEqual(before.allocation_pools);
});

it('leaves to DHCP and metadata the addresses that the plan keeps for them', async () => {
  const planned = await world.planSubnet(await world.addVpc('routed'));
  await built(planned);
  for (const name of ['ovn', 'agents']) {
    const network = [...neutronOf(name).networks.values()].find((one) => one.name.endsWith(planned.vpcId));
    const ports = [...neutronOf(name).ports.values()].filter((port) => port.network_id === network?.id);
    expect(ports.length).toBeGreaterThan(0);
    const addresses = ports.flatMap((port) => port.fixed_ips.map((ip) => ip.ip_address));
    expect(addresses).toEqual([expect.stringMatching(/^11\.\d+\.\d+\.(2|130)$/)]);
  }
  const out = await world.database.read.query(
    'SELECT a.address FROM address a JOIN segment s ON s.id = a.segment_id WHERE s.vpc_id = ? AND a.purpose IS NOT NULL',
    [planned.vpcId],
  );
  expect(out).toEqual([]);
});
