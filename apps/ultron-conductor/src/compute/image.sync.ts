import type { ImageWire } from '@ultron/openstack/image/images.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import { hastenInventory } from '../cluster/hasten-inventory.js';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';
import { joinedListing } from '../sync/joined-listing.js';
import { sorted, timeOf } from '../sync/observed.translate.js';

export const imageSync: ClusterSyncKind = {
  kind: 'image',
  domain: 'compute',
  slowness: 5,
  strategy: (caps) => (caps.hasService('image') ? { changes: 'full', deletions: 'full' } : null),
  list: (context) => mapListing(joinedListing(listings(context)), observedImage),
  applied: hastenInventory,
  find: async ({ cloud, call }, id) => {
    const image = await cloud.image.images.find(id, call);
    return image && image.status !== 'deleted' ? observedImage(image) : null;
  },
};

/** Glance leaves out of its list, also for administrators, what is for the community and what is hidden. */
const listings = ({ cloud, call, caps }: ClusterSync) => [
  cloud.image.images.list({}, call),
  cloud.image.images.list({ visibility: 'community' }, call),
  ...(caps.has('image_hidden') ? [cloud.image.images.list({ hidden: true }, call)] : []),
];

const observedImage = (image: ImageWire): ObservedObject => ({
  id: image.id,
  name: image.name,
  projectId: image.owner,
  status: image.status,
  parentId: null,
  revision: null,
  updatedAt: timeOf(image.updated_at),
  fields: {
    visibility: image.visibility,
    hidden: image.os_hidden ?? false,
    protected: image.protected,
    container_format: image.container_format,
    disk_format: image.disk_format,
    size_bytes: image.size,
    min_disk_gb: image.min_disk,
    min_ram_mb: image.min_ram,
    checksum: image.checksum,
    os_hash_algo: image.os_hash_algo ?? null,
    os_hash_value: image.os_hash_value ?? null,
    tags: sorted(image.tags),
    created_at: timeOf(image.created_at)?.toISOString() ?? null,
  },
});
