import { describe, expect, it } from '@jest/globals';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

export function portSpec(use: CloudInUse): void {
  const { ports } = use.cloud.network;
  describe('ports', () => {
    it('are created in bulk, in order, each with an address', async () => {
      const network_id = await use.networkId();
      const names = [1, 2, 3, 4].map((number) => uniqueName(`bulk-${number}`));
      const made = await ports.createBulk(names.map((name) => ({ network_id, name })));
      for (const { id } of made) use.later(() => ports.delete(id));
      expect(made.map((port) => port.name)).toEqual(names);
      expect(new Set(made.map((port) => port.fixed_ips[0]?.ip_address)).size).toBe(4);
      expect(made[0]).toMatchObject({ status: 'DOWN', device_id: '', admin_state_up: true });
    });

    it('are all or none in bulk', async () => {
      const taken = await use.port();
      const name = uniqueName('bulk');
      const call = ports.createBulk([
        { network_id: taken.network_id, name },
        { network_id: taken.network_id, name, fixed_ips: taken.fixed_ips },
      ]);
      await expect(call).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
        code: 'IpAddressAlreadyAllocated',
      });
      expect(await ports.list({ name: [name] }).all()).toEqual([]);
    });

    it('take the address that they are told', async () => {
      const { network_id, fixed_ips, id } = await use.port();
      await ports.delete(id);
      const again = await ports.create({ network_id, name: uniqueName('port'), fixed_ips });
      use.later(() => ports.delete(again.id));
      expect(again.fixed_ips).toEqual(fixed_ips);
    });

    it('are found by name and by tag, whole or by some fields', async () => {
      const port = await use.port();
      const tag = `ultron:id=${port.name}`;
      await ports.addTag(port.id, tag);
      expect((await ports.list({ name: [port.name] }).all()).map((each) => each.id)).toEqual([port.id]);
      expect((await ports.list({ tags: [tag] }).all())[0]).toMatchObject({ id: port.id, tags: [tag] });
      expect(await ports.list({ name: [port.name] }, undefined, ['status']).all()).toEqual([
        { id: port.id, status: 'DOWN' },
      ]);
    });

    it('are changed only when nobody else has changed them', async () => {
      const port = await use.port();
      const revision = present(port.revision_number, 'a revision');
      const changed = await ports.update(port.id, { description: 'mine' }, revision);
      expect(changed.revision_number).toBeGreaterThan(revision);
      const late = ports.update(port.id, { description: 'too late' }, revision);
      await expect(late).rejects.toMatchObject({ kind: 'conflict', status: 412 });
      expect(await ports.get(port.id)).toMatchObject({ description: 'mine' });
    });

    it('may be deleted twice', async () => {
      const { id } = await use.port();
      expect([await ports.delete(id), await ports.delete(id), await ports.find(id)]).toEqual([
        true,
        false,
        null,
      ]);
    });
  });
}
