import { describe, expect, it } from '@jest/globals';
import { isKnown } from '@ultron/openstack/compute/servers';
import { eventually } from '../target/eventually.js';
import { uniqueName, type CloudInUse } from './cloud-in-use.js';

export function serverSpec(use: CloudInUse): void {
  const { servers, instanceActions } = use.cloud.compute;
  describe('a server', () => {
    it('lives through create, stop, start, reboot and delete', async () => {
      const { id, port } = await use.server({ metadata: { ultron_id: 'conformance' } });
      const active = await use.reaches(id, 'ACTIVE');
      expect(active).toMatchObject({
        'OS-EXT-STS:vm_state': 'active',
        'OS-EXT-STS:power_state': 1,
        metadata: { ultron_id: 'conformance' },
        flavor: { original_name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
        key_name: null,
      });
      await eventually('its port is up', async () => {
        const seen = await use.cloud.network.ports.get(port.id);
        return seen.status === 'ACTIVE' && seen.device_id === id ? seen : undefined;
      });
      const stop = await servers.stop(id);
      expect(await use.reaches(id, 'SHUTOFF')).toMatchObject({ 'OS-EXT-STS:power_state': 4 });
      expect(await instanceActions.find(id, stop ?? '')).toMatchObject({ action: 'stop', message: null });
      await servers.start(id);
      await use.reaches(id, 'ACTIVE');
      await servers.reboot(id, 'SOFT');
      await use.reaches(id, 'ACTIVE');
      await servers.reboot(id, 'HARD');
      await use.reaches(id, 'ACTIVE');
      expect(await servers.delete(id)).toBe(true);
      await use.gone(id);
      expect(await servers.delete(id)).toBe(false);
      // A port that was there before the server outlives it.
      expect(await use.cloud.network.ports.get(port.id)).toMatchObject({ device_id: '', status: 'DOWN' });
    });

    it('refuses what does not fit its state, and a port that another has', async () => {
      const { id, port } = await use.server();
      await use.reaches(id, 'ACTIVE');
      await expect(servers.start(id)).rejects.toMatchObject({ kind: 'conflict', status: 409 });
      await expect(use.server({ networks: [{ port: port.id }] })).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
      });
      await servers.stop(id);
      await use.reaches(id, 'SHUTOFF');
      await expect(servers.stop(id)).rejects.toMatchObject({ kind: 'conflict', status: 409 });
    });

    it('is renamed, marked, and found by its name', async () => {
      const { id } = await use.server();
      await use.reaches(id, 'ACTIVE');
      const name = uniqueName('renamed');
      expect(await servers.rename(id, name)).toMatchObject({ id, name });
      expect((await servers.listDetail({ name: `^${name}$` }).all()).map((each) => each.id)).toEqual([id]);
      expect(await servers.setMetadata(id, { colour: 'red' })).toEqual({ colour: 'red' });
      expect(await servers.setMetadata(id, { shape: 'round' })).toEqual({ colour: 'red', shape: 'round' });
      expect(await servers.replaceMetadata(id, { size: 'big' })).toEqual({ size: 'big' });
      expect([
        await servers.deleteMetadataKey(id, 'size'),
        await servers.deleteMetadataKey(id, 'size'),
      ]).toEqual([true, false]);
    });

    it('is found by the tag it was made with', async () => {
      const tag = `ultron:id=${uniqueName('tag')}`;
      const { id } = await use.server({ tags: [tag] });
      expect((await servers.listDetail({ tags: [tag] }).all()).map((each) => each.id)).toEqual([id]);
    });

    it('shows in what changed since, and after its deletion still', async () => {
      const { id } = await use.server();
      const { created } = await use.reaches(id, 'ACTIVE');
      // Nova keeps whole seconds: a watcher asks from a little before.
      const changesSince = new Date(Date.parse(created) - 2000);
      const status = async () => {
        const found = (await servers.listDetail({ changesSince }).all()).find((server) => server.id === id);
        return found && isKnown(found) ? found.status : undefined;
      };
      expect(await status()).toBe('ACTIVE');
      await servers.delete(id);
      await use.gone(id);
      expect(await status()).toBe('DELETED');
      const later = new Date(Date.now() + 60_000);
      expect(await servers.listDetail({ changesSince: later }).all()).toEqual([]);
    });
  });
}
