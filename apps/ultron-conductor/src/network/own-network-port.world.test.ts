import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PortIntent } from '@ultron/network/port/port.repository';
import { openPortWorld, type PortWorld } from './port-network-world.fixture.js';

jest.setTimeout(120_000);

let world: PortWorld;
beforeAll(async () => {
  world = await openPortWorld([{ name: 'only', release: 'queens' }]);
}, 120_000);
afterAll(() => world.close());

const store = () => world.simulator.control.cluster('only').network;

async function port(change: object = {}): Promise<string> {
  const made = await world.done((tx) =>
    world.net.portService.create(tx, world.wish({ network: 'private', ...change }), world.from()),
  );
  expect(made.ended?.error).toBeNull();
  return made.port.id;
}

const change = (id: string, patch: Partial<PortIntent>) =>
  world.done((tx) => world.net.portService.update(tx, id, patch, world.from(), () => undefined));

const floatingIp = (portId: string | null) =>
  world.done((tx) =>
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

describe('a port on a network that the cluster had before', () => {
  it('has an address of the cluster, or the one that is wished', async () => {
    const id = await port();
    const row = await world.net.ports.find(world.database.read, id);
    expect(row).toMatchObject({ status: 'active', vpcId: null, reservationId: null });
    expect(row?.fixedIps).toHaveLength(1);
    const [subnet] = [...store().subnets.values()].filter(
      ({ id: one }) => one === row?.fixedIps[0]?.subnet_id,
    );
    const wished = subnet?.allocation_pools[0]?.end ?? '';
    const other = await world.net.ports.find(world.database.read, await port({ fixedIp: wished }));
    expect(other?.fixedIps).toEqual([{ subnet_id: subnet?.id, ip_address: wished }]);
  });

  it('is in error when the cluster refuses it, and nothing is left', async () => {
    const before = store().ports.size;
    const made = await world.done((tx) =>
      world.net.portService.create(
        tx,
        world.wish({ network: 'private', fixedIp: '203.0.113.9' }),
        world.from(),
      ),
    );
    expect(made.ended?.status).toBe('failed');
    const row = await world.net.ports.find(world.database.read, made.port.id);
    expect(row).toMatchObject({ status: 'error', openstackId: null, fault: { category: 'invalid' } });
    expect(store().ports.size).toBe(before);
    // All that is left is to delete it.
    const gone = await world.done((tx) =>
      world.net.portService.delete(tx, made.port.id, world.from(), () => undefined),
    );
    expect(gone.ended?.error).toBeNull();
  });

  it('loses its security for its protection, and gets it back', async () => {
    const id = await port({ securityGroups: ['default'] });
    const row = await world.net.ports.find(world.database.read, id);
    const seen = () => store().ports.get(row?.openstackId ?? '');
    expect((await change(id, { portSecurityEnabled: false, securityGroups: null })).ended?.error).toBeNull();
    expect(seen()).toMatchObject({ port_security_enabled: false, security_groups: [] });
    const back = await change(id, { portSecurityEnabled: true, securityGroups: ['default'] });
    expect(back.ended?.error).toBeNull();
    expect(seen()?.security_groups).toHaveLength(1);
  });

  it('that somebody deleted in the cluster says so when it is changed, and can be deleted', async () => {
    const id = await port();
    const row = await world.net.ports.find(world.database.read, id);
    const { ports } = (await world.portDeps().clouds.get(world.clusterIds[0] ?? '')).network;
    await ports.delete(row?.openstackId ?? '');
    const changed = await change(id, { adminStateUp: false });
    expect(changed.ended?.error).toMatchObject({ code: 'gone_in_cluster' });
    expect(await world.net.ports.find(world.database.read, id)).toMatchObject({
      adminStateUp: true,
      fault: { code: 'gone_in_cluster' },
    });
    const gone = await world.done((tx) =>
      world.net.portService.delete(tx, id, world.from(), () => undefined),
    );
    expect(gone.ended?.error).toBeNull();
  });

  it('has no floating IP where the cluster knows no way, and the floating IP stays where it was', async () => {
    const id = await port();
    const refused = await floatingIp(id);
    expect(refused.ended?.status).toBe('failed');
    expect(await world.net.floatingIpService.get(refused.floatingIp.id, undefined)).toMatchObject({
      status: 'error',
      openstackId: null,
      fault: { category: 'conflict' },
    });
    expect([...store().floatingIps.values()]).toEqual([]);
    const plain = await floatingIp(null);
    const moved = await world.done((tx) =>
      world.net.floatingIpService.update(
        tx,
        plain.floatingIp.id,
        { portId: id },
        world.from(),
        () => undefined,
      ),
    );
    expect(moved.ended?.status).toBe('failed');
    expect(await world.net.floatingIpService.get(plain.floatingIp.id, undefined)).toMatchObject({
      status: 'active',
      portId: null,
      fault: { category: 'conflict' },
    });
  });
});
