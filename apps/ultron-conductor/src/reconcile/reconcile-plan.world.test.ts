import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { formatAddress, parseAddress } from '@ultron/network/address-plan/block/block';
import { PlanDriftRepository } from '@ultron/network/realisation/plan-drift.repository';
import { PlanReader } from '@ultron/reconcile/plan/plan.reader';
import { ClusterPolicy } from '@ultron/reconcile/policy/cluster-policy';
import { PolicyRepository } from '@ultron/reconcile/policy/policy.repository';
import { neutronMark } from '../network/neutron-marks.rules.js';
import { PlanDrift } from '../network/plan-drift.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let drift: PlanDrift;

beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: '2025.1' });
  drift = new PlanDrift({
    ...here.world.conductorDeps(),
    drift: new PlanDriftRepository(),
    plans: new PlanReader(),
    policy: new ClusterPolicy(new PolicyRepository()),
    log: here.world.log,
  });
}, 300_000);
afterAll(() => here.close());

/** The other look at the plan, which asks the cluster: the two must not contradict each other. */
const look = () => drift.look(here.clusterId, new AbortController().signal);

describe('a VPC as it was planned', () => {
  it('is found no fault with', async () => {
    for (let i = 0; i < 3; i++) await here.round();
    await look();
    expect(await here.findings()).toEqual([]);
  });
});

