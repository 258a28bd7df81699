import type { Walker } from './walk.js';

const UNKNOWN = '00000000-0000-0000-0000-000000000000';

interface Port {
  id: string;
  network_id: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
}

export async function networkWalk(walker: Walker): Promise<void> {
  await walker.ask('network versions', 'network', 'GET', '^/', { token: '' });
  await walker.ask('network resources', 'network', 'GET', '/v2.0');
  await walker.ask('extensions', 'network', 'GET', '/v2.0/extensions');
  await walker.ask('extension', 'network', 'GET', '/v2.0/extensions/standard-attr-tag');
  await walker.ask('network quotas', 'network', 'GET', `/v2.0/quotas/${walker.cloud.projectId}`);
  await walker.ask(
    'network quota details',
    'network',
    'GET',
    `/v2.0/quotas/${walker.cloud.projectId}/details.json`,
  );
  const network = await networks(walker);
  const port = await ports(walker, network);
  await portErrors(walker, network, port);
  await securityGroups(walker, port);
  await walker.ask('port deleted', 'network', 'DELETE', `/v2.0/ports/${port.id}`);
  await walker.ask('port deleted before', 'network', 'DELETE', `/v2.0/ports/${port.id}`);
}

async function networks(walker: Walker): Promise<string> {
  const listed = await walker.ask(
    'networks',
    'network',
    'GET',
    `/v2.0/networks?name=private&project_id=${walker.cloud.projectId}`,
  );
  const [network] = (listed.body as { networks: { id: string; subnets: string[] }[] }).networks;
  if (!network) throw new Error('the cluster has no network called private');
  await walker.ask('network', 'network', 'GET', `/v2.0/networks/${network.id}`);
  await walker.ask('networks external', 'network', 'GET', '/v2.0/networks?router:external=True');
  await walker.ask('network unknown', 'network', 'GET', `/v2.0/networks/${UNKNOWN}`);
  await walker.ask('subnets', 'network', 'GET', `/v2.0/subnets?network_id=${network.id}`);
  await walker.ask('subnet', 'network', 'GET', `/v2.0/subnets/${network.subnets[0]}`);
  const body = { network: { name: 'walk' } };
  const made = await walker.ask('network created', 'network', 'POST', '/v2.0/networks', { body });
  const { id } = (made.body as { network: { id: string } }).network;
  const subnet = { network_id: id, name: 'walk', ip_version: 4, cidr: '10.99.0.0/24' };
  await walker.ask('subnet created', 'network', 'POST', '/v2.0/subnets', { body: { subnet } });
  await walker.ask('subnet overlapping', 'network', 'POST', '/v2.0/subnets', { body: { subnet } });
  await walker.ask('network deleted', 'network', 'DELETE', `/v2.0/networks/${id}`);
  return network.id;
}

async function ports(walker: Walker, network: string): Promise<Port> {
  const made = await walker.ask('port created', 'network', 'POST', '/v2.0/ports', {
    body: { port: { network_id: network, name: 'walk' } },
  });
  const { port } = made.body as { port: Port };
  const path = `/v2.0/ports/${port.id}`;
  await walker.ask('port', 'network', 'GET', path);
  await walker.ask('port renamed', 'network', 'PUT', path, { body: { port: { name: 'walk-again' } } });
  await walker.ask('port of a stale revision', 'network', 'PUT', path, {
    body: { port: { name: 'walk' } },
    headers: { 'If-Match': 'revision_number=999' },
  });
  await walker.ask('port tags set', 'network', 'PUT', `${path}/tags`, { body: { tags: ['ultron:id=walk'] } });
  await walker.ask('port tags', 'network', 'GET', `${path}/tags`);
  await walker.ask('ports by tag', 'network', 'GET', '/v2.0/ports?tags=ultron:id=walk');
  await walker.ask('ports by name, ids only', 'network', 'GET', '/v2.0/ports?name=walk-again&fields=id');
  const bulk = await walker.ask('ports created in bulk', 'network', 'POST', '/v2.0/ports', {
    body: {
      ports: ['walk-bulk-1', 'walk-bulk-2', 'walk-bulk-3'].map((name) => ({ network_id: network, name })),
    },
  });
  const { ports: made3 } = bulk.body as { ports: Port[] };
  await walker.ask('ports page', 'network', 'GET', '/v2.0/ports?limit=2&sort_key=id&sort_dir=asc');
  await walker.ask('ports page after', 'network', 'GET', `/v2.0/ports?limit=1&marker=${made3[0]?.id}`);
  for (const { id } of made3) await walker.cloud.must('network', 'DELETE', `/v2.0/ports/${id}`);
  await walker.ask(
    'ports after a deleted marker',
    'network',
    'GET',
    `/v2.0/ports?limit=1&marker=${made3[0]?.id}`,
  );
  await walker.ask(
    'ports changed since',
    'network',
    'GET',
    '/v2.0/ports?changed_since=2020-01-01T00:00:00&limit=1',
  );
  return port;
}

