import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { type Simulator, startSimulator } from './simulator.js';
import { Neutron } from './testing/neutron.js';
import { SimSession, first } from './testing/sim-session.js';

let simulator: Simulator;
let neutron: Neutron;
beforeAll(async () => {
  simulator = await startSimulator({ clusters: [{ name: 'plain', release: 'zed' }] });
  neutron = new Neutron(await SimSession.login(first(simulator.clusters)));
});
afterAll(() => simulator.close());

describe('subnets', () => {
  let network: NetworkWire;
  beforeEach(async () => {
    network = await neutron.network();
  });

  it.each([
    [{ cidr: '11.0.0.0/33' }, '400 InvalidInput'],
    [{ cidr: '11.0.0.0/24', gateway_ip: '11.0.0.255' }, '400 InvalidInput'],
    [{ cidr: '11.0.0.0/31' }, '400 InvalidInput'],
    [
      { cidr: '11.0.0.0/24', allocation_pools: [{ start: '11.0.0.9', end: '11.0.0.4' }] },
      '400 InvalidAllocationPool',
    ],
    [
      { cidr: '11.0.0.0/24', allocation_pools: [{ start: '11.0.0.9', end: '11.0.1.4' }] },
      '400 OutOfBoundsAllocationPool',
    ],
    [
      { cidr: '11.0.0.0/24', allocation_pools: [{ start: '11.0.0.1', end: '11.0.0.4' }] },
      '409 GatewayConflictWithAllocationPools',
    ],
    [
      {
        cidr: '11.0.0.0/24',
        allocation_pools: [
          { start: '11.0.0.8', end: '11.0.0.20' },
          { start: '11.0.0.4', end: '11.0.0.8' },
        ],
      },
      '409 OverlappingAllocationPools',
    ],
    [{ cidr: '11.0.0.0/24', colour: 'red' }, '400 HTTPBadRequest'],
  ])('%j is refused with %s', async (subnet, refusal) => {
    const body = { subnet: { network_id: network.id, ip_version: 4, ...subnet } };
    await expect(neutron.ask('POST', '/subnets', body)).rejects.toThrow(refusal);
  });

  it('must not overlap within a network, but may between networks', async () => {
    await neutron.subnet(network, '11.0.0.0/24');
    await expect(neutron.subnet(network, '11.0.0.128/25')).rejects.toThrow('400 InvalidInput');
    await neutron.subnet(await neutron.network(), '11.0.0.128/25');
  });

  it('in bulk come all or not at all', async () => {
    const of = (cidr: string) => ({ network_id: network.id, ip_version: 4, cidr });
    const overlapping = { subnets: [of('11.0.0.0/25'), of('11.0.0.0/24')] };
    await expect(neutron.ask('POST', '/subnets', overlapping)).rejects.toThrow('400 InvalidInput');
    const path = `/subnets?network_id=${network.id}`;
    expect(await neutron.ask('GET', path)).toEqual({ subnets: [] });
    await neutron.ask('POST', '/subnets', { subnets: [of('11.0.0.0/25'), of('11.0.0.128/25')] });
    expect((await neutron.ask<{ subnets: SubnetWire[] }>('GET', path)).subnets).toHaveLength(2);
  });

  it('take addresses outside of their pools when they are named, and new pools from then on', async () => {
    const pools = [{ start: '11.0.0.10', end: '11.0.0.10' }];
    const subnet = await neutron.subnet(network, '11.0.0.0/24', { allocation_pools: pools });
    const outside = await neutron.port(network, { fixed_ips: [{ ip_address: '11.0.0.200' }] });
    expect((await neutron.port(network)).fixed_ips[0]?.ip_address).toBe('11.0.0.10');
    await expect(neutron.port(network)).rejects.toThrow('409 IpAddressGenerationFailure');
    const wider = { allocation_pools: [...pools, { start: '11.0.0.199', end: '11.0.0.201' }] };
    const put = (body: object, headers?: Record<string, string>) =>
      neutron.ask<{ subnet: SubnetWire }>('PUT', `/subnets/${subnet.id}`, { subnet: body }, headers);
    const { revision_number: old } = subnet;
    const changed = (await put(wider, { 'If-Match': `revision_number=${old}` })).subnet;
    expect(changed.allocation_pools).toEqual(expect.arrayContaining(wider.allocation_pools));
    const given = [await neutron.port(network), await neutron.port(network)];
    expect(given.map((port) => port.fixed_ips[0]?.ip_address).sort()).toEqual(['11.0.0.199', '11.0.0.201']);
    expect(outside.fixed_ips[0]?.ip_address).toBe('11.0.0.200');
    await expect(put(wider, { 'If-Match': `revision_number=${old}` })).rejects.toThrow(
      '412 RevisionNumberConstraintFailed',
    );
    await expect(put({ allocation_pools: [{ start: '11.0.0.1', end: '11.0.0.9' }] })).rejects.toThrow(
      '409 GatewayConflictWithAllocationPools',
    );
    await expect(put({ gateway_ip: '11.0.0.10' })).rejects.toThrow('409 GatewayConflictWithAllocationPools');
    await expect(put({ cidr: '11.0.0.0/25' })).rejects.toThrow('400 HTTPBadRequest');
  });

  it('refuse the ends of their range and addresses beyond it', async () => {
    const subnet = await neutron.subnet(network, '11.0.0.0/25');
    const ask = (ip: object) => neutron.port(network, { fixed_ips: [ip] });
    await expect(ask({ ip_address: '11.0.0.0' })).rejects.toThrow('400 InvalidIpForNetwork');
    await expect(ask({ subnet_id: subnet.id, ip_address: '11.0.0.127' })).rejects.toThrow(
      '400 InvalidIpForSubnet',
    );
    await expect(ask({ ip_address: '11.0.0.130' })).rejects.toThrow('400 InvalidIpForNetwork');
  });

  it('and networks stay while ports are on them', async () => {
    const subnet = await neutron.subnet(network, '11.0.0.0/24');
    const port = await neutron.port(network);
    await expect(neutron.ask('DELETE', `/subnets/${subnet.id}`)).rejects.toThrow('409 SubnetInUse');
    await expect(neutron.ask('DELETE', `/networks/${network.id}`)).rejects.toThrow('409 NetworkInUse');
    await neutron.ask('DELETE', `/ports/${port.id}`);
    await neutron.ask('DELETE', `/networks/${network.id}`);
    await expect(neutron.ask('GET', `/subnets/${subnet.id}`)).rejects.toThrow('404 SubnetNotFound');
  });

  it('are a change of their network', async () => {
    const before = network.revision_number ?? 0;
    await neutron.subnet(network, '11.0.0.0/24');
    const { network: after } = await neutron.ask<{ network: NetworkWire }>('GET', `/networks/${network.id}`);
    expect(after.revision_number).toBeGreaterThan(before);
  });
});

