import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import type { RouterWish } from '@ultron/network/router/router.service';
import { neutronMark } from './neutron-marks.rules.js';
import { openPortWorld, type BuiltVpc, type PortWorld } from './port-network-world.fixture.js';

jest.setTimeout(120_000);

let world: PortWorld;
let vpc: BuiltVpc;
beforeAll(async () => {
  // The backends differ in what the ports of a router are, and in what may depend on a revision.
  world = await openPortWorld([
    { name: 'ovn', release: '2025.1', networkBackend: 'ovn' },
    { name: 'dvr', release: 'zed', networkBackend: 'dvr' },
    { name: 'ha', release: 'zed', networkBackend: 'l3ha' },
  ]);
  vpc = await world.builtVpc();
}, 120_000);
afterAll(() => world.close());

const clusters = () => world.simulator.control.clusterNames();
const storeOf = (name: string) => world.simulator.control.cluster(name).network;
const idOf = (name: string): string => world.clusterIds[clusters().indexOf(name)] ?? '';
const anyVersion = () => undefined;

const wish = (change: Partial<RouterWish> = {}): RouterWish => ({
  projectId: world.projectId,
  vpc: vpc.vpcId,
  name: 'edge',
  description: '',
  adminStateUp: true,
  externalNetwork: 'public',
  enableSnat: null,
  subnetIds: [vpc.subnetId],
  ...change,
});

async function portIn(name: string): Promise<string> {
  const made = await world.done((tx) =>
    world.net.portService.create(tx, world.wish({ subnet: vpc.subnetId, cluster: name }), world.from()),
  );
  expect(made.ended?.error).toBeNull();
  return made.port.id;
}

async function floatingIpTo(portId: string): Promise<{ id: string; address: string | null }> {
  const made = await world.done((tx) =>
    world.net.floatingIpService.create(
      tx,
      {
        projectId: world.projectId,
        network: 'public',
        description: '',
        portId,
        fixedIpAddress: null,
        qosPolicyId: null,
      },
      world.from(),
    ),
  );
  expect(made.ended?.error).toBeNull();
  return world.net.floatingIpService.get(made.floatingIp.id, undefined);
}

