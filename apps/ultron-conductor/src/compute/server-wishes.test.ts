import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { KeyPairRepository } from '@ultron/compute/key-pair/key-pair.repository';
import { KeyPairService } from '@ultron/compute/key-pair/key-pair.service';
import type { Cloud } from '@ultron/openstack/cloud';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';

jest.setTimeout(60_000);

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID9munsZ1N3q40yhLitWc3S5rnuUuYR1X5gtj8VCy6Np';
const USER_DATA = Buffer.from('#cloud-config\n').toString('base64');

let world: ComputeWorld;
let cloud: Cloud;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'queens' }]);
  await world.conduct();
  cloud = await world.conductorDeps().clouds.get(world.clusterIds.get('only') ?? '');
}, 300_000);
afterAll(() => world.close());

/** Lets Ultron see what was made in the cluster behind its back. */
async function probe(): Promise<void> {
  const clusterId = world.clusterIds.get('only') ?? '';
  const { task } = await world.database.transaction((tx) =>
    world.clusters.probe(tx, clusterId, world.origin()),
  );
  if (!task) throw new Error('no probe was begun');
  world.tasks.ring([task]);
  expect((await world.ended(task.id)).status).toBe('succeeded');
}

it('all that is wished for reaches the cluster: key pair, user data, metadata and security groups', async () => {
  const group = await cloud.network.securityGroups.create({ name: 'web' });
  await probe();
  const keyPairs = new KeyPairService(world.database, new KeyPairRepository(), world.conductorDeps().servers);
  await world.database.transaction((tx) => keyPairs.create(tx, world.projectId, 'deploy', KEY));
  const { servers, task } = await world.create({
    count: 2,
    name: 'web-{index:02}',
    securityGroups: ['web'],
    keyPair: 'deploy',
    userData: USER_DATA,
    metadata: { role: 'web' },
  });
  expect((await world.ended(task.id)).status).toBe('succeeded');
  for (const [index, { id }] of servers.entries()) {
    const { openstack_id: openstackId } = await world.servers.get(id, world.projectId);
    const made = await cloud.compute.servers.get(openstackId ?? '');
    expect(made).toMatchObject({
      name: `web-0${index + 1}`,
      metadata: { role: 'web', ultron_id: id },
      key_name: expect.any(String),
      'OS-EXT-SRV-ATTR:user_data': USER_DATA,
    });
    const ports = await cloud.network.ports.list({ deviceId: [openstackId ?? ''] }).all();
    expect(ports.map((port) => port.security_groups)).toEqual([[group.id]]);
  }
  // Both share the one key pair of the cluster, which is named after its id and not after what its owner calls it.
  const keys = await cloud.compute.keypairs.list().all();
  expect(keys).toEqual([expect.objectContaining({ public_key: expect.stringContaining(KEY) })]);
});
