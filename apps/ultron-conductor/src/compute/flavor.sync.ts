import type { FlavorWire } from '@ultron/openstack/compute/flavors.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { inOrder } from '../sync/observed.translate.js';
import { privilegedListing } from '../sync/privileged-listing.js';

export const flavorSync: ClusterSyncKind = {
  kind: 'flavor',
  domain: 'compute',
  slowness: 5,
  strategy: (caps) => (caps.hasService('compute') ? { changes: 'full', deletions: 'full' } : null),
  list: ({ cloud, call }) => {
    const { flavors } = cloud.compute;
    // `none` is not "those that are not public", but "no matter whether they are".
    const everybodys = () => flavors.list({ isPublic: 'none' }, call);
    return mapListing(
      privilegedListing(cloud, 'flavors', everybodys, () => flavors.list({}, call)),
      observedFlavor,
    );
  },
  applied: hastenInventory,
  find: async ({ cloud, call }, id) => {
    const flavor = await cloud.compute.flavors.find(id, call);
    return flavor && observedFlavor(flavor);
  },
};

const observedFlavor = (flavor: FlavorWire): ObservedObject => ({
  id: flavor.id,
  name: flavor.name,
  projectId: null,
  status: flavor['OS-FLV-DISABLED:disabled'] === true ? 'disabled' : 'enabled',
  parentId: null,
  revision: null,
  updatedAt: null,
  fields: {
    vcpus: flavor.vcpus,
    ram_mb: flavor.ram,
    disk_gb: flavor.disk,
    ephemeral_gb: flavor['OS-FLV-EXT-DATA:ephemeral'],
    swap_mb: flavor.swap || 0,
    is_public: flavor['os-flavor-access:is_public'] ?? true,
    description: flavor.description ?? null,
    extra_specs: inOrder(flavor.extra_specs),
  },
});
