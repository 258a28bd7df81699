import type { Walker } from './walk.js';

interface Made {
  id: string;
  revision_number: number;
}

/** Subnets and their pools, as the address plan uses them; the network that they are on is deleted again. */
export async function subnetWalk(walker: Walker): Promise<void> {
  const { network } = await walker.cloud.must<{ network: Made }>('network', 'POST', '/v2.0/networks', {
    body: { network: { name: 'walk-subnets' } },
  });
  const path = `/v2.0/networks/${network.id}`;
  await walker.ask('network renamed', 'network', 'PUT', path, { body: { network: { name: 'walk-again' } } });
  await walker.ask('network of a stale revision', 'network', 'PUT', path, {
    body: { network: { name: 'walk' } },
    headers: { 'If-Match': 'revision_number=999' },
  });
  await walker.ask('network tagged', 'network', 'PUT', `${path}/tags/ultron:id=walk`);
  await refusals(walker, network.id);
  const subnet = await pools(walker, network.id);
  await bulk(walker, network.id);
  const { port } = await walker.cloud.must<{ port: Made }>('network', 'POST', '/v2.0/ports', {
    body: { port: { network_id: network.id, fixed_ips: [{ ip_address: '10.98.0.200' }] } },
  });
  await walker.ask('subnet in use deleted', 'network', 'DELETE', `/v2.0/subnets/${subnet}`);
  await walker.ask('network in use deleted', 'network', 'DELETE', path);
  await walker.cloud.must('network', 'DELETE', `/v2.0/ports/${port.id}`);
  await walker.ask('subnet deleted', 'network', 'DELETE', `/v2.0/subnets/${subnet}`);
  await walker.cloud.must('network', 'DELETE', path);
}

async function refusals(walker: Walker, network: string): Promise<void> {
  const create = (name: string, change: object) =>
    walker.ask(name, 'network', 'POST', '/v2.0/subnets', {
      body: { subnet: { network_id: network, ip_version: 4, cidr: '10.98.0.0/24', ...change } },
    });
  const pool = (start: string, end: string) => ({ allocation_pools: [{ start, end }] });
  await create('subnet of no CIDR', { cidr: 'everywhere' });
  await create('subnet of another IP version', { ip_version: 6 });
  await create('subnet with a gateway that is none', { gateway_ip: '10.98.0.255' });
  await create('subnet too small for DHCP', { cidr: '10.98.0.0/31' });
  await create('subnet with a pool backwards', pool('10.98.0.9', '10.98.0.4'));
  await create('subnet with a pool beyond it', pool('10.98.0.9', '10.98.1.4'));
  await create('subnet with a pool over its gateway', pool('10.98.0.1', '10.98.0.9'));
  await create('subnet with a pool that is none', pool('here', 'there'));
  await create('subnet with pools that overlap', {
    allocation_pools: [
      { start: '10.98.0.4', end: '10.98.0.9' },
      { start: '10.98.0.9', end: '10.98.0.20' },
    ],
  });
  await create('subnet with an unknown attribute', { colour: 'red' });
  await create('subnet on an unknown network', { network_id: '00000000-0000-0000-0000-000000000000' });
}

async function pools(walker: Walker, network: string): Promise<string> {
  const made = await walker.ask('subnet with pools created', 'network', 'POST', '/v2.0/subnets', {
    body: {
      subnet: {
        network_id: network,
        name: 'walk',
        ip_version: 4,
        cidr: '10.98.0.0/24',
        enable_dhcp: false,
        allocation_pools: [{ start: '10.98.0.10', end: '10.98.0.19' }],
      },
    },
  });
  const { subnet } = made.body as { subnet: Made };
  const path = `/v2.0/subnets/${subnet.id}`;
  const put = (name: string, change: object, headers: Record<string, string> = {}) =>
    walker.ask(name, 'network', 'PUT', path, { body: { subnet: change }, headers });
  const both = [
    { start: '10.98.0.10', end: '10.98.0.19' },
    { start: '10.98.0.128', end: '10.98.0.254' },
  ];
  await put('subnet pools changed', { allocation_pools: both });
  await put('subnet pools over the gateway', {
    allocation_pools: [{ start: '10.98.0.1', end: '10.98.0.9' }],
  });
  await put('subnet gateway into the pools', { gateway_ip: '10.98.0.11' });
  await put('subnet of a stale revision', { name: 'late' }, { 'If-Match': 'revision_number=999' });
  await put('subnet CIDR changed', { cidr: '10.98.0.0/25' });
  await walker.ask('subnet tagged', 'network', 'PUT', `${path}/tags/ultron:id=walk`);
  await walker.ask('subnets by tag', 'network', 'GET', '/v2.0/subnets?tags=ultron:id=walk');
  return subnet.id;
}

async function bulk(walker: Walker, network: string): Promise<void> {
  const of = (cidr: string) => ({ network_id: network, ip_version: 4, cidr, enable_dhcp: false });
  const create = (name: string, subnets: object[]) =>
    walker.ask(name, 'network', 'POST', '/v2.0/subnets', { body: { subnets } });
  await create('subnets in bulk that overlap', [of('10.98.1.0/25'), of('10.98.1.0/24')]);
  await create('subnets created in bulk', [of('10.98.1.0/25'), of('10.98.1.128/25')]);
  const networks = [{ name: 'walk-bulk-1' }, { name: 'walk-bulk-2' }];
  const made = await walker.ask('networks created in bulk', 'network', 'POST', '/v2.0/networks', {
    body: { networks },
  });
  for (const { id } of (made.body as { networks: Made[] }).networks)
    await walker.cloud.must('network', 'DELETE', `/v2.0/networks/${id}`);
}