describe('port security', () => {
  it('bears ten pairs, each once, and none without it', async () => {
    const network = await neutron.network();
    const pair = (last: number) => ({ ip_address: `11.9.0.${last}` });
    const ask = (more: object) => neutron.port(network, more);
    const made = await ask({ allowed_address_pairs: [pair(1), { ip_address: '11.9.1.0/24' }] });
    expect(made.allowed_address_pairs).toEqual([
      { ...pair(1), mac_address: made.mac_address },
      { ip_address: '11.9.1.0/24', mac_address: made.mac_address },
    ]);
    const eleven = Array.from({ length: 11 }, (_, last) => pair(last));
    await expect(ask({ allowed_address_pairs: eleven })).rejects.toThrow('400 AllowedAddressPairExhausted');
    await expect(ask({ allowed_address_pairs: [pair(1), pair(1)] })).rejects.toThrow(
      '400 DuplicateAddressPairInRequest',
    );
    const open = { port_security_enabled: false, security_groups: [] };
    await expect(ask({ ...open, allowed_address_pairs: [pair(1)] })).rejects.toThrow(
      '409 AddressPairAndPortSecurityRequired',
    );
    const put = (port: object) => neutron.ask('PUT', `/ports/${made.id}`, { port });
    const off = { port_security_enabled: false };
    await expect(put(off)).rejects.toThrow('409 AddressPairAndPortSecurityRequired');
    await expect(put({ ...off, allowed_address_pairs: [] })).rejects.toThrow(
      '409 PortSecurityPortHasSecurityGroup',
    );
    await put({ ...open, allowed_address_pairs: [] });
    await expect(put({ allowed_address_pairs: [pair(1)] })).rejects.toThrow(
      '409 AddressPairAndPortSecurityRequired',
    );
  });
});
