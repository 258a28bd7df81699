import { InventoryRepository } from '@ultron/cluster/inventory/inventory.repository';
import { NETWORK_CAPABILITIES } from '@ultron/cluster/inventory/network-capability';
import { newId } from '@ultron/kernel/id';
import { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { PortRepository } from '@ultron/network/port/port.repository';
import { RealisationRepository } from '@ultron/network/realisation/realisation.repository';
import { ClusterRouterRepository } from '@ultron/network/router/cluster-router.repository';
import { RouterRepository } from '@ultron/network/router/router.repository';
import { Database } from '@ultron/platform/database/database.service';
import type { TestApi } from './api.fixture.js';

const part = <T>(api: TestApi, type: new (...args: never[]) => T): T => api.app.get(type, { strict: false });

/** Clusters that can do all that networking can do, but for what is left out, and have an external network `public`. */
export async function equip(
  api: TestApi,
  clusters: ReadonlyMap<string, string>,
  lacking: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  const inventories = new InventoryRepository();
  await part(api, Database).transaction(async (tx) => {
    for (const [name, id] of clusters) {
      const all = Object.keys(NETWORK_CAPABILITIES);
      await inventories.declare(
        tx,
        id,
        all.filter((capability) => !lacking[name]?.includes(capability)),
      );
      await part(api, NetworkRepository).apply(tx, id, [
        { openstackId: `net-${name}`, name: 'private', external: false },
        { openstackId: `out-${name}`, name: 'public', external: true },
      ]);
    }
  });
}

/** A VPC with a subnet that looks as if conductors had built it in every cluster. */
export async function builtVpc(
  api: TestApi,
  body: { name: string; cidr: string; realisation?: string },
): Promise<{ vpcId: string; subnetId: string }> {
  const { name, cidr, ...more } = body;
  await api.ask('POST', '/v1/address_pools', { body: { name, cidr } });
  const vpc = await api.ask('POST', '/v1/vpcs', {
    body: { name, address_pool: name, idcs: ['east'], ...more },
  });
  const vpcId = String(vpc.body['id']);
  const made = await api.ask('POST', `/v1/vpcs/${vpcId}/subnets`, { body: { idc: 'east' } });
  const subnetId = (made.body['subnet'] as { id: string }).id;
  await buildSegments(api, { vpcId, subnetId });
  return { vpcId, subnetId };
}

async function buildSegments(
  api: TestApi,
  { vpcId, subnetId }: { vpcId: string; subnetId: string },
): Promise<void> {
  const shown = await api.ask('GET', `/v1/subnets/${subnetId}/segments`);
  const segments = shown.body['segments'] as { id: string; state: string; cluster: { id: string } | null }[];
  for (const { id, state, cluster } of segments) {
    if (state !== 'reserved' || !cluster) continue;
    await part(api, SegmentService).beginCreating(id);
    await part(api, Database).transaction((tx) =>
      part(api, RealisationRepository).recordSubnet(tx, {
        ownerId: id,
        clusterId: cluster.id,
        vpcId,
        subnetId,
        openstackId: `sub-${id}`,
        openstackNetworkId: `vpc-${cluster.id}`,
        cidr: '10.0.0.0/25',
        allocationPools: [],
      }),
    );
    await part(api, SegmentService).activate(id);
  }
}

/** What a conductor would have written once the port is there. */
export async function makePortActive(api: TestApi, id: string, taskId: string): Promise<void> {
  const ports = part(api, PortRepository);
  await part(api, Database).transaction(async (tx) => {
    const port = await ports.find(tx, id);
    const seen = {
      openstackId: `os-${id}`,
      macAddress: 'fa:16:3e:00:00:01',
      status: 'DOWN',
      revisionNumber: 1,
    };
    await ports.setSeen(tx, id, { ...seen, fixedIps: port?.fixedIps ?? [] });
    await ports.move(tx, { id, taskId, to: 'active' });
  });
}

/** What conductors would have written once the router is there, with a leg in every segment that is attached. */
export async function makeRouterActive(api: TestApi, routerId: string): Promise<void> {
  const parts = part(api, ClusterRouterRepository);
  await part(api, Database).transaction(async (tx) => {
    const router = await part(api, RouterRepository).find(tx, routerId);
    for (const { clusterId, taskId } of await parts.ofRouters(tx, [routerId])) {
      await parts.setSeen(tx, routerId, clusterId, {
        openstackId: `os-${newId()}`,
        externalOpenstackId: router?.externalNetworkId === null ? null : 'out',
        externalAddresses: ['203.0.113.2'],
        revisionNumber: 1,
      });
      for (const { subnetId } of await part(api, RouterRepository).interfacesOf(tx, [routerId])) {
        const rows = await tx.query<{ id: string }[]>(
          `SELECT id FROM segment WHERE subnet_id = ? AND cluster_id = ?`,
          [subnetId, clusterId],
        );
        for (const { id: segmentId } of rows) {
          const leg = { clusterId, routerId, segmentId, openstackSubnetId: `sub-${segmentId}` };
          await parts.addInterface(tx, { ...leg, openstackPortId: `leg-${segmentId}` });
        }
      }
      await parts.end(tx, { routerId, clusterId, taskId: taskId ?? '', status: 'active' });
    }
    await part(api, RouterRepository).setStatus(tx, routerId, 'active');
  });
}
