import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import type { RouterWire } from '@ultron/openstack/network/routers.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { NETWORK_BACKENDS } from './neutron/network-backend.js';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, eventually, first } from './testing/sim-session.js';

let simulator: Simulator;
const sessions = new Map<string, SimSession>();
let member: SimSession;

beforeAll(async () => {
  simulator = await startSimulator({
    clusters: [
      { name: 'plain', release: 'zed' },
      ...NETWORK_BACKENDS.map((networkBackend) => ({
        name: networkBackend,
        release: '2025.1',
        networkBackend,
        hosts: 3,
      })),
    ],
  });
  for (const cluster of simulator.clusters) sessions.set(cluster.name, await SimSession.login(cluster));
  member = await SimSession.login(first(simulator.clusters), 'demo', 'demo');
});
afterAll(() => simulator.close());

/** Asks one cluster's Neutron; a refusal comes out as its status and its name. */
class Neutron {
  constructor(private readonly session: SimSession) {}

  async ask<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const question = { ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) };
    const reply = await this.session.ask('network', method, `/v2.0${path}`, question);
    if (reply.status < 300) return reply.body as T;
    const error = (reply.body as { NeutronError?: { type: string } }).NeutronError;
    throw new Error(`${reply.status} ${error?.type}`);
  }

  async network(more: object = {}): Promise<NetworkWire> {
    const body = { network: { name: 'n', ...more } };
    return (await this.ask<{ network: NetworkWire }>('POST', '/networks', body)).network;
  }

  async subnet(network: NetworkWire, cidr: string, more: object = {}): Promise<SubnetWire> {
    const subnet = { network_id: network.id, ip_version: 4, cidr, ...more };
    return (await this.ask<{ subnet: SubnetWire }>('POST', '/subnets', { subnet })).subnet;
  }

  async port(network: NetworkWire, more: object = {}): Promise<PortWire> {
    return (
      await this.ask<{ port: PortWire }>('POST', '/ports', { port: { network_id: network.id, ...more } })
    ).port;
  }

  async router(more: object = {}): Promise<RouterWire> {
    return (await this.ask<{ router: RouterWire }>('POST', '/routers', { router: { name: 'r', ...more } }))
      .router;
  }

  async publicId(): Promise<string> {
    const path = '/networks?router:external=True';
    return first((await this.ask<{ networks: NetworkWire[] }>('GET', path)).networks).id;
  }

  async ports(query: string): Promise<PortWire[]> {
    return (await this.ask<{ ports: PortWire[] }>('GET', `/ports?${query}`)).ports;
  }

  async floatingIp(more: object = {}): Promise<FloatingIpWire> {
    const body = { floatingip: { floating_network_id: await this.publicId(), ...more } };
    return (await this.ask<{ floatingip: FloatingIpWire }>('POST', '/floatingips', body)).floatingip;
  }
}

const at = (name: string): Neutron => {
  const session = sessions.get(name);
  if (!session) throw new Error(`no ${name}`);
  return new Neutron(session);
};

