import { describe, expect, it } from '@jest/globals';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

/** Networks and subnets as the address plan builds them. */
export function networkSpec(use: CloudInUse): void {
  const { networks, subnets, ports } = use.cloud.network;

  const network = async (): Promise<NetworkWire> => {
    const made = await networks.create({ name: uniqueName('plan') });
    use.later(() => networks.delete(made.id));
    return made;
  };
  const pool = (start: string, end: string) => ({ start: `10.90.0.${start}`, end: `10.90.0.${end}` });
  const subnetOn = (network_id: string, change: object = {}) =>
    subnets.create({ network_id, ip_version: 4, cidr: '10.90.0.0/24', enable_dhcp: false, ...change });

  describe('networks and subnets', () => {
    it('bear the tag of their owner, and are found by it and by name', async () => {
      const made = await network();
      const subnet = await subnetOn(made.id, { name: made.name });
      const tag = `ultron:id=${made.name}`;
      await networks.tags.add(made.id, tag);
      await subnets.tags.replace(subnet.id, [tag, 'other']);
      expect(await subnets.tags.remove(subnet.id, 'other')).toBe(true);
      expect(await subnets.tags.list(subnet.id)).toEqual([tag]);
      expect((await networks.list({ tags: [tag] }).all()).map(({ id }) => id)).toEqual([made.id]);
      expect((await networks.list({ name: made.name }).all()).map(({ id }) => id)).toEqual([made.id]);
      expect((await subnets.list({ tags: [tag] }).all()).map(({ id }) => id)).toEqual([subnet.id]);
      expect((await subnets.list({ name: made.name }).all()).map(({ id }) => id)).toEqual([subnet.id]);
      expect((await subnets.list({ networkId: made.id, cidr: '10.90.0.0/24' }).all()).length).toBe(1);
    });

    it('are made in bulk, all or none', async () => {
      const { id } = await network();
      const of = (cidr: string) => ({ network_id: id, ip_version: 4 as const, cidr, enable_dhcp: false });
      await expect(subnets.createBulk([of('10.90.0.0/25'), of('10.90.0.0/24')])).rejects.toMatchObject({
        kind: 'invalid',
        code: 'InvalidInput',
      });
      expect(await subnets.list({ networkId: id }).all()).toEqual([]);
      const made = await subnets.createBulk([of('10.90.0.0/25'), of('10.90.0.128/25')]);
      expect(made.map(({ cidr }) => cidr)).toEqual(['10.90.0.0/25', '10.90.0.128/25']);
    });

    it.each([
      [
        'a pool beyond it',
        { allocation_pools: [{ start: '10.90.0.9', end: '10.90.1.9' }] },
        'invalid',
        'OutOfBoundsAllocationPool',
      ],
      ['a pool backwards', { allocation_pools: [pool('9', '4')] }, 'invalid', 'InvalidAllocationPool'],
      [
        'a pool over its gateway',
        { allocation_pools: [pool('1', '9')] },
        'conflict',
        'GatewayConflictWithAllocationPools',
      ],
      [
        'pools that overlap',
        { allocation_pools: [pool('4', '9'), pool('9', '20')] },
        'conflict',
        'OverlappingAllocationPools',
      ],
      ['a CIDR that is none', { cidr: '10.90.0.0/33' }, 'invalid', 'InvalidInput'],
    ])('are refused with %s', async (_what, change, kind, code) => {
      const { id } = await network();
      await expect(subnetOn(id, change)).rejects.toMatchObject({ kind, code });
    });

    it('take addresses outside of their pools by name, and new pools from then on', async () => {
      const { id } = await network();
      const subnet = await subnetOn(id, { allocation_pools: [pool('10', '10')] });
      const outside = { network_id: id, fixed_ips: [{ ip_address: '10.90.0.200' }] };
      const [named, drawn] = [await ports.create(outside), await ports.create({ network_id: id })];
      use.later(() => ports.delete(named.id));
      use.later(() => ports.delete(drawn.id));
      expect(drawn.fixed_ips).toEqual([{ subnet_id: subnet.id, ip_address: '10.90.0.10' }]);
      await expect(ports.create({ network_id: id })).rejects.toMatchObject({ kind: 'capacity' });
      await expect(ports.create(outside)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'IpAddressAlreadyAllocated',
      });
      const wider = { allocation_pools: [pool('10', '10'), pool('199', '201')] };
      const revision = present((await subnets.get(subnet.id)).revision_number, 'a revision');
      const changed = await subnets.update(subnet.id, wider, revision);
      expect(changed.allocation_pools).toEqual(expect.arrayContaining(wider.allocation_pools));
      const renamed = await subnets.update(subnet.id, { name: 'other' }, changed.revision_number);
      expect(renamed.revision_number).toBeGreaterThan(revision);
      await expect(subnets.update(subnet.id, wider, revision)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'RevisionNumberConstraintFailed',
      });
      const more = [await ports.create({ network_id: id }), await ports.create({ network_id: id })];
      for (const port of more) use.later(() => ports.delete(port.id));
      expect(more.map((port) => port.fixed_ips[0]?.ip_address).sort()).toEqual([
        '10.90.0.199',
        '10.90.0.201',
      ]);
      const held = await ports.list({ subnetId: subnet.id, ipAddress: '10.90.0.200' }).all();
      expect(held.map((port) => port.id)).toEqual([named.id]);
    });

    it('stay while a port is on them', async () => {
      const { id } = await network();
      const subnet = await subnetOn(id);
      const port = await ports.create({ network_id: id });
      use.later(() => ports.delete(port.id));
      await expect(subnets.delete(subnet.id)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'SubnetInUse',
      });
      await expect(networks.delete(id)).rejects.toMatchObject({ kind: 'conflict', code: 'NetworkInUse' });
    });
  });

  describe('port security', () => {
    it('bears as many address pairs as the cluster allows, and none where it is off', async () => {
      const { id } = await network();
      await subnetOn(id);
      const pairs = (count: number) =>
        Array.from({ length: count }, (_, last) => ({ ip_address: `10.91.0.${last}` }));
      const port = await ports.create({ network_id: id, allowed_address_pairs: pairs(10) });
      use.later(() => ports.delete(port.id));
      expect(port.allowed_address_pairs).toHaveLength(10);
      expect(port.allowed_address_pairs?.[0]?.mac_address).toBe(port.mac_address);
      await expect(ports.update(port.id, { allowed_address_pairs: pairs(11) })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'AllowedAddressPairExhausted',
      });
      const open = { port_security_enabled: false, security_groups: [], allowed_address_pairs: [] };
      expect(await ports.update(port.id, open)).toMatchObject({ port_security_enabled: false });
      await expect(ports.update(port.id, { allowed_address_pairs: pairs(1) })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'AddressPairAndPortSecurityRequired',
      });
    });
  });
}