describe('a port on a VPC that Ultron did not make', () => {
  it('is shown, and its address is taken out of the plan by itself', async () => {
    const port = await here.foreignPort('stranger');
    expect(await here.planned(port.address)).toBeUndefined();
    expect(await here.found({ kind: 'foreign_port_on_segment', openstackId: port.id })).toMatchObject({
      state: 'open',
      projectId: here.world.projectId,
      proposal: null,
      evidence: { vpc_id: here.vpc.vpcId, name: 'stranger' },
    });
    const address = await here.resolved({ kind: 'address_in_use_but_free', openstackId: port.id });
    expect(address).toMatchObject({ repairs: 1, cameBack: 0, subjectKind: 'address' });
    expect(await here.planned(port.address)).toBe('foreign');
    await look();
    await here.round();
    const open = await here.findings({ openstackId: port.id, state: 'open' });
    expect(open.map(({ kind, cameBack }) => [kind, cameBack]).toSorted()).toEqual([
      ['foreign_port_on_segment', 0],
      ['orphan', 0],
    ]);
    await here.cloud.network.ports.delete(port.id);
    await here.found(
      { openstackId: port.id, kind: 'foreign_port_on_segment' },
      ({ state }) => state === 'resolved',
    );
    await look();
    expect(await here.planned(port.address)).toBe('cooling');
  });

  it('keeps its address in the plan where policy only reports, until somebody has it repaired', async () => {
    const { policies } = here.parts;
    const place = { kind: 'address_in_use_but_free', subjectKind: '', scope: 'all', scopeId: '' } as const;
    const id = await policies.put(here.world.database.read, {
      ...place,
      action: 'report',
      maxPerHour: null,
      maxShare: null,
    });
    const port = await here.foreignPort('left-in');
    await look();
    const finding = await here.found({ kind: 'address_in_use_but_free', openstackId: port.id });
    await look();
    expect(finding).toMatchObject({ state: 'open', proposal: { action: 'take_address_out' } });
    expect(await here.planned(port.address)).toBeUndefined();
    expect(await here.repaired(finding)).toMatchObject({ state: 'resolved', repairs: 1 });
    expect(await here.planned(port.address)).toBe('foreign');

    await policies.remove(here.world.database.read, id);
    await here.parts.roundRows.brake(here.world.database.read, here.clusterId, 'a test');
    const other = await here.foreignPort('braked');
    await look();
    expect(await here.planned(other.address)).toBeUndefined();
    await here.parts.roundRows.release(here.world.database.read, here.clusterId);
    await look();
    expect(await here.planned(other.address)).toBe('foreign');
    for (const one of [port, other]) await here.cloud.network.ports.delete(one.id);
  });

  it('is foreign by no look when it bears a mark', async () => {
    const port = await here.foreignPort(neutronMark(newId()));
    await here.found({ kind: 'orphan', openstackId: port.id });
    for (let i = 0; i < 2; i++) {
      await look();
      await here.round();
    }
    const all = await here.findings({ openstackId: port.id });
    expect(all.map(({ kind }) => kind).toSorted()).toEqual(['address_in_use_but_free', 'orphan']);
    for (const { cameBack } of all) expect(cameBack).toBe(0);
    await here.cloud.network.ports.delete(port.id);
  });

  it('is Ultron’s once it is adopted, and so is its address', async () => {
    const port = await here.foreignPort('to-adopt');
    await here.found({ kind: 'foreign_port_on_segment', openstackId: port.id });
    const rows = await here.parts.adoptions.plan(here.adoptWish('port', port.id));
    expect(rows).toMatchObject([{ kind: 'port', openstack_id: port.id, detail: { vpc_id: here.vpc.vpcId } }]);
    const adoption = await here.adopt('port', port.id);
    expect(await here.net.portService.get(adoption.resourceId, here.world.projectId)).toMatchObject({
      name: 'to-adopt',
      vpcId: here.vpc.vpcId,
      subnetId: here.vpc.subnetId,
      openstackId: port.id,
      status: 'active',
    });
    expect(await here.planned(port.address)).toBe('bound');
    await look();
    await here.round();
    await look();
    expect(await here.findings({ openstackId: port.id, state: 'open' })).toEqual([]);

    await here.release(adoption);
    expect(await here.cloud.network.ports.find(port.id)).not.toBeNull();
    expect(await here.planned(port.address)).toBe('foreign');
    await here.found({ kind: 'foreign_port_on_segment', openstackId: port.id, state: 'open' });
    await here.cloud.network.ports.delete(port.id);
  });

  it('that was adopted is deleted like any other, and its address is free in time', async () => {
    const port = await here.foreignPort('to-delete');
    await here.found({ kind: 'orphan', openstackId: port.id });
    const { resourceId } = await here.adopt('port', port.id);
    await here.done((tx) => here.net.portService.delete(tx, resourceId, here.origin(), () => undefined));
    expect(await here.cloud.network.ports.find(port.id)).toBeNull();
    expect(await here.planned(port.address)).toBe('cooling');
  });

  it('comes with its server when that is adopted, address and all', async () => {
    const { compute, image } = here.cloud;
    const port = await here.foreignPort('of-a-server');
    const [flavor] = await compute.flavors.list().all();
    const [cirros] = await image.images.list().all();
    const { id } = await compute.servers.create({
      name: 'in-vpc',
      flavorRef: flavor?.id ?? '',
      imageRef: cirros?.id ?? '',
      networks: [{ port: port.id }],
    });
    await here.found({ kind: 'orphan', openstackId: id }, ({ evidence }) => evidence['status'] === 'ACTIVE');
    await look();
    expect(await here.planned(port.address)).toBe('foreign');
    const { resourceId } = await here.adopt('server', id);
    expect(await here.planned(port.address)).toBe('bound');
    expect(await here.world.servers.get(resourceId, here.world.projectId)).toMatchObject({
      networks: [{ vpc: { id: here.vpc.vpcId }, subnet: { id: here.vpc.subnetId } }],
      addresses: [{ ip_address: port.address, subnet_id: here.vpc.subnetId }],
    });
    await look();
    await here.round();
    expect(await here.findings({ openstackId: port.id, state: 'open' })).toEqual([]);
    const { taskId } = await here.world.change((tx, origin) =>
      here.world.servers.delete(tx, resourceId, origin, () => undefined),
    );
    await here.succeeded(taskId);
    expect(await here.planned(port.address)).toBe('cooling');
  });
});

