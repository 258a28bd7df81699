import type { Walker } from './walk.js';

const COMPUTE_VERSIONS = [
  '2.1',
  '2.26',
  '2.47',
  '2.53',
  '2.60',
  '2.65',
  '2.72',
  '2.79',
  '2.87',
  '2.93',
  '2.96',
  '2.100',
];

interface Server {
  id: string;
  status: string;
  created: string;
}

export async function computeWalk(walker: Walker): Promise<void> {
  await walker.ask('compute versions', 'compute', 'GET', '^/', { token: '' });
  const answer = await walker.ask('compute version', 'compute', 'GET', '^/v2.1/', { token: '' });
  const ceiling = (answer.body as { version: { version: string } }).version.version;
  const versions = COMPUTE_VERSIONS.filter((version) => minor(version) <= minor(ceiling));
  await catalogue(walker, versions);
  await keyPairs(walker);
  await server(walker, versions);
}

const minor = (version: string) => Number(version.split('.')[1]);

async function catalogue(walker: Walker, versions: string[]): Promise<void> {
  for (const number of versions) {
    const version = `compute ${number}`;
    await walker.ask(`flavors at ${number}`, 'compute', 'GET', '/flavors/detail', { version });
    await walker.ask(`hypervisors at ${number}`, 'compute', 'GET', '/os-hypervisors/detail', { version });
    await walker.ask(`compute services at ${number}`, 'compute', 'GET', '/os-services', { version });
    await walker.ask(`limits at ${number}`, 'compute', 'GET', '/limits', { version });
    await walker.ask(
      `compute quotas at ${number}`,
      'compute',
      'GET',
      `/os-quota-sets/${walker.cloud.projectId}`,
      { version },
    );
  }
  await walker.ask('flavor', 'compute', 'GET', '/flavors/1');
  await walker.ask('flavor names', 'compute', 'GET', '/flavors');
  await walker.ask('flavors page', 'compute', 'GET', '/flavors?limit=1');
  await walker.ask('flavor extra specs', 'compute', 'GET', '/flavors/1/os-extra_specs');
  await walker.ask('availability zones', 'compute', 'GET', '/os-availability-zone');
  await walker.ask('availability zones with hosts', 'compute', 'GET', '/os-availability-zone/detail');
}

async function keyPairs(walker: Walker): Promise<void> {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFnG9T2uS8AtbQ1Ys3lPxIKp0jRCA0mzMfWm5TnFCEnK walk';
  const create = (name: string, keypair: object, version: string) =>
    walker.ask(name, 'compute', 'POST', '/os-keypairs', { body: { keypair }, version });
  await create('key pair imported', { name: 'walk', public_key: key }, 'compute 2.1');
  await create('key pair imported twice', { name: 'walk', public_key: key }, 'compute 2.1');
  await create(
    'key pair imported with its type',
    { name: 'walk-2', public_key: key, type: 'ssh' },
    'compute 2.2',
  );
  await create('key pair of nonsense', { name: 'walk-3', public_key: 'nonsense' }, 'compute 2.1');
  await walker.ask('key pairs', 'compute', 'GET', '/os-keypairs');
  await walker.ask('key pairs at 2.35', 'compute', 'GET', '/os-keypairs?limit=1', {
    version: 'compute 2.35',
  });
  await walker.ask('key pair', 'compute', 'GET', '/os-keypairs/walk');
  await walker.ask('key pair unknown', 'compute', 'GET', '/os-keypairs/nobody');
  await walker.ask('key pair deleted', 'compute', 'DELETE', '/os-keypairs/walk');
  await walker.ask('key pair deleted at 2.2', 'compute', 'DELETE', '/os-keypairs/walk-2', {
    version: 'compute 2.2',
  });
  await walker.ask('key pair deleted before', 'compute', 'DELETE', '/os-keypairs/walk');
}

async function server(walker: Walker, versions: string[]): Promise<void> {
  const { cloud } = walker;
  const { images } = await cloud.must<{ images: { id: string }[] }>('image', 'GET', '/v2/images?name=cirros');
  const { networks } = await cloud.must<{ networks: { id: string }[] }>(
    'network',
    'GET',
    `/v2.0/networks?name=private&project_id=${cloud.projectId}`,
  );
  const { port } = await cloud.must<{ port: { id: string } }>('network', 'POST', '/v2.0/ports', {
    body: { port: { network_id: networks[0]?.id, name: 'walk-server' } },
  });
  const body = {
    server: {
      name: 'walk',
      imageRef: images[0]?.id,
      flavorRef: '1',
      networks: [{ port: port.id }],
      metadata: { ultron_id: 'walk' },
    },
  };
  const made = await walker.ask('server created', 'compute', 'POST', '/servers', { body });
  const { id } = (made.body as { server: { id: string } }).server;
  await walker.until<{ server: Server }>(
    'compute',
    `/servers/${id}`,
    ({ server: seen }) => seen.status === 'ACTIVE',
  );
  for (const number of versions) await lookAtServer(walker, id, number);
  await walker.ask('port of a server', 'network', 'GET', `/v2.0/ports/${port.id}`);
  await walker.ask('server on a port in use', 'compute', 'POST', '/servers', { body });
  await changes(walker, id);
  await deletion(walker, id);
  await cloud.must('network', 'DELETE', `/v2.0/ports/${port.id}`);
}

