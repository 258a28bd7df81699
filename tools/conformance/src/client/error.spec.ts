import { describe, expect, it } from '@jest/globals';
import { UNKNOWN_ID, uniqueName, type CloudInUse } from './cloud-in-use.js';

export function errorSpec(use: CloudInUse): void {
  const { compute, network, image, placement } = use.cloud;
  describe('errors', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['server', () => compute.servers.get(UNKNOWN_ID)],
      ['server to act on', () => compute.servers.stop(UNKNOWN_ID)],
      ['flavor', () => compute.flavors.get(UNKNOWN_ID)],
      ['key pair', () => compute.keypairs.get('nobody')],
      ['port', () => network.ports.get(UNKNOWN_ID)],
      ['network', () => network.networks.get(UNKNOWN_ID)],
      ['network for a port', () => network.ports.create({ network_id: UNKNOWN_ID })],
      ['security group', () => network.securityGroups.get(UNKNOWN_ID)],
      ['image', () => image.images.get(UNKNOWN_ID)],
    ])('an unknown %s is gone', async (_, call) => {
      await expect(call()).rejects.toMatchObject({
        kind: 'gone',
        status: 404,
        retryable: false,
        outcomeUnknown: false,
        requestId: expect.stringMatching(/^req-[0-9a-f-]{36}$/),
        cluster: use.access.name,
      });
    });

    it('an unknown resource provider has no inventory', async () => {
      expect(await placement.resourceProviders.inventories(UNKNOWN_ID)).toBeNull();
    });

    it.each<
      [
        string,
        (good: { name: string; imageRef: string; flavorRef: string; network: string }) => Promise<unknown>,
      ]
    >([
      [
        'flavor',
        ({ network: uuid, ...good }) =>
          compute.servers.create({ ...good, flavorRef: '999', networks: [{ uuid }] }),
      ],
      [
        'image',
        ({ network: uuid, ...good }) =>
          compute.servers.create({ ...good, imageRef: UNKNOWN_ID, networks: [{ uuid }] }),
      ],
      [
        'network',
        ({ network: _, ...good }) => compute.servers.create({ ...good, networks: [{ uuid: UNKNOWN_ID }] }),
      ],
      [
        'port',
        ({ network: _, ...good }) => compute.servers.create({ ...good, networks: [{ port: UNKNOWN_ID }] }),
      ],
      [
        'key',
        ({ network: uuid, ...good }) =>
          compute.servers.create({ ...good, key_name: 'nobody', networks: [{ uuid }] }),
      ],
      [
        'zone',
        ({ network: uuid, ...good }) =>
          compute.servers.create({ ...good, availability_zone: 'nowhere', networks: [{ uuid }] }),
      ],
    ])('a server with an unknown %s is invalid', async (_, create) => {
      const good = {
        name: uniqueName('server'),
        imageRef: await use.imageId(),
        flavorRef: await use.flavorId('m1.tiny'),
        network: await use.networkId(),
      };
      await expect(create(good)).rejects.toMatchObject({ kind: 'invalid', status: 400, retryable: false });
    });

    it('an address outside the network is invalid', async () => {
      const call = network.ports.create({
        network_id: await use.networkId(),
        fixed_ips: [{ ip_address: '192.0.2.1' }],
      });
      await expect(call).rejects.toMatchObject({ kind: 'invalid', status: 400, code: 'InvalidIpForNetwork' });
    });

    it('an address in use is a conflict', async () => {
      const { network_id, fixed_ips } = await use.port();
      const call = network.ports.create({ network_id, fixed_ips });
      await expect(call).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
        code: 'IpAddressAlreadyAllocated',
      });
    });
  });
}
