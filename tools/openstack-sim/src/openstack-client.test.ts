import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, type Simulator, startSimulator } from './simulator.js';
import { OpenstackClient } from './testing/openstack-client.js';
import { first } from './testing/sim-session.js';

/** Fetching the packages once takes a minute; each command takes seconds, as Python starts anew for it. */
const LONG = 600_000;

describe('the real openstack client', () => {
  let simulator: Simulator;
  let client: OpenstackClient;
  beforeAll(async () => {
    simulator = await startSimulator({
      clusters: [
        { name: 'old', release: 'queens' },
        { name: 'new', release: '2025.1' },
      ],
    });
    client = await OpenstackClient.find();
  }, LONG);
  afterAll(async () => {
    // Nothing that the client asked may have been answered by "there is no such route".
    const unknown = simulator.control.unknownRoutes();
    await simulator.close();
    expect(unknown).toEqual([]);
  });

  const cluster = (name: string): SimulatedCluster =>
    first(simulator.clusters.filter((one) => one.name === name));
  const json = <Body>(name: string, ...args: string[]) => client.json<Body>(cluster(name), args);
  const run = (name: string, ...args: string[]) => client.openstack(cluster(name), args);

  describe.each(['old', 'new'])('on the %s cluster', (name) => {
    it(
      'logs in and looks round',
      async () => {
        const [token, catalog, extensions] = await Promise.all([
          json<{ project_id: string }>(name, 'token', 'issue'),
          json<{ Name: string }[]>(name, 'catalog', 'list'),
          json<{ Alias: string }[]>(name, 'extension', 'list', '--network'),
        ]);
        expect(token.project_id).toMatch(/^[0-9a-f]{32}$/);
        expect(catalog.map((service) => service.Name)).toEqual([
          'keystone',
          'nova',
          'neutron',
          'glance',
          'placement',
        ]);
        expect(extensions.map((one) => one.Alias)).toContain('standard-attr-tag');
      },
      LONG,
    );

    it(
      'sees flavors, images, hypervisors, security groups',
      async () => {
        const [flavors, flavor, images, hypervisors, groups] = await Promise.all([
          json<{ Name: string }[]>(name, 'flavor', 'list'),
          json<{ vcpus: number; ram: number }>(name, 'flavor', 'show', 'm1.small'),
          json<{ Name: string }[]>(name, 'image', 'list'),
          json<unknown[]>(name, 'hypervisor', 'list'),
          json<{ Name: string }[]>(name, 'security', 'group', 'list'),
        ]);
        expect(flavors.map((one) => one.Name)).toEqual(['m1.tiny', 'm1.small', 'm1.medium', 'm1.large']);
        expect(flavor).toMatchObject({ vcpus: 1, ram: 2048 });
        expect(images.map((one) => one.Name)).toEqual(['cirros']);
        expect(hypervisors).toHaveLength(20);
        expect(groups.map((one) => one.Name)).toEqual(['default']);
      },
      LONG,
    );

    it(
      'leads a server through its life',
      async () => {
        const made = await json<{ id: string; status: string }>(
          name,
          'server',
          'create',
          '--flavor',
          'm1.tiny',
          '--image',
          'cirros',
          '--network',
          'private',
          '--wait',
          'cli',
        );
        expect(made.status).toBe('ACTIVE');
        const listed = await json<{ Name: string; Status: string; Flavor: string; Image: string }[]>(
          name,
          'server',
          'list',
        );
        expect(listed).toEqual([
          expect.objectContaining({ Name: 'cli', Status: 'ACTIVE', Flavor: 'm1.tiny', Image: 'cirros' }),
        ]);
        await run(name, 'server', 'stop', 'cli');
        await becomes(name, 'SHUTOFF');
        await run(name, 'server', 'start', 'cli');
        await becomes(name, 'ACTIVE');
        await run(name, 'server', 'reboot', '--hard', '--wait', 'cli');
        await run(name, 'server', 'set', '--name', 'renamed', '--property', 'colour=red', 'cli');
        const shown = await json<{ name: string; properties: unknown }>(name, 'server', 'show', 'renamed');
        expect([shown.name, JSON.stringify(shown.properties)]).toEqual([
          'renamed',
          expect.stringContaining('red'),
        ]);
        await run(name, 'server', 'delete', '--wait', 'renamed');
        expect(simulator.control.state(name)).toMatchObject({ servers: [], ports: [] });
      },
      LONG,
    );
  });

  it(
    'makes and deletes a network, a subnet and a port',
    async () => {
      const network = await json<{ id: string }>('new', 'network', 'create', 'cli');
      const subnet = await json<{ gateway_ip: string }>(
        'new',
        'subnet',
        'create',
        '--network',
        'cli',
        '--subnet-range',
        '10.99.0.0/24',
        'cli',
      );
      expect(subnet.gateway_ip).toBe('10.99.0.1');
      const port = await json<{ id: string }>(
        'new',
        'port',
        'create',
        '--network',
        network.id,
        '--fixed-ip',
        'ip-address=10.99.0.7',
        'cli',
      );
      const [shown, ports, networks, one, subnets] = await Promise.all([
        json<{ fixed_ips: { ip_address: string }[] }>('new', 'port', 'show', 'cli'),
        json<{ ID: string }[]>('new', 'port', 'list', '--network', 'cli'),
        json<{ Name: string }[]>('new', 'network', 'list'),
        json<{ name: string }>('new', 'network', 'show', 'cli'),
        json<{ Name: string }[]>('new', 'subnet', 'list', '--network', 'cli'),
      ]);
      expect(shown.fixed_ips).toEqual([expect.objectContaining({ ip_address: '10.99.0.7' })]);
      expect(ports.map((each) => each.ID)).toEqual([port.id]);
      expect([one.name, ...subnets.map((each) => each.Name)]).toEqual(['cli', 'cli']);
      expect(networks.map((each) => each.Name).sort()).toEqual(['cli', 'private', 'public']);
      await run('new', 'port', 'delete', 'cli');
      await run('new', 'subnet', 'delete', 'cli');
      await run('new', 'network', 'delete', 'cli');
      expect(simulator.control.state('new').ports).toEqual([]);
    },
    LONG,
  );

  it(
    'imports, lists and deletes a key pair',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'openstack-sim-key-'));
      try {
        const file = join(folder, 'key.pub');
        writeFileSync(file, sshKey());
        await run('new', 'keypair', 'create', '--public-key', file, 'cli');
        expect((await json<{ Name: string }[]>('new', 'keypair', 'list')).map((one) => one.Name)).toEqual([
          'cli',
        ]);
        await run('new', 'keypair', 'delete', 'cli');
        expect(simulator.control.state('new').keypairs).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    LONG,
  );

  it(
    'tells an error as it was told',
    async () => {
      await expect(run('new', 'server', 'show', 'nobody')).rejects.toMatchObject({
        stderr: expect.stringContaining('nobody'),
      });
    },
    LONG,
  );

  it(
    'openstacksdk pages through more than a thousand servers and ports, and leads one through its life',
    async () => {
      simulator.fill('new', 1100);
      const result = await client.script<{
        servers: number;
        ports: number;
        statuses: string[];
        left: number;
      }>(cluster('new'), SDK);
      expect(result).toEqual({
        servers: 1100,
        ports: 1100,
        statuses: ['ACTIVE', 'SHUTOFF', 'ACTIVE'],
        left: 0,
      });
    },
    LONG,
  );

  const becomes = async (name: string, status: string): Promise<void> => {
    for (const end = Date.now() + 5000; Date.now() < end;) {
      if (simulator.control.state(name).servers.every((server) => server.status === status)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the server never became ${status}`);
  };
});

const SDK = `
import json, openstack
cloud = openstack.connect()
servers = len(list(cloud.compute.servers()))
ports = len(list(cloud.network.ports(limit=500)))
network = cloud.network.find_network('private')
port = cloud.network.create_port(network_id=network.id, name='sdk')
image = cloud.image.find_image('cirros')
flavor = cloud.compute.find_flavor('m1.tiny')
server = cloud.compute.create_server(name='sdk', image_id=image.id, flavor_id=flavor.id, networks=[{'port': port.id}], metadata={'a': 'b'})
statuses = []
server = cloud.compute.wait_for_server(server, interval=0.1)
statuses.append(server.status)
cloud.compute.stop_server(server)
server = cloud.compute.wait_for_server(server, status='SHUTOFF', interval=0.1)
statuses.append(server.status)
cloud.compute.start_server(server)
server = cloud.compute.wait_for_server(server, interval=0.1)
statuses.append(server.status)
cloud.compute.delete_server(server)
cloud.compute.wait_for_delete(server, interval=0.1)
cloud.network.delete_port(port)
left = len(list(cloud.network.ports(name='sdk'))) + len(list(cloud.compute.servers(name='^sdk$')))
print(json.dumps({'servers': servers, 'ports': ports, 'statuses': statuses, 'left': left}))
`;

/** A public key in the one-line form of SSH. */
function sshKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const parts = [Buffer.from('ssh-ed25519'), raw].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')} cli`;
}
