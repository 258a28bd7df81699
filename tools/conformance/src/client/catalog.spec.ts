import { describe, expect, it } from '@jest/globals';
import { present, type CloudInUse } from './cloud-in-use.js';

export function catalogSpec(use: CloudInUse): void {
  const { cloud } = use;
  describe('what a cluster offers', () => {
    it('lists flavors', async () => {
      const flavors = await cloud.compute.flavors.list().all();
      const small = flavors.find((flavor) => flavor.name === 'm1.small');
      expect(small).toMatchObject({
        vcpus: 1,
        ram: 2048,
        disk: 20,
        'OS-FLV-EXT-DATA:ephemeral': 0,
      });
    });

    it('shows extra specs of a flavor at every release', async () => {
      expect(await cloud.compute.flavors.extraSpecs(await use.flavorId('m1.small'))).toEqual({});
    });

    it('lists images', async () => {
      const [image] = await cloud.image.images.list({ name: 'cirros', visibility: 'public' }).all();
      expect(image).toMatchObject({ name: 'cirros', status: 'active', visibility: 'public' });
      expect(await cloud.image.images.find(present(image, 'cirros').id)).toEqual(image);
    });

    it('lists networks with their subnets', async () => {
      const networks = await cloud.network.networks.list().all();
      const external = networks
        .filter((network) => network['router:external'])
        .map((network) => network.name);
      expect(external).toEqual(['public']);
      const subnets = await cloud.network.subnets.list({ networkId: await use.networkId() }).all();
      expect(subnets).toEqual([expect.objectContaining({ ip_version: 4, enable_dhcp: true })]);
    });

    it('shows the capacity of hypervisors at every release', async () => {
      const hypervisors = await cloud.compute.hypervisors.listDetail().all();
      expect(hypervisors.length).toBeGreaterThan(0);
      for (const each of hypervisors) {
        expect(each).toMatchObject({
          state: 'up',
          status: 'enabled',
          vcpus: expect.any(Number),
          memory_mb: expect.any(Number),
        });
        expect(each.memory_mb ?? 0).toBeGreaterThan(each.memory_mb_used ?? 0);
      }
    });

    it('shows the capacity in Placement under the names of the hypervisors', async () => {
      const hypervisors = await cloud.compute.hypervisors.listDetail().all();
      const providers = await cloud.placement.resourceProviders.list();
      expect(providers.map((each) => each.name).sort()).toEqual(
        hypervisors.map((each) => each.hypervisor_hostname).sort(),
      );
      const inventories = await cloud.placement.resourceProviders.inventories(
        present(providers[0], 'a provider').uuid,
      );
      expect(inventories).toMatchObject({
        VCPU: {
          total: expect.any(Number),
          allocation_ratio: expect.any(Number),
          reserved: expect.any(Number),
        },
        MEMORY_MB: { total: expect.any(Number) },
        DISK_GB: { total: expect.any(Number) },
      });
    });

    it('shows limits, services and zones', async () => {
      expect(await cloud.compute.limits.get()).toMatchObject({
        maxTotalInstances: -1,
        totalInstancesUsed: expect.any(Number),
      });
      const services = await cloud.compute.services.list({ binary: 'nova-compute' });
      expect(services.map((service) => service.state)).toEqual(services.map(() => 'up'));
      expect(await cloud.compute.availabilityZones.list()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ zoneName: 'nova', zoneState: { available: true } }),
        ]),
      );
      expect(await cloud.network.quotas.get(await cloud.projectId())).toMatchObject({
        port: -1,
        security_group: -1,
      });
    });
  });
}
