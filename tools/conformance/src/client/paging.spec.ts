import { describe, expect, it } from '@jest/globals';
import { present, uniqueName, type CloudInUse } from './cloud-in-use.js';

export function pagingSpec(use: CloudInUse): void {
  const { ports, networks } = use.cloud.network;
  const fivePorts = async () => {
    const network_id = await use.networkId();
    const name = uniqueName('page');
    const made = await ports.createBulk(Array.from({ length: 5 }, () => ({ network_id, name })));
    for (const { id } of made) use.later(() => ports.delete(id));
    return { name, ids: made.map((port) => port.id).sort() };
  };

  describe('paging', () => {
    it('sees everything once, page by page', async () => {
      const { name, ids } = await fivePorts();
      const listing = ports.list({ name: [name], pageSize: 2 });
      const pages: string[][] = [];
      for await (const page of listing) pages.push(page.map((port) => port.id));
      expect(pages.flat().sort()).toEqual(ids);
      expect(Math.max(...pages.map((page) => page.length))).toBe(2);
      expect(listing.report).toMatchObject({ items: 5, restarts: 0, finished: true, complete: true });
    });

    it('sees everything of flavors and networks too', async () => {
      const { flavors } = use.cloud.compute;
      const names = (found: { name: string }[]) => found.map((each) => each.name).sort();
      expect(names(await flavors.list({ pageSize: 1 }).all())).toEqual(names(await flavors.list().all()));
      expect(names(await networks.list({ pageSize: 1 }).all())).toEqual(names(await networks.list().all()));
    });

    it('begins anew when what marked its place was deleted, and does not call that complete', async () => {
      const { name, ids } = await fivePorts();
      const listing = ports.list({ name: [name], pageSize: 2 });
      const seen = new Set<string>();
      let deleted: string | undefined;
      for await (const page of listing) {
        for (const port of page) seen.add(port.id);
        if (deleted) continue;
        deleted = present(page.at(-1), 'a port on the first page').id;
        await ports.delete(deleted);
      }
      expect([...seen].sort()).toEqual(ids);
      expect(listing.report).toMatchObject({ restarts: 1, finished: true, complete: false });
    });
  });
}
