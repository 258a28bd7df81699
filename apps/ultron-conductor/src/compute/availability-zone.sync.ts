import type { AvailabilityZoneWire } from '@ultron/openstack/compute/availability-zones.wire';
import { wholeListing, type ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';

/** Nova's; they have no ids and no pages. */
export const availabilityZoneSync: ClusterSyncKind = {
  kind: 'availability_zone',
  domain: 'compute',
  slowness: 10,
  strategy: (caps) => (caps.hasService('compute') ? { changes: 'full', deletions: 'full' } : null),
  list: (context) => wholeListing(() => zonesOf(context)),
  applied: hastenInventory,
  find: async (context, name) => (await zonesOf(context)).find((zone) => zone.id === name) ?? null,
};

async function zonesOf({ cloud, call }: ClusterSync): Promise<ObservedObject[]> {
  return (await cloud.compute.availabilityZones.list(call)).map(observedZone);
}

const observedZone = (zone: AvailabilityZoneWire): ObservedObject => ({
  id: zone.zoneName,
  name: zone.zoneName,
  projectId: null,
  status: zone.zoneState.available ? 'available' : 'unavailable',
  parentId: null,
  revision: null,
  updatedAt: null,
  fields: {},
});