describe('the allocation pools of a subnet', () => {
  it('are as they were when they are only cut otherwise', async () => {
    const { subnets } = here.cloud.network;
    const before = await subnets.get(here.vpc.openstackSubnetId);
    const [pool] = before.allocation_pools;
    const last = parseAddress(pool?.end ?? '', '').address;
    const [start, end] = [pool?.start ?? '', pool?.end ?? ''];
    await subnets.update(before.id, {
      allocation_pools: [
        { start, end: formatAddress(4, last - 1n) },
        { start: end, end },
      ],
    });
    for (let i = 0; i < 2; i++) await here.round();
    expect(await here.findings({ openstackId: before.id })).toEqual([]);
    await subnets.update(before.id, { allocation_pools: before.allocation_pools });
  });

  it('that were edited by hand are shown, and set again as the plan has them', async () => {
    const { subnets } = here.cloud.network;
    const before = await subnets.get(here.vpc.openstackSubnetId);
    const [pool] = before.allocation_pools;
    const edited = [{ start: pool?.start ?? '', end: pool?.start ?? '' }];
    await subnets.update(before.id, { allocation_pools: edited });
    const finding = await here.found({ kind: 'address_pool_edited', openstackId: before.id });
    expect(finding).toMatchObject({
      subjectKind: 'subnet',
      projectId: here.world.projectId,
      evidence: { differences: [{ field: 'allocation_pools', seen: edited }] },
      proposal: { action: 'restore_pool' },
    });
    await look();
    expect(await here.repaired(finding)).toMatchObject({ state: 'resolved', repairs: 1, cameBack: 0 });
    const after = await subnets.get(before.id);
    expect(after.allocation_pools).toEqual(before.allocation_pools);
    const puts = here.world.simulator.control.requests({ cluster: 'one', method: 'PUT' });
    const restored = puts.findLast(({ url }) => url.endsWith(`/subnets/${before.id}`));
    expect(restored?.headers['if-match']).toMatch(/^revision_number=\d+$/);
  });
});

describe('a repair whose answer gets lost', () => {
  it('is found to have been done, and is not taken for the change of another', async () => {
    const { subnets } = here.cloud.network;
    const before = await subnets.get(here.vpc.openstackSubnetId);
    const [pool] = before.allocation_pools;
    await subnets.update(before.id, {
      allocation_pools: [{ start: pool?.start ?? '', end: pool?.start ?? '' }],
    });
    const finding = await here.found({ kind: 'address_pool_edited', openstackId: before.id, state: 'open' });
    const fault = { cluster: 'one', method: 'PUT', path: `/subnets/${before.id}`, times: 1 };
    here.world.simulator.control.addFault({ ...fault, effect: { kind: 'drop-answer' } });
    expect(await here.repaired(finding)).toMatchObject({ state: 'resolved', repairs: 1 });
    expect((await subnets.get(before.id)).allocation_pools).toEqual(before.allocation_pools);
  });
});

describe('a subnet of somebody else', () => {
  it('that overlaps a VPC is shown until it is gone', async () => {
    const { networks, subnets } = here.cloud.network;
    const own = await subnets.get(here.vpc.openstackSubnetId);
    const network = await networks.create({ name: 'overlapping' });
    const subnet = await subnets.create({ network_id: network.id, ip_version: 4, cidr: own.cidr });
    const finding = await here.found({ kind: 'cidr_overlap', openstackId: subnet.id });
    expect(finding).toMatchObject({ state: 'open', proposal: null, evidence: { cidr: own.cidr } });
    await look();
    await here.round();
    expect(await here.parts.service.get(finding.id, undefined)).toMatchObject({ state: 'open', cameBack: 0 });
    await networks.delete(network.id);
    await here.found({ kind: 'cidr_overlap', openstackId: subnet.id }, ({ state }) => state === 'resolved');
  });
});
