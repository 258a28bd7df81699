import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { Finding } from '@ultron/reconcile/finding/finding.entity';
import { neutronMark } from '../network/neutron-marks.rules.js';
import { eventually } from '@ultron/testing/world/eventually';
import { type OwnThing, OwnThings } from './own-things.fixture.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let own: OwnThings;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: 'zed' });
  own = new OwnThings(here);
}, 300_000);
afterAll(() => here.close());

const setAgain = { action: 'reapply' };
const differences = (field: string, expected: unknown, seen: unknown) => ({
  evidence: { differences: [{ field, expected, seen }] },
});
const openOf = (subjectId: string) => here.findings({ subjectId, state: 'open' });

/** The changes that the repair sent; each said at which revision the thing was. */
function putsTo(path: string) {
  const puts = here.world.simulator.control.requests({ cluster: 'one', method: 'PUT' });
  const mine = puts.filter(({ url }) => url.endsWith(path));
  for (const { headers } of mine) expect(headers['if-match']).toMatch(/^revision_number=\d+$/);
  return mine;
}

const ended = { state: 'resolved', repairs: 1, cameBack: 0 };

/** The task of a repair that a person asks for, once it is over. */
async function tried(finding: Finding) {
  const { database, tasks } = here.world;
  const { task } = await database.transaction((tx) =>
    here.parts.service.repair(tx, finding.id, here.decider()),
  );
  tasks.ring([task]);
  return here.world.ended(task.id, 60_000);
}

describe('a repair of a port', () => {
  it('does what its finding says, and leaves the rest to other findings', async () => {
    const { ports, securityGroups, subnets } = here.cloud.network;
    const port = await own.port(['default']);
    const before = await ports.get(port.openstackId);
    const group = await securityGroups.create({ name: `foreign-${newId()}` });
    const [pool] = (await subnets.get(here.vpc.openstackSubnetId)).allocation_pools;
    const elsewhere = [{ subnet_id: here.vpc.openstackSubnetId, ip_address: pool?.end ?? '' }];
    await ports.update(port.openstackId, { fixed_ips: elsewhere, security_groups: [group.id] });
    const differs = await here.found({ kind: 'differs', subjectId: port.id });
    const groups = await here.found({ kind: 'security_group_differs', subjectId: port.id });

    expect(await here.repaired(differs)).toMatchObject(ended);
    expect(await ports.get(port.openstackId)).toMatchObject({
      fixed_ips: before.fixed_ips,
      security_groups: [group.id],
    });
    expect(await here.repaired(groups)).toMatchObject(ended);
    expect((await ports.get(port.openstackId)).security_groups).toEqual(before.security_groups);
  });
});

