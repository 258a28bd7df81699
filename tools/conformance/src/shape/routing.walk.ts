import type { Walker } from './walk.js';

const UNKNOWN = '00000000-0000-0000-0000-000000000000';

interface Made {
  id: string;
}

interface Place {
  external: string;
  network: string;
  subnet: string;
}

/** Routers, floating IPs and bandwidth limits; what is made on the way is deleted again. */
export async function routingWalk(walker: Walker): Promise<void> {
  await walker.ask('network agents', 'network', 'GET', '/v2.0/agents');
  await walker.ask('network availability zones', 'network', 'GET', '/v2.0/availability_zones');
  const place = await placeOf(walker);
  const policy = await policies(walker, place);
  const router = await routers(walker, place);
  await floatingIps(walker, place, { router, policy });
  await ends(walker, place, { router, policy });
}

async function placeOf(walker: Walker): Promise<Place> {
  const { cloud } = walker;
  const path = '/v2.0/networks?router:external=True&name=public';
  const { networks } = await cloud.must<{ networks: Made[] }>('network', 'GET', path);
  const [external] = networks;
  if (!external) throw new Error('the cluster has no external network called public');
  const { network } = await cloud.must<{ network: Made }>('network', 'POST', '/v2.0/networks', {
    body: { network: { name: 'walk-routing' } },
  });
  const { subnet } = await cloud.must<{ subnet: Made }>('network', 'POST', '/v2.0/subnets', {
    body: { subnet: { network_id: network.id, ip_version: 4, cidr: '10.97.0.0/24', enable_dhcp: false } },
  });
  return { external: external.id, network: network.id, subnet: subnet.id };
}

async function policies(walker: Walker, place: Place): Promise<string> {
  const at = '/v2.0/qos/policies';
  const made = await walker.ask('QoS policy created', 'network', 'POST', at, {
    body: { policy: { name: 'walk' } },
  });
  const { policy } = made.body as { policy: Made };
  const rules = `${at}/${policy.id}/bandwidth_limit_rules`;
  const limit = (name: string, rule: object) =>
    walker.ask(name, 'network', 'POST', rules, { body: { bandwidth_limit_rule: rule } });
  const first = await limit('bandwidth limit created', { max_kbps: 10_000, direction: 'egress' });
  const { bandwidth_limit_rule: rule } = first.body as { bandwidth_limit_rule: Made };
  await limit('bandwidth limit of the other direction', { max_kbps: 10_000, direction: 'ingress' });
  await limit('bandwidth limit of the same direction', { max_kbps: 20_000, direction: 'egress' });
  await limit('bandwidth limit without a rate', {});
  await limit('bandwidth limit in no direction', { max_kbps: 1, direction: 'sideways' });
  const one = `${rules}/${rule.id}`;
  await walker.ask('bandwidth limit', 'network', 'GET', one);
  await walker.ask('bandwidth limit changed', 'network', 'PUT', one, {
    body: { bandwidth_limit_rule: { max_kbps: 5_000 } },
  });
  await walker.ask('bandwidth limits', 'network', 'GET', rules);
  await walker.ask('bandwidth limit unknown', 'network', 'GET', `${rules}/${UNKNOWN}`);
  await walker.ask('QoS policy', 'network', 'GET', `${at}/${policy.id}`);
  await walker.ask('QoS policies', 'network', 'GET', `${at}?name=walk`);
  await walker.ask('QoS policy renamed', 'network', 'PUT', `${at}/${policy.id}`, {
    body: { policy: { description: 'conformance' } },
  });
  await walker.ask('QoS policy of a stale revision', 'network', 'PUT', `${at}/${policy.id}`, {
    body: { policy: { name: 'late' } },
    headers: { 'If-Match': 'revision_number=999' },
  });
  await walker.ask('QoS policy tagged', 'network', 'PUT', `/v2.0/policies/${policy.id}/tags/ultron:id=walk`);
  await walker.ask('QoS policy unknown', 'network', 'GET', `${at}/${UNKNOWN}`);
  await policyOnPort(walker, place, policy.id);
  return policy.id;
}

async function policyOnPort(walker: Walker, place: Place, policy: string): Promise<void> {
  const create = (name: string, port: object) =>
    walker.ask(name, 'network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: place.network, ...port } },
    });
  const made = await create('port with a QoS policy', { qos_policy_id: policy });
  const { port } = made.body as { port: Made };
  await create('port with an unknown QoS policy', { qos_policy_id: UNKNOWN });
  await walker.ask('QoS policy in use deleted', 'network', 'DELETE', `/v2.0/qos/policies/${policy}`);
  const path = `/v2.0/ports/${port.id}`;
  const put = (name: string, change: object) =>
    walker.ask(name, 'network', 'PUT', path, { body: { port: change } });
  const pair = { ip_address: '10.97.0.250' };
  await put('port with an address pair', { allowed_address_pairs: [pair] });
  await put('port with an address pair twice', { allowed_address_pairs: [pair, pair] });
  const eleven = Array.from({ length: 11 }, (_, last) => ({ ip_address: `10.97.1.${last}` }));
  await put('port with too many address pairs', { allowed_address_pairs: eleven });
  await put('port without port security but with groups', { port_security_enabled: false });
  await put('port without port security', {
    port_security_enabled: false,
    security_groups: [],
    allowed_address_pairs: [],
  });
  await put('port with an address pair but without port security', { allowed_address_pairs: [pair] });
  await walker.cloud.must('network', 'DELETE', path);
}

