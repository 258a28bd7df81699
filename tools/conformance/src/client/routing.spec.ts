import { describe, expect, it } from '@jest/globals';
import { DEVICE_OWNERS } from '@ultron/openstack/network/device-owners';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

/** Routers, floating IPs and bandwidth limits. */
export function routingSpec(use: CloudInUse): void {
  const { networks, subnets, ports, routers, floatingIps, qosPolicies } = use.cloud.network;

  const publicId = async (): Promise<string> => {
    const [network] = await networks.list({ external: true, name: 'public' }).all();
    return present(network, 'an external network called public').id;
  };
  /** A network with a subnet, and a router with a gateway; not yet connected. */
  const setUp = async () => {
    const network = await networks.create({ name: uniqueName('routed') });
    use.later(() => networks.delete(network.id));
    const subnet = await subnets.create({
      network_id: network.id,
      ip_version: 4,
      cidr: '10.92.0.0/24',
      enable_dhcp: false,
    });
    const external = await publicId();
    const router = await routers.create({
      name: uniqueName('router'),
      external_gateway_info: { network_id: external },
    });
    use.later(() => routers.delete(router.id));
    return { network, subnet, router, external };
  };
  const connect = async (routerId: string, subnetId: string) => {
    const leg = await routers.addInterface(routerId, { subnet_id: subnetId });
    use.later(() => routers.removeInterface(routerId, { subnet_id: subnetId }));
    return leg;
  };

  describe('routers', () => {
    it('take the gateway address of a subnet by a port of their own', async () => {
      const { network, subnet, router } = await setUp();
      const leg = await connect(router.id, subnet.id);
      expect(leg).toMatchObject({ id: router.id, subnet_id: subnet.id, network_id: network.id });
      expect(await ports.get(leg.port_id)).toMatchObject({
        device_id: router.id,
        device_owner: DEVICE_OWNERS.routerInterface,
        fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.92.0.1' }],
      });
      await expect(routers.addInterface(router.id, { subnet_id: subnet.id })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'BadRequest',
      });
      await expect(ports.delete(leg.port_id)).rejects.toMatchObject({ code: 'ServicePortInUse' });
      await expect(routers.delete(router.id)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'RouterInUse',
      });
      await expect(subnets.delete(subnet.id)).rejects.toMatchObject({ code: 'SubnetInUse' });
    });

    it('have a gateway that can be taken and given, by the revision that was read', async () => {
      const { router, external } = await setUp();
      const [port] = await ports
        .list({ deviceId: [router.id], deviceOwner: DEVICE_OWNERS.routerGateway })
        .all();
      expect(port?.network_id).toBe(external);
      const { revision_number: revision } = await routers.get(router.id);
      const none = await routers.update(router.id, { external_gateway_info: null }, revision);
      expect(none.external_gateway_info).toBeNull();
      await expect(routers.update(router.id, { name: 'late' }, revision)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'RevisionNumberConstraintFailed',
      });
      const again = await routers.update(router.id, { external_gateway_info: { network_id: external } });
      expect(again.external_gateway_info?.network_id).toBe(external);
    });

    it('bear tags, and may be deleted twice', async () => {
      const router = await routers.create({ name: uniqueName('router') });
      await routers.tags.add(router.id, `ultron:id=${router.name}`);
      const found = await routers.list({ tags: [`ultron:id=${router.name}`] }).all();
      expect(found.map(({ id }) => id)).toEqual([router.id]);
      expect([await routers.delete(router.id), await routers.delete(router.id)]).toEqual([true, false]);
    });
  });

  describe('floating IPs', () => {
    it('lead to a port once there is a router on the way, to another one, and nowhere', async () => {
      const { network, subnet, router, external } = await setUp();
      const made = await ports.createBulk([{ network_id: network.id }, { network_id: network.id }]);
      for (const port of made) use.later(() => ports.delete(port.id));
      const [first, second] = made.map((port) => port.id);
      const ip = await floatingIps.create({ floating_network_id: external });
      use.later(() => floatingIps.delete(ip.id));
      expect(ip).toMatchObject({ port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' });
      const lead = (portId = '') => floatingIps.associate(ip.id, { portId });
      await expect(lead(first)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'ExternalGatewayForFloatingIPNotFound',
      });
      await connect(router.id, subnet.id);
      expect(await lead(first)).toMatchObject({ port_id: first, router_id: router.id });
      expect(await lead(second)).toMatchObject({ port_id: second, router_id: router.id });
      const other = floatingIps.create({ floating_network_id: external, port_id: second ?? null });
      await expect(other).rejects.toMatchObject({ code: 'FloatingIPPortAlreadyAssociated' });
      await expect(routers.removeInterface(router.id, { subnet_id: subnet.id })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'RouterInterfaceInUseByFloatingIP',
      });
      expect((await floatingIps.list({ portId: [second ?? ''] }).all()).map(({ id }) => id)).toEqual([ip.id]);
      expect(await floatingIps.disassociate(ip.id)).toMatchObject({ port_id: null, router_id: null });
    });

    it('lead nowhere once their port is gone, and give back their address when they go', async () => {
      const { network, subnet, router, external } = await setUp();
      await connect(router.id, subnet.id);
      const port = await ports.create({ network_id: network.id });
      use.later(() => ports.delete(port.id));
      const ip = await floatingIps.create({ floating_network_id: external, port_id: port.id });
      await ports.delete(port.id);
      expect(await floatingIps.get(ip.id)).toMatchObject({ port_id: null, fixed_ip_address: null });
      await floatingIps.tags.add(ip.id, `ultron:id=${ip.id}`);
      expect(await floatingIps.list({ tags: [`ultron:id=${ip.id}`] }).all()).toHaveLength(1);
      expect([await floatingIps.delete(ip.id), await floatingIps.delete(ip.id)]).toEqual([true, false]);
      const address = { floating_network_id: external, floating_ip_address: ip.floating_ip_address };
      const again = await floatingIps.create(address);
      use.later(() => floatingIps.delete(again.id));
      await expect(floatingIps.create(address)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'IpAddressAlreadyAllocated',
      });
    });
  });

  describe('QoS policies', () => {
    it('limit bandwidth by one rule per direction, on ports and floating IPs', async () => {
      const policy = await qosPolicies.create({ name: uniqueName('qos') });
      use.later(() => qosPolicies.delete(policy.id));
      const rule = await qosPolicies.createBandwidthLimit(policy.id, {
        max_kbps: 1_000,
        direction: 'egress',
      });
      await qosPolicies.createBandwidthLimit(policy.id, { max_kbps: 2_000, direction: 'ingress' });
      const twice = qosPolicies.createBandwidthLimit(policy.id, { max_kbps: 3_000, direction: 'egress' });
      await expect(twice).rejects.toMatchObject({ kind: 'conflict', code: 'QoSRulesConflict' });
      expect(await qosPolicies.updateBandwidthLimit(policy.id, rule.id, { max_kbps: 1_500 })).toMatchObject({
        max_kbps: 1_500,
        direction: 'egress',
      });
      expect(await qosPolicies.listBandwidthLimits(policy.id)).toHaveLength(2);
      const { rules } = await qosPolicies.get(policy.id);
      expect(rules.map(({ type }) => type)).toEqual(['bandwidth_limit', 'bandwidth_limit']);
      await qosPolicies.tags.add(policy.id, `ultron:id=${policy.name}`);
      expect(await qosPolicies.list({ tags: [`ultron:id=${policy.name}`] }).all()).toHaveLength(1);

      const port = await use.port();
      expect(await ports.update(port.id, { qos_policy_id: policy.id })).toMatchObject({
        qos_policy_id: policy.id,
      });
      await expect(qosPolicies.delete(policy.id)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'QosPolicyInUse',
      });
      await ports.update(port.id, { qos_policy_id: null });
      const ip = await floatingIps.create({
        floating_network_id: await publicId(),
        qos_policy_id: policy.id,
      });
      use.later(() => floatingIps.delete(ip.id));
      expect(ip.qos_policy_id).toBe(policy.id);
      expect(await qosPolicies.deleteBandwidthLimit(policy.id, rule.id)).toBe(true);
      expect(await qosPolicies.deleteBandwidthLimit(policy.id, rule.id)).toBe(false);
    });
  });

  describe('what a cluster says of its networking', () => {
    it('are its agents and zones', async () => {
      const agents = await use.cloud.network.agents.list();
      expect(agents.map(({ agent_type }) => agent_type)).toContain('Open vSwitch agent');
      const [agent] = await use.cloud.network.agents.list({ agentType: 'DHCP agent' });
      expect(agent).toMatchObject({ binary: 'neutron-dhcp-agent', alive: true, admin_state_up: true });
      const zones = await use.cloud.network.availabilityZones.list();
      expect(zones.map(({ name, resource }) => `${name} ${resource}`)).toContain('nova network');
    });
  });
}