describe('a port that was changed behind our back', () => {
  it.each([
    { field: 'admin_state_up', intent: {}, byHand: { admin_state_up: false } },
    {
      field: 'port_security_enabled',
      intent: { portSecurityEnabled: true },
      byHand: { port_security_enabled: false, security_groups: [] },
    },
  ])('has $field as it was asked for again', async ({ field, intent, byHand }) => {
    const { ports } = here.cloud.network;
    const port = await own.port(null, intent);
    await ports.update(port.openstackId, byHand);
    const finding = await here.found({ kind: 'differs', subjectId: port.id });
    expect(finding).toMatchObject({ ...differences(field, true, false), proposal: setAgain });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(putsTo(`/ports/${port.openstackId}`)).toHaveLength(1);
    expect(await ports.get(port.openstackId)).toMatchObject({ [field]: true });
    expect(await openOf(port.id)).toEqual([]);
  });

  it('answers for no addresses but those that were asked for', async () => {
    const { ports } = here.cloud.network;
    const plain = await own.port();
    const paired = await own.port(null, { allowedAddressPairs: [{ ip_address: '10.9.0.0/24' }] });
    const { mac_address: mac } = await ports.get(paired.openstackId);
    await ports.update(plain.openstackId, { allowed_address_pairs: [{ ip_address: '10.8.0.1' }] });
    await ports.update(paired.openstackId, { allowed_address_pairs: [] });
    const wanted = { ip_address: '10.9.0.0/24', mac_address: mac };
    for (const [{ id, openstackId }, expected] of [
      [plain, []],
      [paired, [wanted]],
    ] as const) {
      const finding = await here.found({ kind: 'differs', subjectId: id });
      expect(finding).toMatchObject({
        evidence: { differences: [{ field: 'allowed_address_pairs', expected }] },
        proposal: setAgain,
      });
      expect(await here.repaired(finding)).toMatchObject(ended);
      expect(putsTo(`/ports/${openstackId}`)).toHaveLength(1);
      expect((await ports.get(openstackId)).allowed_address_pairs).toEqual(expected);
      expect(await openOf(id)).toEqual([]);
    }
  });

  it('is under its policy again', async () => {
    const { ports } = here.cloud.network;
    const port = await own.port(null, { qosPolicyId: await own.qosPolicy() });
    const { qos_policy_id: policy } = await ports.get(port.openstackId);
    expect(policy).toEqual(expect.any(String));
    await ports.update(port.openstackId, { qos_policy_id: null });
    const finding = await here.found({ kind: 'differs', subjectId: port.id });
    expect(finding).toMatchObject({ ...differences('qos_policy_id', policy, null), proposal: setAgain });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(putsTo(`/ports/${port.openstackId}`)).toHaveLength(1);
    expect(await ports.get(port.openstackId)).toMatchObject({ qos_policy_id: policy });
  });

  it('is not overwritten when it changes while it is repaired', async () => {
    const { ports } = here.cloud.network;
    const { control } = here.world.simulator;
    const port = await own.port();
    await ports.update(port.openstackId, { admin_state_up: false });
    const finding = await here.found({ kind: 'differs', subjectId: port.id });
    const look = { cluster: 'one', method: 'GET', path: `/ports/${port.openstackId}`, times: 1 };
    // The look is answered late: what it shows is old by then.
    const id = control.addFault({ ...look, effect: { kind: 'slow', ms: 1_500 } });
    control.clearRequests();
    const repair = tried(finding);
    await eventually(
      async () => control.faults().find((fault) => fault.id === id)?.struck,
      (struck) => struck === 1,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const byHand = await ports.update(port.openstackId, { admin_state_up: true, description: 'by hand' });
    expect(await repair).toMatchObject({ status: 'succeeded' });
    control.removeFault(id);
    const told = control
      .requests({ cluster: 'one', method: 'PUT' })
      .filter(({ url, headers }) => url.endsWith(`/ports/${port.openstackId}`) && headers['if-match']);
    expect(told.map(({ status }) => status)).toEqual([412]);
    expect(await ports.get(port.openstackId)).toEqual(byHand);
    expect(await here.parts.service.get(finding.id, undefined)).toMatchObject(ended);
  });
});

describe('a port that was adopted', () => {
  it('keeps the address pairs that it had, of which nobody wrote down any', async () => {
    const { ports } = here.cloud.network;
    const port = await ports.create({
      network_id: here.vpc.networkId,
      name: 'paired',
      allowed_address_pairs: [{ ip_address: '10.7.0.1' }],
    });
    await here.found({ kind: 'orphan', openstackId: port.id });
    const { resourceId } = await here.adopt('port', port.id);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (let i = 0; i < 2; i++) await here.round();
    expect(await openOf(resourceId)).toEqual([]);
  });
});

describe('a floating IP that was changed behind our back', () => {
  let router: OwnThing;
  beforeAll(async () => {
    router = await own.router();
  });
  afterAll(() => own.deleteRouter(router.id));

  it('bears its mark again, and keeps its port and its policy', async () => {
    const { floatingIps } = here.cloud.network;
    const port = await own.port();
    const ip = await own.floatingIp(port.id, { qosPolicyId: await own.qosPolicy() });
    const before = await floatingIps.get(ip.openstackId);
    expect(before).toMatchObject({ port_id: port.openstackId, qos_policy_id: expect.any(String) });
    const { qos_policy_id: policy } = before;
    await floatingIps.update(ip.openstackId, {
      port_id: port.openstackId,
      description: 'mine',
      ...(policy == null ? {} : { qos_policy_id: policy }),
    });
    const finding = await here.found({ kind: 'differs', subjectId: ip.id });
    expect(finding).toMatchObject({
      ...differences('description', neutronMark(ip.id), 'mine'),
      proposal: setAgain,
    });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(putsTo(`/floatingips/${ip.openstackId}`)).toHaveLength(1);
    const { description, port_id, qos_policy_id } = await floatingIps.get(ip.openstackId);
    expect({ description, port_id, qos_policy_id }).toEqual({
      description: neutronMark(ip.id),
      port_id: port.openstackId,
      qos_policy_id: policy,
    });
    await own.deleteFloatingIp(ip.id);
  });

  it('leads again to the address of the port that was asked for', async () => {
    const { floatingIps, ports, subnets } = here.cloud.network;
    const port = await own.port();
    const [first] = (await ports.get(port.openstackId)).fixed_ips;
    const [pool] = (await subnets.get(here.vpc.openstackSubnetId)).allocation_pools;
    const second = { subnet_id: here.vpc.openstackSubnetId, ip_address: pool?.end ?? '' };
    const ip = await own.floatingIp(port.id, { fixedIpAddress: first?.ip_address ?? '' });
    await ports.update(port.openstackId, { fixed_ips: [...(first ? [first] : []), second] });
    const elsewhere = { port_id: port.openstackId, fixed_ip_address: second.ip_address };
    await floatingIps.update(ip.openstackId, elsewhere);
    const finding = await here.found({ kind: 'differs', subjectId: ip.id });
    expect(finding).toMatchObject({
      ...differences('fixed_ip_address', first?.ip_address, second.ip_address),
      proposal: setAgain,
    });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(putsTo(`/floatingips/${ip.openstackId}`)).toHaveLength(1);
    expect(await floatingIps.get(ip.openstackId)).toMatchObject({ fixed_ip_address: first?.ip_address });
    await own.deleteFloatingIp(ip.id);
  });
});

describe('what people have to decide', () => {
  it('is shown: a gateway that was taken away', async () => {
    const { routers } = here.cloud.network;
    const router = await own.router();
    const before = await routers.get(router.openstackId);
    await routers.update(router.openstackId, { external_gateway_info: null });
    const finding = await here.found({ kind: 'differs', subjectId: router.id });
    expect(finding).toMatchObject({
      ...differences('external_network_id', before.external_gateway_info?.network_id, null),
      proposal: null,
    });
    await expect(here.parts.service.repairPlan(finding.id)).rejects.toMatchObject({
      code: 'finding_not_repairable',
    });
    await own.deleteRouter(router.id);
  });

  it('is shown: a network and a subnet of a VPC that were changed', async () => {
    const { networks, subnets } = here.cloud.network;
    const { networkId, openstackSubnetId, vpcId } = here.vpc;
    const [network, subnet] = [await networks.get(networkId), await subnets.get(openstackSubnetId)];
    await networks.update(networkId, { admin_state_up: false, name: 'renamed' });
    await subnets.update(openstackSubnetId, { enable_dhcp: !subnet.enable_dhcp, name: 'renamed too' });
    expect(await here.found({ kind: 'differs', subjectKind: 'network', subjectId: vpcId })).toMatchObject({
      evidence: {
        differences: [
          { field: 'name', expected: network.name, seen: 'renamed' },
          { field: 'admin_state_up', expected: true, seen: false },
        ],
      },
      proposal: null,
    });
    expect(
      await here.found({ kind: 'differs', subjectKind: 'subnet', openstackId: openstackSubnetId }),
    ).toMatchObject({
      evidence: {
        differences: [
          { field: 'name', expected: subnet.name, seen: 'renamed too' },
          { field: 'enable_dhcp', expected: subnet.enable_dhcp, seen: !subnet.enable_dhcp },
        ],
      },
      proposal: null,
    });
    await networks.update(networkId, { admin_state_up: true, name: network.name });
    await subnets.update(openstackSubnetId, { enable_dhcp: subnet.enable_dhcp, name: subnet.name });
    for (const openstackId of [networkId, openstackSubnetId])
      await here.found({ kind: 'differs', openstackId }, ({ state }) => state === 'resolved');
  });
});

describe('what bears the mark of something of ours that is alive', () => {
  it('is left alone when our row may have nothing else', async () => {
    const { routers } = here.cloud.network;
    const router = await own.router();
    const second = await routers.create({ name: neutronMark(router.id) });
    const finding = await here.found({ kind: 'duplicate', openstackId: second.id });
    const setId = (id: string | null) =>
      here.world.database.read.query('UPDATE cluster_router SET openstack_id = ? WHERE router_id = ?', [
        id,
        router.id,
      ]);
    await setId(null);
    expect(await tried(finding)).toMatchObject({ status: 'failed', error: { code: 'finding_not_ours' } });
    expect(await routers.find(second.id)).not.toBeNull();
    await setId(router.openstackId);
    expect(await here.repaired(await here.parts.service.get(finding.id, undefined))).toMatchObject({
      state: 'resolved',
      repairs: 2,
    });
    expect(await routers.find(second.id)).toBeNull();
    expect(await routers.find(router.openstackId)).not.toBeNull();
  });
});