async function lookAtServer(walker: Walker, id: string, number: string): Promise<void> {
  const version = `compute ${number}`;
  await walker.ask(`server at ${number}`, 'compute', 'GET', `/servers/${id}`, { version });
  await walker.ask(`servers at ${number}`, 'compute', 'GET', '/servers/detail?name=^walk$', { version });
  await walker.ask(`instance actions at ${number}`, 'compute', 'GET', `/servers/${id}/os-instance-actions`, {
    version,
  });
  const { body } = await walker.cloud.ask('compute', 'GET', `/servers/${id}/os-instance-actions`);
  const [action] = (body as { instanceActions: { request_id: string }[] }).instanceActions;
  await walker.ask(
    `instance action at ${number}`,
    'compute',
    'GET',
    `/servers/${id}/os-instance-actions/${action?.request_id}`,
    {
      version,
    },
  );
}

async function changes(walker: Walker, id: string): Promise<void> {
  const path = `/servers/${id}`;
  const act = (name: string, body: object) => walker.ask(name, 'compute', 'POST', `${path}/action`, { body });
  const reaches = (status: string) =>
    walker.until<{ server: Server }>('compute', path, ({ server: seen }) => seen.status === status);
  await walker.ask('server names', 'compute', 'GET', '/servers?limit=1');
  await walker.ask('servers page', 'compute', 'GET', '/servers/detail?limit=1');
  await walker.ask('servers by status', 'compute', 'GET', '/servers/detail?status=ACTIVE&name=walk');
  await walker.ask('server renamed', 'compute', 'PUT', path, { body: { server: { name: 'walk-renamed' } } });
  await walker.ask('metadata', 'compute', 'GET', `${path}/metadata`);
  await walker.ask('metadata added', 'compute', 'POST', `${path}/metadata`, {
    body: { metadata: { colour: 'red' } },
  });
  await walker.ask('metadata replaced', 'compute', 'PUT', `${path}/metadata`, {
    body: { metadata: { ultron_id: 'walk' } },
  });
  await walker.ask('metadata item unknown', 'compute', 'DELETE', `${path}/metadata/colour`);
  await walker.ask('server tags set', 'compute', 'PUT', `${path}/tags`, {
    body: { tags: ['ultron:id=walk'] },
    version: 'compute 2.26',
  });
  await walker.ask('server tags with a comma', 'compute', 'PUT', `${path}/tags`, {
    body: { tags: ['a,b'] },
    version: 'compute 2.26',
  });
  await walker.ask('servers by tag', 'compute', 'GET', '/servers/detail?tags=ultron:id=walk', {
    version: 'compute 2.26',
  });
  await act('server started when it runs', { 'os-start': null });
  await act('server stopped', { 'os-stop': null });
  await reaches('SHUTOFF');
  await act('server stopped when it is', { 'os-stop': null });
  await act('server started', { 'os-start': null });
  await reaches('ACTIVE');
  await act('server rebooted', { reboot: { type: 'SOFT' } });
  await reaches('ACTIVE');
  await act('server rebooted hard', { reboot: { type: 'HARD' } });
  await reaches('ACTIVE');
  await act('server rebooted oddly', { reboot: { type: 'ODD' } });
}

async function deletion(walker: Walker, id: string): Promise<void> {
  const { server: seen } = await walker.cloud.must<{ server: Server }>('compute', 'GET', `/servers/${id}`);
  await walker.ask('server deleted', 'compute', 'DELETE', `/servers/${id}`);
  await walker.until('compute', `/servers/${id}`, (_, status) => status === 404);
  await walker.ask('server gone', 'compute', 'GET', `/servers/${id}`);
  await walker.ask('server deleted before', 'compute', 'DELETE', `/servers/${id}`);
  await walker.ask(
    'servers changed since',
    'compute',
    'GET',
    `/servers/detail?changes-since=${seen.created}`,
  );
  await walker.ask('servers after a deleted marker', 'compute', 'GET', `/servers/detail?marker=${id}`);
  await walker.ask(
    'instance actions of the deleted',
    'compute',
    'GET',
    `/servers/${id}/os-instance-actions`,
    {
      version: 'compute 2.21',
    },
  );
}
