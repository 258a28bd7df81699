import { addCluster, roomFor } from '@ultron/cluster/testing/registry.fixture';
import { FlavorRepository } from '@ultron/compute/flavor/flavor.repository';
import { ImageRepository } from '@ultron/compute/image/image.repository';
import { OfferService } from '@ultron/compute/offer/offer.service';
import { ServerRepository } from '@ultron/compute/server/server.repository';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { Database } from '@ultron/platform/database/database.service';
import { SecurityGroupRepository } from '@ultron/security-group/security-group/security-group.repository';
import type { TestApi } from './api.fixture.js';

/** Clusters that look as if they had been probed: flavor `small`, image `cirros`, network `private`, group `default`. */
export async function addProbedClusters(
  api: TestApi,
  clusters: Readonly<Record<string, number>>,
): Promise<Map<string, string>> {
  const database = api.app.get(Database, { strict: false });
  const idc = await api.ask('POST', '/v1/idcs', { body: { name: 'east' } });
  const group = await api.ask('POST', '/v1/conductor_groups', { body: { name: 'default' } });
  const registry = {
    url: api.config.databaseUrl,
    database,
    idcId: String(idc.body['id']),
    groupId: String(group.body['id']),
    close: async () => undefined,
  };
  const ids = new Map<string, string>();
  for (const [name, servers] of Object.entries(clusters)) {
    const id = await addCluster(registry, name, roomFor(servers));
    await stock(api, id, name);
    ids.set(name, id);
  }
  await api.app.get(OfferService, { strict: false }).fresh();
  return ids;
}

async function stock(api: TestApi, id: string, name: string): Promise<void> {
  const get = <T>(type: new () => T): T => api.app.get(type, { strict: false });
  await api.app.get(Database, { strict: false }).transaction(async (tx) => {
    const small = { openstackId: '1', name: 'small', vcpus: 1, ramMb: 2048, diskGb: 20, fits: null };
    const image = { openstackId: `img-${name}`, name: 'cirros', minDiskGb: 0, minRamMb: 0 };
    await get(FlavorRepository).apply(tx, id, [small]);
    await get(ImageRepository).apply(tx, id, [
      image,
      { ...image, openstackId: `old-${name}`, name: `old-${name}` },
    ]);
    await get(NetworkRepository).apply(tx, id, [
      { openstackId: `net-${name}`, name: 'private', external: false },
    ]);
    await get(SecurityGroupRepository).apply(tx, id, [{ openstackId: `sg-${name}`, name: 'default' }]);
  });
}

/** What a conductor would have written once the server is there. */
export async function makeActive(api: TestApi, id: string, taskId: string): Promise<void> {
  const servers = api.app.get(ServerRepository, { strict: false });
  await api.app.get(Database, { strict: false }).transaction(async (tx) => {
    await servers.move(tx, { id, taskId, to: 'building' });
    await servers.setOpenstackId(tx, id, `os-${id}`);
    await servers.move(tx, { id, taskId, to: 'active' });
  });
}