async function portErrors(walker: Walker, network: string, port: Port): Promise<void> {
  const create = (name: string, body: unknown) =>
    walker.ask(name, 'network', 'POST', '/v2.0/ports', { body });
  const [fixed] = port.fixed_ips;
  await create('port with an address in use', { port: { network_id: network, fixed_ips: [fixed] } });
  await create('ports in bulk with an address in use', {
    ports: [{ network_id: network }, { network_id: network, fixed_ips: [fixed] }],
  });
  await create('port with an address outside', {
    port: { network_id: network, fixed_ips: [{ ip_address: '192.0.2.1' }] },
  });
  await create('port with an address that is none', {
    port: { network_id: network, fixed_ips: [{ ip_address: 'elsewhere' }] },
  });
  await create('port on an unknown network', { port: { network_id: UNKNOWN } });
  await create('port without a network', { port: { name: 'walk' } });
  await create('port with an unknown attribute', { port: { network_id: network, colour: 'red' } });
  await create('port in an unknown security group', {
    port: { network_id: network, security_groups: [UNKNOWN] },
  });
  await walker.ask('port unknown', 'network', 'GET', `/v2.0/ports/${UNKNOWN}`);
  await walker.ask('ports by an unknown filter', 'network', 'GET', '/v2.0/ports?colour=red');
  await walker.ask('ports by a bad limit', 'network', 'GET', '/v2.0/ports?limit=many');
  await walker.ask('ports without a token', 'network', 'GET', '/v2.0/ports', { token: '' });
}

async function securityGroups(walker: Walker, port: Port): Promise<void> {
  const path = '/v2.0/security-groups';
  await walker.ask(
    'security groups',
    'network',
    'GET',
    `${path}?name=default&project_id=${walker.cloud.projectId}`,
  );
  const body = { security_group: { name: 'walk', description: 'conformance' } };
  const made = await walker.ask('security group created', 'network', 'POST', path, { body });
  const { security_group: group } = made.body as { security_group: { id: string } };
  const rule = {
    security_group_id: group.id,
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: 'tcp',
    port_range_min: 22,
    port_range_max: 22,
    remote_ip_prefix: '10.0.0.0/8',
  };
  const addRule = (name: string, change: object) =>
    walker.ask(name, 'network', 'POST', '/v2.0/security-group-rules', {
      body: { security_group_rule: { ...rule, ...change } },
    });
  await addRule('security group rule created', {});
  await addRule('security group rule twice', {});
  await addRule('security group rule with bad ports', { port_range_min: 90, port_range_max: 80 });
  await addRule('security group rule of an unknown group', { security_group_id: UNKNOWN });
  await walker.ask('security group', 'network', 'GET', `${path}/${group.id}`);
  await walker.ask(
    'security group rules',
    'network',
    'GET',
    `/v2.0/security-group-rules?security_group_id=${group.id}`,
  );
  const use = (groups: string[]) => ({ body: { port: { security_groups: groups } } });
  await walker.ask(
    'port put in a security group',
    'network',
    'PUT',
    `/v2.0/ports/${port.id}`,
    use([group.id]),
  );
  await walker.ask('security group in use deleted', 'network', 'DELETE', `${path}/${group.id}`);
  await walker.cloud.must('network', 'PUT', `/v2.0/ports/${port.id}`, use([]));
  await walker.ask('security group deleted', 'network', 'DELETE', `${path}/${group.id}`);
  await walker.ask('security group unknown', 'network', 'GET', `${path}/${UNKNOWN}`);
}
