import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import { NETWORK_BACKENDS } from './neutron/network-backend.js';
import { type Simulator, startSimulator } from './simulator.js';
import { Neutron } from './testing/neutron.js';
import { SimSession, first } from './testing/sim-session.js';

let simulator: Simulator;
const clusters = new Map<string, Neutron>();
let member: SimSession;
beforeAll(async () => {
  simulator = await startSimulator({
    clusters: NETWORK_BACKENDS.map((networkBackend) => ({
      name: networkBackend,
      release: '2025.1',
      networkBackend,
      hosts: 3,
    })),
  });
  for (const cluster of simulator.clusters)
    clusters.set(cluster.name, new Neutron(await SimSession.login(cluster)));
  member = await SimSession.login(first(simulator.clusters), 'demo', 'demo');
});
afterAll(() => simulator.close());

function at(name: string): Neutron {
  const neutron = clusters.get(name);
  if (!neutron) throw new Error(`no ${name}`);
  return neutron;
}

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
      const { clock } = other.control;
      clock.freeze();
      const network = await neutron.network();
      const subnet = await neutron.subnet(network, '11.0.0.0/24');
      clock.advance(149);
      expect(await neutron.ports(`network_id=${network.id}`)).toEqual([]);
      clock.advance(1);
      const [port] = await neutron.ports(`network_id=${network.id}`);
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