describe('subnets', () => {
  let neutron: Neutron;
  let network: NetworkWire;
  beforeEach(async () => {
    neutron = at('plain');
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

describe('routers', () => {
  let neutron: Neutron;
  let network: NetworkWire;
  let subnet: SubnetWire;
  beforeEach(async () => {
    neutron = at('plain');
    network = await neutron.network();
    subnet = await neutron.subnet(network, '11.0.0.0/24');
  });
  const leg = (router: RouterWire, change: 'add' | 'remove', body: object) =>
    neutron.ask<{ port_id: string }>('PUT', `/routers/${router.id}/${change}_router_interface`, body);

  it('take the gateway address of a subnet by a port that only they can give back', async () => {
    const router = await neutron.router();
    const { port_id } = await leg(router, 'add', { subnet_id: subnet.id });
    const [port] = await neutron.ports(`device_id=${router.id}`);
    expect(port).toMatchObject({
      id: port_id,
      device_owner: 'network:router_interface',
      fixed_ips: [{ subnet_id: subnet.id, ip_address: '11.0.0.1' }],
    });
    await expect(leg(router, 'add', { subnet_id: subnet.id })).rejects.toThrow('400 BadRequest');
    await expect(neutron.ask('DELETE', `/ports/${port_id}`)).rejects.toThrow('409 ServicePortInUse');
    await expect(neutron.ask('DELETE', `/routers/${router.id}`)).rejects.toThrow('409 RouterInUse');
    await expect(neutron.ask('DELETE', `/subnets/${subnet.id}`)).rejects.toThrow('409 SubnetInUse');
    const gateway = { subnet: { gateway_ip: '11.0.0.2' } };
    await expect(neutron.ask('PUT', `/subnets/${subnet.id}`, gateway)).rejects.toThrow('409 GatewayIpInUse');
    await leg(router, 'remove', { subnet_id: subnet.id });
    await expect(leg(router, 'remove', { subnet_id: subnet.id })).rejects.toThrow(
      '404 RouterInterfaceNotFoundForSubnet',
    );
    await neutron.ask('DELETE', `/routers/${router.id}`);
    expect(await neutron.ports(`network_id=${network.id}`)).toEqual([]);
  });

  it('have no legs in subnets that overlap', async () => {
    const router = await neutron.router();
    await leg(router, 'add', { subnet_id: subnet.id });
    const other = await neutron.subnet(await neutron.network(), '11.0.0.0/25');
    await expect(leg(router, 'add', { subnet_id: other.id })).rejects.toThrow('400 BadRequest');
  });

  it('take a port of any address for a leg, but none that is used', async () => {
    const router = await neutron.router();
    const port = await neutron.port(network, { fixed_ips: [{ ip_address: '11.0.0.99' }] });
    await leg(router, 'add', { port_id: port.id });
    await expect(leg(await neutron.router(), 'add', { port_id: port.id })).rejects.toThrow('409 PortInUse');
    await leg(router, 'remove', { port_id: port.id });
    await expect(neutron.ask('GET', `/ports/${port.id}`)).rejects.toThrow('404 PortNotFound');
  });

  it('have a gateway in an external network only, by a port that belongs to nobody', async () => {
    const network_id = await neutron.publicId();
    const router = await neutron.router({ external_gateway_info: { network_id } });
    expect(router.external_gateway_info).toMatchObject({ network_id, enable_snat: true });
    const [port] = await neutron.ports(`device_id=${router.id}`);
    expect(port).toMatchObject({ device_owner: 'network:router_gateway', project_id: '' });
    expect(router.external_gateway_info?.external_fixed_ips).toEqual(port?.fixed_ips);
    const inner = { router: { external_gateway_info: { network_id: network.id } } };
    await expect(neutron.ask('PUT', `/routers/${router.id}`, inner)).rejects.toThrow('400 BadRequest');
    const match = { 'If-Match': `revision_number=${router.revision_number}` };
    const none = { router: { external_gateway_info: null } };
    // As in Neutron: it is done, and then refused.
    await expect(neutron.ask('PUT', `/routers/${router.id}`, none, match)).rejects.toThrow(
      '412 RevisionNumberConstraintFailed',
    );
    expect(await neutron.ports(`device_id=${router.id}`)).toEqual([]);
    await neutron.ask('PUT', `/routers/${router.id}`, none);
  });
});

describe('floating IPs', () => {
  let neutron: Neutron;
  let network: NetworkWire;
  let subnet: SubnetWire;
  let router: RouterWire;
  beforeEach(async () => {
    neutron = at('plain');
    network = await neutron.network();
    subnet = await neutron.subnet(network, '11.0.0.0/24');
    router = await neutron.router({ external_gateway_info: { network_id: await neutron.publicId() } });
  });
  const connect = () =>
    neutron.ask('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const lead = async (ip: FloatingIpWire, floatingip: object) =>
    (await neutron.ask<{ floatingip: FloatingIpWire }>('PUT', `/floatingips/${ip.id}`, { floatingip }))
      .floatingip;

  it('need a router on the way, which then cannot go', async () => {
    const port = await neutron.port(network);
    const ip = await neutron.floatingIp();
    expect(ip).toMatchObject({ status: 'DOWN', port_id: null, router_id: null });
    await expect(lead(ip, { port_id: port.id })).rejects.toThrow('404 ExternalGatewayForFloatingIPNotFound');
    await connect();
    expect(await lead(ip, { port_id: port.id })).toMatchObject({
      status: 'ACTIVE',
      router_id: router.id,
      fixed_ip_address: port.fixed_ips[0]?.ip_address,
      port_details: { network_id: network.id },
    });
    const remove = neutron.ask('PUT', `/routers/${router.id}/remove_router_interface`, {
      subnet_id: subnet.id,
    });
    await expect(remove).rejects.toThrow('409 RouterInterfaceInUseByFloatingIP');
    const noGateway = neutron.ask('PUT', `/routers/${router.id}`, {
      router: { external_gateway_info: null },
    });
    await expect(noGateway).rejects.toThrow('409 RouterExternalGatewayInUseByFloatingIp');
    const move = neutron.ask('PUT', `/ports/${port.id}`, {
      port: { fixed_ips: [{ ip_address: '11.0.0.77' }] },
    });
    await expect(move).rejects.toThrow('400 BadRequest');
  });

  it('lose their policy in some releases when a change does not name it', async () => {
    const { policy } = await neutron.ask<{ policy: { id: string } }>('POST', '/qos/policies', {
      policy: { name: 'gold' },
    });
    await connect();
    const ip = await neutron.floatingIp({ qos_policy_id: policy.id });
    const port = await neutron.port(network);
    expect(await lead(ip, { port_id: port.id })).toMatchObject({ qos_policy_id: null });
    const both = { port_id: null, qos_policy_id: policy.id };
    expect(await lead(ip, both)).toMatchObject({ qos_policy_id: policy.id });
  });

  it('lead to one port each, from one to another, and nowhere once the port is gone', async () => {
    await connect();
    const [port, other] = [await neutron.port(network), await neutron.port(network)];
    const ip = await neutron.floatingIp({ port_id: port.id });
    const second = await neutron.floatingIp();
    await expect(lead(second, { port_id: port.id })).rejects.toThrow('409 FloatingIPPortAlreadyAssociated');
    expect((await lead(ip, { port_id: other.id })).port_id).toBe(other.id);
    await neutron.ask('DELETE', `/ports/${other.id}`);
    const path = `/floatingips/${ip.id}`;
    const { floatingip } = await neutron.ask<{ floatingip: FloatingIpWire }>('GET', path);
    expect(floatingip).toMatchObject({ port_id: null, fixed_ip_address: null, status: 'DOWN' });
    expect((await lead(second, { port_id: port.id })).status).toBe('ACTIVE');
    expect((await lead(second, { port_id: null })).status).toBe('DOWN');
  });

  it('hold an address by a port that goes with them', async () => {
    const ip = await neutron.floatingIp({ floating_ip_address: '172.24.0.200', tags: undefined });
    const [port] = await neutron.ports(`device_id=${ip.id}`);
    expect(port).toMatchObject({
      device_owner: 'network:floatingip',
      status: 'N/A',
      fixed_ips: [expect.objectContaining({ ip_address: '172.24.0.200' })],
    });
    await expect(neutron.floatingIp({ floating_ip_address: '172.24.0.200' })).rejects.toThrow(
      '409 IpAddressAlreadyAllocated',
    );
    await expect(neutron.ask('DELETE', `/ports/${port?.id}`)).rejects.toThrow('409 ServicePortInUse');
    await neutron.ask('DELETE', `/floatingips/${ip.id}`);
    expect(await neutron.ports(`device_id=${ip.id}`)).toEqual([]);
  });

  it('and routers count against the quota', async () => {
    simulator.control.configure('plain', { quota: { floatingip: 0, router: 0 } });
    try {
      await expect(neutron.floatingIp()).rejects.toThrow('409 OverQuota');
      await expect(neutron.router()).rejects.toThrow('409 OverQuota');
    } finally {
      simulator.control.configure('plain', { quota: { floatingip: -1, router: -1 } });
    }
  });
});

describe('QoS policies', () => {
  it('have a limit per direction, and stay while something has them', async () => {
    const neutron = at('plain');
    const { policy } = await neutron.ask<{ policy: { id: string } }>('POST', '/qos/policies', {
      policy: { name: 'gold' },
    });
    const rules = `/qos/policies/${policy.id}/bandwidth_limit_rules`;
    const limit = (direction: string) =>
      neutron.ask<{ bandwidth_limit_rule: { id: string } }>('POST', rules, {
        bandwidth_limit_rule: { max_kbps: 1000, direction },
      });
    const { bandwidth_limit_rule: rule } = await limit('egress');
    await limit('ingress');
    await expect(limit('egress')).rejects.toThrow('409 QoSRulesConflict');
    const faster = { bandwidth_limit_rule: { max_kbps: 2000 } };
    expect(await neutron.ask('PUT', `${rules}/${rule.id}`, faster)).toMatchObject(faster);
    expect(await neutron.ask('GET', `/qos/policies/${policy.id}`)).toMatchObject({
      policy: { rules: [{ type: 'bandwidth_limit', max_kbps: 2000 }, { direction: 'ingress' }] },
    });
    await neutron.ask('PUT', `/policies/${policy.id}/tags/ultron`);
    const network = await neutron.network();
    const port = await neutron.port(network, { qos_policy_id: policy.id });
    expect(port.qos_policy_id).toBe(policy.id);
    const path = `/qos/policies/${policy.id}`;
    await expect(neutron.ask('DELETE', path)).rejects.toThrow('409 QosPolicyInUse');
    await neutron.ask('PUT', `/ports/${port.id}`, { port: { qos_policy_id: null } });
    const ip = await neutron.floatingIp({ qos_policy_id: policy.id });
    await expect(neutron.ask('DELETE', path)).rejects.toThrow('409 QosPolicyInUse');
    await neutron.ask('DELETE', `/floatingips/${ip.id}`);
    await neutron.ask('DELETE', path);
    await expect(neutron.port(network, { qos_policy_id: policy.id })).rejects.toThrow(
      '404 QosPolicyNotFound',
    );
  });

  it('are made by administrators, and used by others when they are shared', async () => {
    const others = new Neutron(member);
    await expect(others.ask('POST', '/qos/policies', { policy: { name: 'x' } })).rejects.toThrow(
      '403 PolicyNotAuthorized',
    );
    const { policy } = await at('plain').ask<{ policy: { id: string } }>('POST', '/qos/policies', {
      policy: { name: 'silver', shared: true },
    });
    const network = await others.network();
    expect((await others.port(network, { qos_policy_id: policy.id })).qos_policy_id).toBe(policy.id);
  });
});

describe('port security', () => {
  it('bears ten pairs, each once, and none without it', async () => {
    const neutron = at('plain');
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

describe('the backends', () => {
  const aliases = async (name: string) => {
    const answer = await at(name).ask<{ extensions: { alias: string }[] }>('GET', '/extensions');
    return answer.extensions.map(({ alias }) => alias);
  };
  const setUp = async (name: string) => {
    const neutron = at(name);
    const network = await neutron.network();
    const subnet = await neutron.subnet(network, '11.0.0.0/24');
    const router = await neutron.router({ external_gateway_info: { network_id: await neutron.publicId() } });
    await neutron.ask('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const port = await neutron.port(network);
    const floatingIp = await neutron.floatingIp({ port_id: port.id });
    const owners = (await neutron.ports(`network_id=${network.id}`)).map(({ device_owner }) => device_owner);
    return { neutron, network, subnet, router, port, floatingIp, owners: owners.sort() };
  };

  it.each([
    ['ovn', 'network:router_interface', ['network:distributed'], { ha: true }],
    ['ml2_ovs', 'network:router_interface', ['network:dhcp'], { ha: false, distributed: false }],
    [
      'dvr',
      'network:router_interface_distributed',
      ['network:dhcp', 'network:router_centralized_snat'],
      { distributed: true },
    ],
    ['l3ha', 'network:ha_router_replicated_interface', ['network:dhcp'], { ha: true }],
    ['legacy', 'network:router_interface', [], {}],
  ])('%s routes by %s', async (name, owner, infrastructure, shown) => {
    const made = await setUp(name);
    expect(made.owners).toEqual(['', owner, ...infrastructure].sort());
    expect(made.router).toMatchObject(shown);
    expect(made.floatingIp).toMatchObject({ router_id: made.router.id, status: 'ACTIVE' });
    const { neutron, network, router, subnet, floatingIp, port } = made;
    await neutron.ask('DELETE', `/floatingips/${floatingIp.id}`);
    await neutron.ask('PUT', `/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id });
    await neutron.ask('DELETE', `/routers/${router.id}`);
    await neutron.ask('DELETE', `/ports/${port.id}`);
    await neutron.ask('DELETE', `/networks/${network.id}`);
    const left = (await neutron.ports('')).map(({ device_owner }) => device_owner);
    expect(left.filter((one) => one !== 'network:dhcp' && one !== 'network:distributed')).toEqual([]);
    const networks = await neutron.ask<{ networks: NetworkWire[] }>('GET', '/networks');
    expect(networks.networks.map((one) => one.name).sort()).toEqual(['private', 'public']);
  });

  it('serve DHCP where a subnet wants it, and go from where none does', async () => {
    const neutron = at('ml2_ovs');
    const network = await neutron.network();
    const without = await neutron.subnet(network, '11.0.0.0/25', { enable_dhcp: false });
    expect(await neutron.ports(`network_id=${network.id}`)).toEqual([]);
    const subnet = await neutron.subnet(network, '11.0.0.128/25');
    const [port] = await neutron.ports(`network_id=${network.id}`);
    expect(port).toMatchObject({
      device_owner: 'network:dhcp',
      fixed_ips: [{ subnet_id: subnet.id, ip_address: '11.0.0.130' }],
    });
    await neutron.ask('PUT', `/subnets/${without.id}`, { subnet: { enable_dhcp: true } });
    expect((await neutron.ports(`network_id=${network.id}`))[0]?.fixed_ips).toHaveLength(2);
    await neutron.ask('DELETE', `/subnets/${subnet.id}`);
    await neutron.ask('DELETE', `/subnets/${without.id}`);
    expect(await neutron.ports(`network_id=${network.id}`)).toEqual([]);
  });

  it('of agents serve a moment later, where they are told to take their time', async () => {
    const slow = {
      name: 'slow',
      release: 'zed',
      networkBackend: 'ml2_ovs',
      lifecycle: { dhcp: 150 },
    } as const;
    const other = await startSimulator({ clusters: [slow] });
    try {
      const neutron = new Neutron(await SimSession.login(first(other.clusters)));
      const network = await neutron.network();
      const subnet = await neutron.subnet(network, '11.0.0.0/24');
      expect(await neutron.ports(`network_id=${network.id}`)).toEqual([]);
      const [port] = await eventually(async () => {
        const ports = await neutron.ports(`network_id=${network.id}`);
        return ports.length > 0 ? ports : undefined;
      });
      expect(port).toMatchObject({ device_owner: 'network:dhcp', fixed_ips: [{ subnet_id: subnet.id }] });
      await neutron.ask('DELETE', `/networks/${network.id}`);
    } finally {
      await other.close();
    }
  });

  it('differ in their extensions and agents', async () => {
    const agents = async (name: string) => {
      const answer = await at(name).ask<{ agents: { agent_type: string; configurations: object }[] }>(
        'GET',
        '/agents',
      );
      return answer.agents;
    };
    expect(await aliases('ovn')).not.toContain('dvr');
    expect(await aliases('ml2_ovs')).toEqual(expect.arrayContaining(['dvr', 'l3-ha', 'qos', 'qos-fip']));
    expect(await aliases('legacy')).toEqual([
      'binding',
      'external-net',
      'extra_dhcp_opt',
      'project-id',
      'provider',
      'quotas',
      'router',
      'security-group',
    ]);
    const kinds = new Set((await agents('ovn')).map(({ agent_type }) => agent_type));
    expect(kinds).toEqual(
      new Set(['OVN Controller agent', 'OVN Controller Gateway agent', 'OVN Metadata agent']),
    );
    expect((await agents('dvr')).filter(({ agent_type }) => agent_type === 'L3 agent')).toHaveLength(5);
    await expect(agents('legacy')).rejects.toThrow('404 HTTPNotFound');
    expect(await new Neutron(member).ask('GET', '/agents')).toEqual({ agents: [] });
  });

  it('without an extension know neither its attributes nor its paths', async () => {
    const neutron = at('legacy');
    const network = await neutron.network();
    expect(network).not.toHaveProperty('revision_number');
    expect(network).not.toHaveProperty('tags');
    const refused = (body: object) => neutron.port(network, body);
    await expect(refused({ qos_policy_id: null })).rejects.toThrow('400 HTTPBadRequest');
    await expect(refused({ allowed_address_pairs: [] })).rejects.toThrow('400 HTTPBadRequest');
    await expect(neutron.ask('GET', '/qos/policies')).rejects.toThrow('404 HTTPNotFound');
    await expect(neutron.ask('PUT', `/networks/${network.id}/tags/x`)).rejects.toThrow('404 HTTPNotFound');
  });
});

it('lists what has changed only where filters are not validated, and bears tags on everything', async () => {
  const neutron = at('plain');
  await expect(neutron.ask('GET', '/routers?changed_since=2026-01-01T00:00:00')).rejects.toThrow(
    '400 HTTPBadRequest',
  );
  const router = await neutron.router();
  const ip = await neutron.floatingIp();
  for (const path of [`/routers/${router.id}`, `/floatingips/${ip.id}`]) {
    await neutron.ask('PUT', `${path}/tags/ultron:id=1`);
    const kind = path.split('/')[1] ?? '';
    const found = await neutron.ask<Record<string, { id: string }[]>>('GET', `/${kind}?tags=ultron:id=1`);
    expect(found[kind]).toHaveLength(1);
  }
});