describe('a router of a VPC', () => {
  let routerId: string;

  it('is made in every cluster, with a leg in its segment, whatever backs its network', async () => {
    const made = await world.done((tx) => world.net.routerService.create(tx, wish(), world.from()));
    expect(made.ended?.error).toBeNull();
    routerId = made.router.id;
    const shown = await world.net.routerService.get(routerId, world.projectId);
    expect(shown.status).toBe('active');
    expect(shown.clusters).toHaveLength(3);
    for (const part of shown.clusters) {
      expect(part).toMatchObject({ status: 'active', fault: null, openstackId: expect.any(String) });
      expect([part.externalAddresses.length, part.interfaces.length]).toEqual([1, 1]);
    }
    for (const name of clusters()) {
      const routers = [...storeOf(name).routers.values()].filter((r) => r.name === neutronMark(routerId));
      expect(routers).toHaveLength(1);
    }
  });

  it('has in the plan none of the addresses that its own ports hold', async () => {
    // A distributed router has a second port in each segment.
    const own = [...storeOf('dvr').ports.values()].filter((p) =>
      p.device_owner.startsWith('network:router_'),
    );
    const taken = await world.database.read.query<{ purpose: string }[]>(
      `SELECT a.purpose FROM address a JOIN segment s ON s.id = a.segment_id
        WHERE s.vpc_id = ? AND s.cluster_id = ? AND a.purpose = 'router'`,
      [vpc.vpcId, idOf('dvr')],
    );
    const inSegment = own.filter(
      ({ device_owner: owner, fixed_ips: ips }) =>
        owner === 'network:router_centralized_snat' && ips.length > 0,
    );
    expect(inSegment.length).toBeGreaterThan(0);
    expect(taken).toHaveLength(inSegment.length);
  });

  it('carries floating IPs, which move between ports of their cluster and to no other', async () => {
    const [here, there, elsewhere] = [await portIn('ovn'), await portIn('ovn'), await portIn('dvr')];
    const ip = await floatingIpTo(here);
    expect(ip.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const move = (portId: string | null) =>
      world.done((tx) => world.net.floatingIpService.update(tx, ip.id, { portId }, world.from(), anyVersion));
    await expect(move(elsewhere)).rejects.toMatchObject({ code: 'floating_ip_other_cluster' });
    expect((await move(there)).ended?.error).toBeNull();
    const target = await world.net.ports.find(world.database.read, there);
    const seen = () =>
      [...storeOf('ovn').floatingIps.values()].find((one) => one.floating_ip_address === ip.address);
    expect(seen()?.port_id).toBe(target?.openstackId);
    expect((await move(null)).ended?.error).toBeNull();
    expect(seen()?.port_id).toBeNull();
    const released = await world.done((tx) =>
      world.net.floatingIpService.delete(tx, ip.id, world.from(), anyVersion),
    );
    expect(released.ended?.error).toBeNull();
    expect(seen()).toBeUndefined();
  });

  it('gets a leg in a segment that a supplement brings, and loses it before the segment goes', async () => {
    const before = (await world.net.clusterRouters.interfacesOf(world.database.read, [routerId])).length;
    const outcome = await world.plan.supplements.supplement({
      id: newId(),
      vpcId: vpc.vpcId,
      idcId: world.idcId,
      clusterId: idOf('ovn'),
      need: 300,
      urgent: true,
      demands: [{ clusterId: idOf('ovn'), eligible: true }],
    });
    expect(outcome).toBeDefined();
    const dealt = await world.database.read.query<{ id: string }[]>(
      `SELECT id FROM segment WHERE vpc_id = ? AND subnet_id = ? AND state = 'reserved'`,
      [vpc.vpcId, vpc.subnetId],
    );
    expect(dealt.length).toBeGreaterThan(0);
    const build = await world.done(async (tx) => {
      const work = await world.segmentTasks.change(tx, {
        kind: 'subnet.supplement',
        vpcId: vpc.vpcId,
        resource: { kind: 'vpc', id: vpc.vpcId },
        build: dealt.map(({ id }) => ({ segmentId: id })),
        origin: world.origin(),
      });
      if (!work) throw new Error('nothing is to be built');
      return work;
    });
    expect(build.ended?.error).toBeNull();
    // The task of the router is found by any conductor that runs.
    const part = await world.net.clusterRouters.find(world.database.read, routerId, idOf('ovn'));
    const ended = await world.swept(part?.taskId ?? '');
    expect(ended.error).toBeNull();
    const legs = await world.net.clusterRouters.interfacesOf(world.database.read, [routerId]);
    expect(legs).toHaveLength(before + dealt.length);

    for (const { id } of dealt) await world.plan.segments.drain(id);
    const drain = await world.done(async (tx) => {
      const work = await world.segmentTasks.change(tx, {
        kind: 'subnet.reclaim',
        vpcId: vpc.vpcId,
        resource: { kind: 'vpc', id: vpc.vpcId },
        drain: dealt.map(({ id }) => id),
        origin: world.origin(),
      });
      if (!work) throw new Error('nothing is to be taken down');
      return work;
    });
    expect(drain.ended?.error).toBeNull();
    expect(await world.net.clusterRouters.interfacesOf(world.database.read, [routerId])).toHaveLength(before);
  });

  it('is gone without a trace', async () => {
    const { clusters: parts } = await world.net.routerService.get(routerId, undefined);
    const gone = await world.done((tx) =>
      world.net.routerService.delete(tx, routerId, world.from(), anyVersion),
    );
    expect(gone.ended?.error).toBeNull();
    const ids = new Set(parts.map(({ openstackId }) => openstackId));
    expect(ids.size).toBe(3);
    for (const name of clusters()) {
      const { routers, ports } = storeOf(name);
      expect([...routers.values()].filter(({ id }) => ids.has(id))).toEqual([]);
      expect([...ports.values()].filter((port) => ids.has(port.device_id))).toEqual([]);
    }
    expect((await world.net.routerService.get(routerId, undefined)).status).toBe('deleted');
  });
});
