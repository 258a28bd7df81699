import { describe, expect, it } from '@jest/globals';
import { ownProject } from '../target/own-project.js';
import { CloudInUse } from './cloud-in-use.js';

export function quotaSpec({ access }: CloudInUse): void {
  describe('quota', () => {
    it('is told from every other refusal, of servers and of ports', async () => {
      const project = await ownProject(access, { instances: 0, ports: 1 });
      const use = new CloudInUse(project.access);
      try {
        // A project of its own sees the shared things only.
        const network = await use.cloud.network.networks.create({ name: 'limited' });
        use.later(() => use.cloud.network.networks.delete(network.id));
        const port = await use.cloud.network.ports.create({ network_id: network.id });
        use.later(() => use.cloud.network.ports.delete(port.id));
        await expect(use.cloud.network.ports.create({ network_id: network.id })).rejects.toMatchObject({
          kind: 'quota',
          status: 409,
          code: 'OverQuota',
          retryable: false,
        });
        const server = {
          name: 'limited',
          imageRef: await use.imageId(),
          flavorRef: await use.flavorId('m1.tiny'),
          networks: 'none' as const,
        };
        await expect(use.cloud.compute.servers.create(server)).rejects.toMatchObject({
          kind: 'quota',
          status: 403,
          retryable: false,
        });
      } finally {
        await use.close();
        await project.remove();
      }
    });
  });
}
