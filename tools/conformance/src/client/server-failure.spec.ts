import { describe, expect, it } from '@jest/globals';
import { failureOf } from '@ultron/openstack/compute/instance-actions';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

export function serverFailureSpec(use: CloudInUse): void {
  const { compute } = use.cloud;
  describe('a server that no host can take', () => {
    it('is accepted, ends in ERROR and is explained by its fault and its action', async () => {
      const huge = await compute.flavors.create({
        name: uniqueName('huge'),
        vcpus: 1,
        ram: 99_000_000,
        disk: 1,
      });
      use.later(() => compute.flavors.delete(huge.id));
      const { id, port } = await use.server({ flavorRef: huge.id });
      const server = await use.reaches(id, 'ERROR');
      expect(server.fault).toMatchObject({
        code: 500,
        message: expect.stringContaining('No valid host was found'),
      });
      const [action] = await compute.instanceActions.list(id).all();
      const explained = await compute.instanceActions.find(id, present(action, 'a create action').request_id);
      expect(explained).toMatchObject({ action: 'create' });
      // The reason in words came with 2.84; before, only the server's fault has it.
      const inWords = (await use.cloud.capabilities()).supports('instance_action_details');
      expect(failureOf(present(explained, 'the action'))).toContain(
        inWords ? 'No valid host was found' : 'failed',
      );
      expect(await compute.servers.delete(id)).toBe(true);
      await use.gone(id);
      expect(await use.cloud.network.ports.get(port.id)).toMatchObject({ device_id: '' });
    });
  });
}