async function routers(walker: Walker, place: Place): Promise<string> {
  const at = '/v2.0/routers';
  const made = await walker.ask('router created', 'network', 'POST', at, {
    body: { router: { name: 'walk', external_gateway_info: { network_id: place.external } } },
  });
  const { router } = made.body as { router: Made };
  const path = `${at}/${router.id}`;
  const put = (name: string, change: object, headers: Record<string, string> = {}) =>
    walker.ask(name, 'network', 'PUT', path, { body: { router: change }, headers });
  await walker.ask('router', 'network', 'GET', path);
  await walker.ask('routers', 'network', 'GET', `${at}?name=walk`);
  await walker.ask('router unknown', 'network', 'GET', `${at}/${UNKNOWN}`);
  await put('router renamed', { description: 'conformance' });
  await put('router of a stale revision', { name: 'late' }, { 'If-Match': 'revision_number=999' });
  await put('router with a gateway that is not external', {
    external_gateway_info: { network_id: place.network },
  });
  await put('router with an unknown attribute', { colour: 'red' });
  await walker.ask('router tagged', 'network', 'PUT', `${path}/tags/ultron:id=walk`);
  await interfaces(walker, place, path);
  return router.id;
}

async function interfaces(walker: Walker, place: Place, path: string): Promise<void> {
  const add = (name: string, body: object) =>
    walker.ask(name, 'network', 'PUT', `${path}/add_router_interface`, { body });
  const made = await add('router interface added', { subnet_id: place.subnet });
  const { port_id } = made.body as { port_id: string };
  await add('router interface added twice', { subnet_id: place.subnet });
  await add('router interface nowhere', {});
  await add('router interface in an unknown subnet', { subnet_id: UNKNOWN });
  await walker.ask('router interface port', 'network', 'GET', `/v2.0/ports/${port_id}`);
  await walker.ask('router interface deleted as a port', 'network', 'DELETE', `/v2.0/ports/${port_id}`);
  await walker.ask('router in use deleted', 'network', 'DELETE', path);
  await walker.ask('subnet with a router deleted', 'network', 'DELETE', `/v2.0/subnets/${place.subnet}`);
  await walker.ask('gateway of a subnet in use changed', 'network', 'PUT', `/v2.0/subnets/${place.subnet}`, {
    body: {
      subnet: { gateway_ip: '10.97.0.254', allocation_pools: [{ start: '10.97.0.2', end: '10.97.0.9' }] },
    },
  });
}

async function floatingIps(
  walker: Walker,
  place: Place,
  { router, policy }: { router: string; policy: string },
): Promise<void> {
  const at = '/v2.0/floatingips';
  const create = (name: string, floatingip: object) =>
    walker.ask(name, 'network', 'POST', at, { body: { floatingip } });
  const made = await create('floating IP created', { floating_network_id: place.external });
  const { floatingip } = made.body as { floatingip: Made };
  await create('floating IP of an inner network', { floating_network_id: place.network });
  await create('floating IP without a network', {});
  const path = `${at}/${floatingip.id}`;
  const put = (name: string, change: object) =>
    walker.ask(name, 'network', 'PUT', path, { body: { floatingip: change } });
  const { port } = await walker.cloud.must<{ port: Made }>('network', 'POST', '/v2.0/ports', {
    body: { port: { network_id: place.network } },
  });
  await put('floating IP associated', { port_id: port.id });
  await walker.ask('floating IPs', 'network', 'GET', `${at}?port_id=${port.id}`);
  await create('floating IP to a port that has one', {
    floating_network_id: place.external,
    port_id: port.id,
  });
  await walker.ask('router gateway in use cleared', 'network', 'PUT', `/v2.0/routers/${router}`, {
    body: { router: { external_gateway_info: null } },
  });
  const remove = `/v2.0/routers/${router}/remove_router_interface`;
  await walker.ask('router interface in use removed', 'network', 'PUT', remove, {
    body: { subnet_id: place.subnet },
  });
  await put('floating IP with a QoS policy', { qos_policy_id: policy });
  await put('floating IP disassociated', { port_id: null });
  await walker.ask('router interface removed', 'network', 'PUT', remove, {
    body: { subnet_id: place.subnet },
  });
  await walker.ask('router interface removed twice', 'network', 'PUT', remove, {
    body: { subnet_id: place.subnet },
  });
  await put('floating IP without a way', { port_id: port.id });
  await walker.ask('floating IP tagged', 'network', 'PUT', `${path}/tags/ultron:id=walk`);
  await walker.ask('floating IP', 'network', 'GET', path);
  await walker.ask('floating IP deleted', 'network', 'DELETE', path);
  await walker.ask('floating IP unknown', 'network', 'GET', path);
  await walker.cloud.must('network', 'DELETE', `/v2.0/ports/${port.id}`);
}

async function ends(
  walker: Walker,
  place: Place,
  { router, policy }: { router: string; policy: string },
): Promise<void> {
  await walker.ask('router gateway cleared', 'network', 'PUT', `/v2.0/routers/${router}`, {
    body: { router: { external_gateway_info: null } },
  });
  await walker.ask('router deleted', 'network', 'DELETE', `/v2.0/routers/${router}`);
  await walker.ask('QoS policy deleted', 'network', 'DELETE', `/v2.0/qos/policies/${policy}`);
  await walker.cloud.must('network', 'DELETE', `/v2.0/networks/${place.network}`);
}
