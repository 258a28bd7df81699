import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewCluster } from '@ultron/cluster/cluster/cluster.types';
import { type SimulatedCluster, type Simulator, startSimulator } from '@ultron/openstack-sim/simulator';
import { openRegistryWorld, registrationOf, type RegistryWorld } from './registry.fixture.js';
import { listen, startTinyCloud, type TinyCloudOptions } from './tiny-cloud.fixture.js';

const RELEASES = ['queens', 'train', 'victoria', 'zed', '2025.1'];

let world: RegistryWorld;
let simulator: Simulator;
const servers: Server[] = [];

beforeAll(async () => {
  world = await openRegistryWorld();
  const host = { vcpus: 8, memoryMb: 16_384, diskGb: 200 };
  simulator = await startSimulator({
    clusters: RELEASES.map((release) => ({ name: `sim-${release}`, release, hosts: 3, host })),
  });
}, 300_000);
afterAll(async () => {
  await world.close();
  await simulator.close();
  for (const server of servers) server.close().closeAllConnections();
});

const simulated = (release: string): SimulatedCluster => {
  const found = simulator.clusters.find((cluster) => cluster.release === release);
  if (!found) throw new Error(`no simulated ${release}`);
  return found;
};
const registration = (changes: Partial<NewCluster> = {}) => registrationOf(simulated('zed'), changes);

