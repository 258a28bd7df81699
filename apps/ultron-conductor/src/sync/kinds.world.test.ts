import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Cloud } from '@ultron/openstack/cloud';
import { eventually } from '@ultron/testing/world/eventually';
import { openComputeWorld, type ComputeWorld } from '../compute/compute-world.fixture.js';
import { SyncWorld } from './sync-world.fixture.js';

jest.setTimeout(120_000);

const RELEASES = ['queens', '2025.1'] as const;

describe.each(RELEASES)('the kinds of things of a cluster of %s', (release) => {
  let world: ComputeWorld;
  let sync: SyncWorld;
  let clusterId: string;
  let cloud: Cloud;

  beforeAll(async () => {
    world = await openComputeWorld([{ name: 'one', release, cells: 2 }]);
    clusterId = world.clusterIds.get('one') ?? '';
    await world.conduct();
    const { clouds } = world.conductorDeps();
    cloud = await clouds.get(clusterId);
    world.simulator.fill('one', 6);
    sync = await SyncWorld.start(world, clouds);
    await sync.fullPass(clusterId);
  }, 300_000);
  afterAll(() => world.close());
  afterEach(() => world.simulator.control.clearFaults());

  const foreignServer = async () => {
    const [network] = await cloud.network.networks.list({ name: 'private' }).all();
    const [flavor] = await cloud.compute.flavors.list().all();
    const [image] = await cloud.image.images.list().all();
    const server = await cloud.compute.servers.create({
      name: 'foreign',
      flavorRef: flavor?.id ?? '',
      imageRef: image?.id ?? '',
      networks: [{ uuid: network?.id ?? '' }],
    });
    return server.id;
  };

  it('are all seen as they are, and written once', async () => {
    const counts = async (kind: string) => (await sync.list(clusterId, kind)).length;
    expect(await counts('server')).toBe(6);
    expect(await counts('flavor')).toBe(4);
    expect(await counts('image')).toBe(1);
    expect(await counts('network')).toBe(2);
    expect(await counts('subnet')).toBe(2);
    expect(await counts('hypervisor')).toBe(20);
    expect(await counts('resource_provider')).toBe(20);
    expect(await counts('availability_zone')).toBeGreaterThan(0);
    expect(await counts('quota')).toBe(2);
    expect(await counts('security_group')).toBeGreaterThan(0);
    const [server] = await sync.list(clusterId, 'server');
    expect(server).toMatchObject({ status: 'ACTIVE', fields: { power_state: 1, task_state: null } });
    const [port] = await sync.list(clusterId, 'port', { parentId: server?.id });
    expect(port).toMatchObject({ parentId: server?.id, status: 'ACTIVE' });
    expect(port?.fields['fixed_ips']).toHaveLength(1);
    const again = await sync.fullPass(clusterId);
    expect(again.filter(({ written, outcome }) => written > 0 || outcome !== 'complete')).toEqual([]);
  });

  it('are seen to come, to change and to go behind the back of Ultron', async () => {
    const id = await foreignServer();
    const made = await sync.seen(clusterId, 'server', id, ({ status }) => status === 'ACTIVE');
    expect(made).toMatchObject({ name: 'foreign', projectId: await cloud.projectId() });
    const [port] = await eventually(
      () => sync.list(clusterId, 'port', { parentId: id }),
      (ports) => ports.length === 1,
    );
    await cloud.compute.servers.rename(id, 'renamed');
    await cloud.compute.servers.stop(id);
    await sync.seen(
      clusterId,
      'server',
      id,
      ({ name, status }) => name === 'renamed' && status === 'SHUTOFF',
    );
    await cloud.network.ports.update(port?.id ?? '', { name: 'mine' });
    await sync.seen(clusterId, 'port', port?.id ?? '', ({ name }) => name === 'mine');
    await cloud.compute.servers.delete(id);
    await sync.seen(
      clusterId,
      'server',
      id,
      ({ missingSince, goneAt }) => missingSince !== null && goneAt !== null,
    );
    await sync.seen(clusterId, 'port', port?.id ?? '', ({ goneAt }) => goneAt !== null);
  });

  it('are seen to come and to go, routers with their legs and floating IPs too', async () => {
    const { network } = cloud;
    const [inside] = await network.networks.list({ name: 'private' }).all();
    const [outside] = await network.networks.list({ external: true }).all();
    const [subnet] = await network.subnets.list({ networkId: inside?.id ?? '' }).all();
    const router = await network.routers.create({
      name: 'theirs',
      external_gateway_info: { network_id: outside?.id ?? '' },
    });
    const leg = await network.routers.addInterface(router.id, { subnet_id: subnet?.id ?? '' });
    const floating = await network.floatingIps.create({ floating_network_id: outside?.id ?? '' });
    await sync.seen(clusterId, 'router', router.id, ({ name }) => name === 'theirs');
    await sync.seen(clusterId, 'port', leg.port_id, ({ parentId }) => parentId === router.id);
    await sync.seen(
      clusterId,
      'floating_ip',
      floating.id,
      ({ name }) => name === floating.floating_ip_address,
    );
    await network.floatingIps.delete(floating.id);
    await network.routers.removeInterface(router.id, { subnet_id: subnet?.id ?? '' });
    await network.routers.delete(router.id);
    await sync.seen(clusterId, 'floating_ip', floating.id, ({ goneAt }) => goneAt !== null);
    await sync.seen(clusterId, 'router', router.id, ({ goneAt }) => goneAt !== null);
  });

  it('make the refresh of their cluster due when what it maps to names of our own has changed', async () => {
    const due = async () => {
      const [row] = await world.database.read.query<{ due: string }[]>(
        'SELECT inventory_due_at <= UTC_TIMESTAMP(6) AS due FROM cluster_refresh WHERE cluster_id = ?',
        [clusterId],
      );
      return Number(row?.due) === 1;
    };
    await world.database.read.query(
      'UPDATE cluster_refresh SET inventory_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE cluster_id = ?',
      [clusterId],
    );
    await sync.fullPass(clusterId);
    expect(await due()).toBe(false);
    const group = await cloud.network.securityGroups.create({ name: 'new' });
    await eventually(due, (isDue) => isDue);
    await cloud.network.securityGroups.delete(group.id);
  });

  it('stay where they are while a cell is down', async () => {
    const { control } = world.simulator;
    control.addFault({ service: 'compute', effect: { kind: 'down-cell', cell: 'cell1' } });
    const lists = await sync.fullPass(clusterId);
    expect(lists.find(({ kind }) => kind === 'server')).toMatchObject({ outcome: 'complete' });
    const servers = await sync.list(clusterId, 'server');
    expect(servers.filter(({ goneAt }) => goneAt !== null)).toEqual([]);
    expect(servers.map(({ status }) => status)).toEqual(servers.map(() => 'ACTIVE'));
    control.clearFaults();
    await eventually(
      () => sync.list(clusterId, 'server', { presence: 'missing' }),
      (missing) => missing.length === 0,
    );
  });

  it('reach our own servers, unless a task is at work on them', async () => {
    const { servers, task } = await world.create();
    const id = servers[0]?.id ?? '';
    expect((await world.ended(task.id)).status).toBe('succeeded');
    const { openstack_id: openstackId } = await world.servers.get(id, world.projectId);
    await cloud.compute.servers.stop(openstackId ?? '');
    await eventually(
      () => world.servers.get(id, world.projectId),
      ({ observed }) => observed?.status === 'SHUTOFF',
    );
    await cloud.compute.servers.start(openstackId ?? '');
    await eventually(
      () => world.servers.get(id, world.projectId),
      ({ observed }) => observed?.status === 'ACTIVE',
    );
    const { taskId } = await world.change((tx, origin) =>
      world.servers.delete(tx, id, origin, () => undefined),
    );
    expect((await world.ended(taskId)).status).toBe('succeeded');
    await sync.seen(clusterId, 'server', openstackId ?? '', ({ goneAt }) => goneAt !== null);
  });
});
