import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { AdoptionRows } from '@ultron/reconcile/adoption/adoption.rows';
import { neutronMark } from '../network/neutron-marks.rules.js';
import { OwnThings } from './own-things.fixture.js';
import { ReconcileWorld } from './reconcile-world.fixture.js';

jest.setTimeout(180_000);

let here: ReconcileWorld;
let own: OwnThings;
beforeAll(async () => {
  here = await ReconcileWorld.open({ name: 'one', release: 'zed' });
  own = new OwnThings(here);
}, 300_000);
afterAll(() => here.close());

const openOf = (subjectId: string) => here.findings({ subjectId, state: 'open' });

const ended = { state: 'resolved', repairs: 1, cameBack: 0 };

describe('a router', () => {
  let router: Awaited<ReturnType<OwnThings['router']>>;

  it('that was switched off behind our back is switched on again', async () => {
    const { routers } = here.cloud.network;
    router = await own.router();
    await routers.update(router.openstackId, { admin_state_up: false });
    const finding = await here.found({ kind: 'differs', subjectId: router.id });
    expect(finding).toMatchObject({
      evidence: { differences: [{ field: 'admin_state_up', expected: true, seen: false }] },
      proposal: { action: 'reapply' },
    });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await routers.find(router.openstackId)).toMatchObject({ admin_state_up: true });
  });

  it('of which there is a second one loses the second one, and only that', async () => {
    const { routers } = here.cloud.network;
    const second = await routers.create({ name: neutronMark(router.id) });
    const finding = await here.found({ kind: 'duplicate', openstackId: second.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await routers.find(second.id)).toBeNull();
    expect(await routers.find(router.openstackId)).not.toBeNull();
  });
});