/** A server that is no OpenStack; its address. */
async function foreign(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer ?? (() => undefined));
  servers.push(server);
  await listen(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<string> {
  const server = createServer();
  await listen(server);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('a probe of a cluster that is set up rightly', () => {
  it.each(RELEASES)('tells what %s has', async (release) => {
    const { cluster, task } = await world.probed(registrationOf(simulated(release)));
    expect(task).toMatchObject({ status: 'succeeded', error: null });
    expect(cluster.probe).toMatchObject({ status: 'ok', fault: null });
    expect(cluster.releaseName).toContain(release === '2025.1' ? '2025' : release);
    const services = Object.fromEntries(cluster.inventory.services.map((one) => [one.serviceType, one]));
    expect(Object.keys(services).toSorted()).toEqual([
      'compute',
      'identity',
      'image',
      'network',
      'placement',
    ]);
    expect(services['compute']).toMatchObject({
      minVersion: '2.1',
      maxVersion: expect.stringMatching(/^2\.\d+$/),
    });
    expect(cluster.inventory.extensions).toContain('port-security');
    expect(cluster.inventory.capabilities).toContain('security_groups');
    expect(cluster.inventory.availabilityZones).toContainEqual({ name: 'nova', available: true });
  });

  it('reckons the room on the hosts, and how often each flavor fits', async () => {
    const { cluster } = await world.probed(registration());
    expect(cluster.capacity).toMatchObject({ hosts: 3, promised: { servers: 0 } });
    expect(cluster.capacity?.total.vcpus).toBeGreaterThanOrEqual(24);
    const flavors = await world.deps.flavors.listClusterFlavors(world.database.read);
    const own = flavors.filter((flavor) => flavor.clusterId === cluster.id);
    expect(own.map((flavor) => flavor.name)).toEqual(['m1.large', 'm1.medium', 'm1.small', 'm1.tiny']);
    // Three hosts of 200 GiB: two flavors of 80 GiB on each, ten of 20 at most, or fewer by RAM.
    const fits = Object.fromEntries(own.map((flavor) => [flavor.name, flavor.fits]));
    expect(fits['m1.large']).toBeGreaterThan(0);
    expect(fits['m1.large']).toBeLessThanOrEqual(6);
    expect(fits['m1.small']).toBeGreaterThanOrEqual(fits['m1.large'] ?? 0);
  });

  it('hands what it found to the domains that map it', async () => {
    const { cluster } = await world.probed(registration());
    const { read } = world.database;
    const network = await world.deps.networks.find(read, 'private');
    const image = await world.deps.images.find(read, 'cirros');
    if (!network || !image) throw new Error('nothing was mapped');
    expect(await world.deps.networks.findInCluster(read, network.id, cluster.id)).toMatchObject({
      external: false,
    });
    expect(await world.deps.images.findInCluster(read, image.id, cluster.id)).toMatchObject({
      name: 'cirros',
    });
    const groups = await world.deps.securityGroups.listNamed(read, cluster.id, ['default']);
    expect(groups).toHaveLength(1);
  });
});

/** Registers what is wrong and tells what the operator sees of it, in the task as in the cluster. */
async function seenFault(asked: NewCluster) {
  const { cluster, task } = await world.probed(asked);
  expect(task.status).toBe('failed');
  expect(cluster.probe.status).toBe('failed');
  expect(task.error).toEqual(cluster.probe.fault);
  expect(JSON.stringify([cluster, task])).not.toContain('ultron-simulator');
  const fields = (cluster.probe.fault?.['errors'] ?? []) as { pointer: string }[];
  return {
    code: cluster.probe.fault?.code,
    fields: fields.map((field) => field.pointer),
    fault: cluster.probe.fault,
  };
}

describe('a probe of a cluster that is registered wrongly', () => {
  it('tells a port where nothing listens', async () => {
    const seen = await seenFault(registration({ authUrl: `${await closedPort()}/v3` }));
    expect(seen).toMatchObject({ code: 'cluster_connection_refused', fields: ['/auth_url'] });
  });

  it('tells a host name that does not exist', async () => {
    const seen = await seenFault(registration({ authUrl: 'http://keystone.no-such-host.invalid:5000/v3' }));
    expect(seen).toMatchObject({ code: 'cluster_host_unknown', fields: ['/auth_url'] });
  });

  it('tells a host that never answers', async () => {
    const seen = await seenFault(registration({ authUrl: await foreign(() => undefined) }));
    expect(seen).toMatchObject({ code: 'cluster_timeout', fields: ['/auth_url'] });
  });

  it.each([
    ['a web page', 200, 'text/html', '<html>hello</html>'],
    ['JSON that is no token', 200, 'application/json', '{"hello":"world"}'],
    ['not found', 404, 'text/html', '<html>no such page</html>'],
    ['method not allowed', 405, 'text/html', ''],
  ])('tells an address that answers with %s', async (_, status, type, body) => {
    const authUrl = await foreign((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    const seen = await seenFault(registration({ authUrl }));
    expect(seen).toMatchObject({ code: 'cluster_not_keystone', fields: ['/auth_url'] });
  });

  it('tells the address of another service of the same cluster', async () => {
    const authUrl = simulated('zed').authUrl.replace('/identity/v3', '/compute/v2.1');
    expect(await seenFault(registration({ authUrl }))).toMatchObject({ code: 'cluster_not_keystone' });
  });

  it('tells a Keystone that is ill', async () => {
    const authUrl = await foreign((_request, response) => {
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html>no backend</html>');
    });
    const seen = await seenFault(registration({ authUrl }));
    expect(seen).toMatchObject({ code: 'cluster_unhealthy', fields: ['/auth_url'] });
  });

  it.each([{ password: 'wrong' }, { username: 'nobody' }, { projectName: 'nowhere' }])(
    'tells a login that is refused: %j',
    async (wrong) => {
      const { credential } = registration();
      if (credential.kind !== 'password') throw new Error('a password was expected');
      const seen = await seenFault(registration({ credential: { ...credential, ...wrong } }));
      expect(seen).toMatchObject({ code: 'cluster_credential_refused', fields: ['/credential'] });
    },
  );

  it('tells an application credential that is refused', async () => {
    const credential = { kind: 'application_credential', id: 'no-such', secret: 'x' } as const;
    const seen = await seenFault(registration({ credential }));
    expect(seen).toMatchObject({ code: 'cluster_credential_refused', fields: ['/credential'] });
  });

  it('tells an account that may not read the capacity', async () => {
    const { credential } = registration();
    if (credential.kind !== 'password') throw new Error('a password was expected');
    const plain = { ...credential, username: 'demo', projectName: 'demo' };
    const seen = await seenFault(registration({ credential: plain }));
    expect(seen).toMatchObject({ code: 'cluster_not_allowed', fields: ['/credential'] });
  });

  it('tells a region that is not there, and those that are', async () => {
    const seen = await seenFault(registration({ region: 'Atlantis' }));
    expect(seen).toMatchObject({
      code: 'cluster_region_unknown',
      fields: ['/region'],
      fault: { regions: ['RegionOne'] },
    });
  });

  const tiny: [string, TinyCloudOptions, Partial<NewCluster>, { code: string; fields: string[] }][] = [
    [
      'several regions and none chosen',
      { regions: ['east', 'west'] },
      { region: undefined },
      { code: 'cluster_region_needed', fields: ['/region'] },
    ],
    [
      'an interface that the catalog has not',
      { interfaces: ['internal'] },
      {},
      { code: 'cluster_interface_missing', fields: ['/interface'] },
    ],
    ['no Nova', { services: ['network', 'image'] }, {}, { code: 'cluster_service_missing', fields: [] }],
    ['no Neutron', { services: ['compute', 'image'] }, {}, { code: 'cluster_service_missing', fields: [] }],
    ['no Glance', { services: ['compute', 'network'] }, {}, { code: 'cluster_service_missing', fields: [] }],
    ['a release before Queens', { computeMax: '2.53' }, {}, { code: 'cluster_too_old', fields: [] }],
    ['a Nova without microversions', { computeMax: '' }, {}, { code: 'cluster_too_old', fields: [] }],
  ];
  it.each(tiny)('tells %s', async (_, options, changes, expected) => {
    const cloud = await startTinyCloud(options);
    const seen = await seenFault(registration({ authUrl: cloud.authUrl, ...changes }));
    await cloud.close();
    expect(seen).toMatchObject(expected);
  });

  it('tells a service that the catalog places where nothing listens', async () => {
    const cloud = await startTinyCloud({ elsewhere: { network: await closedPort() } });
    const seen = await seenFault(registration({ authUrl: cloud.authUrl }));
    await cloud.close();
    expect(seen).toMatchObject({
      code: 'cluster_connection_refused',
      fields: ['/interface'],
      fault: { service: 'network' },
    });
  });
});

describe('a probe whose registration is changed while it runs', () => {
  it('leaves the verdict to the probe of the new one', async () => {
    const { cluster } = await world.probed(registration({ region: 'Atlantis' }));
    const origin = { traceId: '0'.repeat(31) + '1', traceparent: '', projectId: null };
    const { task } = await world.database.transaction((tx) =>
      world.clusters.update(tx, cluster.id, { region: 'RegionOne' }, () => undefined, origin),
    );
    if (!task) throw new Error('no probe was begun');
    world.tasks.ring([task]);
    expect(await world.ended(task.id)).toMatchObject({ status: 'succeeded' });
    expect(await world.clusters.get(cluster.id)).toMatchObject({ probe: { status: 'ok', fault: null } });
  });
});
