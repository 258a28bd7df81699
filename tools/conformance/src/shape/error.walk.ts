import type { Walker } from './walk.js';

const UNKNOWN = '00000000-0000-0000-0000-000000000000';

/** Refusals of Nova, and the server that no host can take. */
export async function errorWalk(walker: Walker): Promise<void> {
  const { cloud } = walker;
  const { images } = await cloud.must<{ images: { id: string }[] }>('image', 'GET', '/v2/images?name=cirros');
  const { networks } = await cloud.must<{ networks: { id: string }[] }>(
    'network',
    'GET',
    `/v2.0/networks?name=private&project_id=${cloud.projectId}`,
  );
  const good = {
    name: 'walk',
    imageRef: images[0]?.id,
    flavorRef: '1',
    networks: [{ uuid: networks[0]?.id }],
  };
  const create = (name: string, change: object, version?: string) =>
    walker.ask(name, 'compute', 'POST', '/servers', {
      body: { server: { ...good, ...change } },
      ...(version ? { version } : {}),
    });
  await create('server of an unknown flavor', { flavorRef: '999' });
  await create('server of an unknown image', { imageRef: UNKNOWN });
  await create('server of a bad image', { imageRef: 'cirros' });
  await create('server on an unknown network', { networks: [{ uuid: UNKNOWN }] });
  await create('server on an unknown port', { networks: [{ port: UNKNOWN }] });
  await create('server with an unknown key', { key_name: 'nobody' });
  await create('server in an unknown security group', { security_groups: [{ name: 'nobody' }] });
  await create('server without a name', { name: '' });
  await create('server with an unknown attribute', { colour: 'red' });
  await create('server in an unknown zone', { availability_zone: 'nowhere' });
  await create('server without networks at 2.37', { networks: undefined }, 'compute 2.37');
  await create('server with tags below 2.52', { tags: ['a'] }, 'compute 2.51');
  await plainErrors(walker);
  await noValidHost(walker, good);
}

async function plainErrors(walker: Walker): Promise<void> {
  await walker.ask('server unknown', 'compute', 'GET', `/servers/${UNKNOWN}`);
  await walker.ask('server id that is none', 'compute', 'GET', '/servers/nonsense');
  await walker.ask('server action on the unknown', 'compute', 'POST', `/servers/${UNKNOWN}/action`, {
    body: { 'os-stop': null },
  });
  await walker.ask('flavor unknown', 'compute', 'GET', '/flavors/999');
  await walker.ask('servers after an unknown marker', 'compute', 'GET', `/servers/detail?marker=${UNKNOWN}`);
  await walker.ask('servers by a bad limit', 'compute', 'GET', '/servers/detail?limit=many');
  await walker.ask('servers by a bad time', 'compute', 'GET', '/servers/detail?changes-since=yesterday');
  await walker.ask('servers without a token', 'compute', 'GET', '/servers', { token: '' });
  await walker.ask('servers with a bad token', 'compute', 'GET', '/servers', { token: 'nonsense' });
  await walker.ask('compute above its versions', 'compute', 'GET', '/servers', { version: 'compute 2.999' });
  await walker.ask('compute below its versions', 'compute', 'GET', '/servers', { version: 'compute 1.0' });
  await walker.ask('compute at a bad version', 'compute', 'GET', '/servers', { version: 'compute nonsense' });
}

async function noValidHost(walker: Walker, good: object): Promise<void> {
  const { cloud } = walker;
  const flavor = { name: 'walk-huge', id: 'walk-huge', vcpus: 1, ram: 99_000_000, disk: 1 };
  await cloud.ask('compute', 'DELETE', '/flavors/walk-huge');
  await walker.ask('flavor created', 'compute', 'POST', '/flavors', { body: { flavor } });
  await walker.ask('flavor created twice', 'compute', 'POST', '/flavors', { body: { flavor } });
  const { server } = await cloud.must<{ server: { id: string } }>('compute', 'POST', '/servers', {
    body: { server: { ...good, flavorRef: 'walk-huge' } },
  });
  const path = `/servers/${server.id}`;
  await walker.until<{ server: { status: string } }>(
    'compute',
    path,
    (body) => body.server.status === 'ERROR',
  );
  for (const version of ['compute 2.1', 'compute 2.79']) {
    await walker.ask(`server in error at ${version}`, 'compute', 'GET', path, { version });
  }
  const { instanceActions } = await cloud.must<{ instanceActions: { request_id: string }[] }>(
    'compute',
    'GET',
    `${path}/os-instance-actions`,
  );
  const action = `${path}/os-instance-actions/${instanceActions[0]?.request_id}`;
  for (const version of ['compute 2.1', 'compute 2.51', 'compute 2.84']) {
    await walker.ask(`instance action in error at ${version}`, 'compute', 'GET', action, { version });
  }
  await walker.ask('server in error deleted', 'compute', 'DELETE', path);
  await walker.ask('flavor deleted', 'compute', 'DELETE', '/flavors/walk-huge');
}