describe('a floating IP', () => {
  let port: { id: string; openstackId: string };

  it('that was taken off its port is put on it again', async () => {
    const { floatingIps } = here.cloud.network;
    port = await own.port();
    const ip = await own.floatingIp(port.id);
    await floatingIps.update(ip.openstackId, { port_id: null });
    const finding = await here.found({ kind: 'differs', subjectId: ip.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await floatingIps.find(ip.openstackId)).toMatchObject({ port_id: port.openstackId });
    await own.deleteFloatingIp(ip.id);
  });

  it('that is gone from its cluster is recorded as deleted', async () => {
    const ip = await own.floatingIp(port.id);
    await here.cloud.network.floatingIps.delete(ip.openstackId);
    const finding = await here.found({ kind: 'missing', subjectId: ip.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    await expect(here.net.floatingIpService.get(ip.id, undefined)).resolves.toMatchObject({
      status: 'deleted',
    });
    expect(await openOf(ip.id)).toEqual([]);
  });
});

describe('a port of a VPC', () => {
  it('whose security groups were changed has those that were asked for again', async () => {
    const { ports, securityGroups } = here.cloud.network;
    const port = await own.port(['default']);
    const group = await securityGroups.create({ name: `foreign-${newId()}` });
    const before = await ports.get(port.openstackId);
    await ports.update(port.openstackId, { security_groups: [group.id] });
    const finding = await here.found({ kind: 'security_group_differs', subjectId: port.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect((await ports.get(port.openstackId)).security_groups).toEqual(before.security_groups);
  });

  it('that is gone from its cluster is recorded as deleted, and its address cools', async () => {
    const { ports } = here.cloud.network;
    const port = await own.port();
    const address = (await ports.get(port.openstackId)).fixed_ips[0]?.ip_address ?? '';
    expect(await here.planned(address)).toBe('bound');
    await ports.delete(port.openstackId);
    const finding = await here.found({ kind: 'missing', subjectId: port.id });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await here.planned(address)).toBe('cooling');
  });
});

describe('a server', () => {
  it('that was resized behind our back is recorded with the flavor that it has', async () => {
    const { servers, task } = await here.world.create({ name: 'resized' });
    await here.succeeded(task.id);
    const id = servers[0]?.id ?? '';
    const view = await here.world.servers.get(id, here.world.projectId);
    const { compute } = here.world.simulator.control.cluster('one');
    const row = compute.servers.get(view.openstack_id ?? '');
    const flavor = [...compute.flavors.values()].find(({ name }) => name === 'm1.small');
    if (!row || !flavor) throw new Error('the simulator has no such server or flavor');
    compute.update(row, { flavor });
    const finding = await here.found({ kind: 'flavor_differs', subjectId: id });
    expect(finding).toMatchObject({ proposal: { action: 'accept' } });
    expect(await here.repaired(finding)).toMatchObject(ended);
    expect(await here.world.servers.get(id, here.world.projectId)).toMatchObject({
      flavor: { name: 'm1.small' },
      status: 'active',
    });
  });

  it('with ports of different security groups is adopted with those of each', async () => {
    const { network, compute, image } = here.cloud;
    const [own] = await network.networks.list({ name: 'private' }).all();
    const groups = [];
    for (const name of [`a-${newId()}`, `b-${newId()}`])
      groups.push(await network.securityGroups.create({ name }));
    const ports = [];
    for (const { id } of groups)
      ports.push(await network.ports.create({ network_id: own?.id ?? '', security_groups: [id] }));
    const [flavor] = await compute.flavors.list().all();
    const [cirros] = await image.images.list().all();
    const server = await compute.servers.create({
      name: 'two-ports',
      flavorRef: flavor?.id ?? '',
      imageRef: cirros?.id ?? '',
      networks: ports.map((port) => ({ port: port.id })),
    });
    await here.found(
      { kind: 'orphan', openstackId: server.id },
      ({ evidence }) => evidence['status'] === 'ACTIVE',
    );
    // The names of the groups are known from the next probe on.
    const names = groups.map((group) => [here.clusterId, group.id, group.name]);
    await here.world.database.read.query(
      'INSERT IGNORE INTO cluster_security_group (cluster_id, openstack_id, name, observed_at) VALUES ?',
      [names.map((row) => [...row, new Date()])],
    );
    const adoption = await here.adopt('server', server.id);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (let i = 0; i < 3; i++) await here.round();
    const rows = adoption.rowsMade.map(({ id }) => id);
    expect(rows).toHaveLength(3);
    for (const id of rows) expect(await openOf(id)).toEqual([]);
  });
});

describe('a network that Ultron did not make', () => {
  const orphanOf = (openstackId: string) => here.found({ kind: 'orphan', openstackId, state: 'open' });

  it('is Ultron’s once it is adopted, and nobody’s when it is given up', async () => {
    const network = await here.cloud.network.networks.create({ name: 'legacy-net' });
    await orphanOf(network.id);
    const adoption = await here.adopt('network', network.id);
    expect(adoption).toMatchObject({ status: 'adopted', rowsMade: [{ kind: 'network' }] });
    const logical = await here.net.networks.find(here.world.database.read, 'legacy-net');
    expect(logical?.id).toBe(adoption.resourceId);
    await here.round();
    expect(await here.findings({ openstackId: network.id, state: 'open' })).toEqual([]);
    await expect(here.adopt('network', network.id)).rejects.toMatchObject({ code: expect.any(String) });

    await here.release(adoption);
    await orphanOf(network.id);
    expect(await here.cloud.network.networks.find(network.id)).not.toBeNull();

    // What the cluster shows maps it no more, though nothing else has its name.
    const shown = await here.cloud.network.networks.list().all();
    const inventory = shown.map(({ id, name }) => ({ openstackId: id, name, external: false }));
    await here.world.database.transaction((tx) => here.net.networks.apply(tx, here.clusterId, inventory));
    const mapped = await here.net.networks.listClusterNetworks(here.world.database.read);
    expect(mapped.find(({ openstackId }) => openstackId === network.id)).toMatchObject({
      networkId: null,
      unmappedReason: 'it was given up again',
    });
    expect((await here.adopt('network', network.id)).status).toBe('adopted');
  });

  it('that is Ultron’s already stays so when its adoption fails', async () => {
    const network = await here.cloud.network.networks.create({ name: 'mapped-meanwhile' });
    await orphanOf(network.id);
    // It is mapped between the wish and the task.
    const { task } = await here.world.database.transaction(async (tx) => {
      const begun = await here.parts.adoptions.adopt(
        tx,
        here.adoptWish('network', network.id),
        here.decider(),
      );
      const own = { id: newId(), clusterId: here.clusterId, openstackId: network.id };
      expect(
        await new AdoptionRows().mapNetwork(tx, { ...own, name: 'mapped-meanwhile', external: false }),
      ).toBe(true);
      expect(
        await new AdoptionRows().mapNetwork(tx, { ...own, id: newId(), name: 'second', external: false }),
      ).toBe(false);
      return begun;
    });
    here.world.tasks.ring([task]);
    expect(await here.world.ended(task.id, 60_000)).toMatchObject({
      status: 'failed',
      error: { code: 'adoptee_ours' },
    });
    const logical = await here.net.networks.find(here.world.database.read, 'mapped-meanwhile');
    const [mapped] = await here.net.networks.listClusterNetworks(here.world.database.read, logical?.id);
    expect(mapped).toMatchObject({ openstackId: network.id, pinned: true });
  });

  it('is adopted by a rule, also what comes later, and ports likewise', async () => {
    const { networks, ports } = here.cloud.network;
    const first = await networks.create({ name: 'ruled-1' });
    const port = await ports.create({ network_id: first.id, name: 'ruled-port' });
    const other = await networks.create({ name: 'unruly' });
    for (const { id } of [first, port, other]) await orphanOf(id);
    const rule = {
      id: newId(),
      name: 'ruled',
      projectId: here.world.projectId,
      subjectKinds: ['network' as const, 'port' as const],
      clusterId: here.clusterId,
      openstackProjectId: null,
      namePattern: 'ruled-*',
      metadata: {},
      mark: false,
      enabled: true,
    };
    const matches = await here.parts.adoptions.matching(rule);
    expect(new Set(matches.map(({ openstackId }) => openstackId))).toEqual(new Set([first.id, port.id]));
    const { parent, tasks } = await here.world.database.transaction((tx) =>
      here.parts.adoptions.addRule(tx, rule, matches, here.decider()),
    );
    here.world.tasks.ring(tasks);
    await here.succeeded(parent?.id ?? '');
    const second = await networks.create({ name: 'ruled-2' });
    const adopted = await here.found(
      { kind: 'orphan', openstackId: second.id },
      ({ state }) => state === 'resolved',
    );
    expect(adopted).toMatchObject({ repairs: 0 });
    const page = { limit: 10, sort: 'id', order: 'asc' } as const;
    const list = (openstackId: string) => here.parts.adoptions.list({ openstackId }, page);
    expect(await list(second.id)).toMatchObject([{ status: 'adopted', ruleId: rule.id }]);
    expect(await list(other.id)).toEqual([]);
  });
});
