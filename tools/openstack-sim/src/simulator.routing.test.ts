import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import type { NetworkWire } from '@ultron/openstack/network/networks.wire';
import type { RouterWire } from '@ultron/openstack/network/routers.wire';
import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { type Simulator, startSimulator } from './simulator.js';
import { Neutron } from './testing/neutron.js';
import { SimSession, first } from './testing/sim-session.js';

let simulator: Simulator;
let neutron: Neutron;
let others: Neutron;
beforeAll(async () => {
  simulator = await startSimulator({ clusters: [{ name: 'plain', release: 'zed' }] });
  const cluster = first(simulator.clusters);
  neutron = new Neutron(await SimSession.login(cluster));
  others = new Neutron(await SimSession.login(cluster, 'demo', 'demo'));
});
afterAll(() => simulator.close());

describe('routers', () => {
  let network: NetworkWire;
  let subnet: SubnetWire;
  beforeEach(async () => {
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
  let network: NetworkWire;
  let subnet: SubnetWire;
  let router: RouterWire;
  beforeEach(async () => {
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
    await expect(others.ask('POST', '/qos/policies', { policy: { name: 'x' } })).rejects.toThrow(
      '403 PolicyNotAuthorized',
    );
    const { policy } = await neutron.ask<{ policy: { id: string } }>('POST', '/qos/policies', {
      policy: { name: 'silver', shared: true },
    });
    const network = await others.network();
    expect((await others.port(network, { qos_policy_id: policy.id })).qos_policy_id).toBe(policy.id);
  });
});

it('lists what has changed only where filters are not validated, and bears tags on everything', async () => {
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
