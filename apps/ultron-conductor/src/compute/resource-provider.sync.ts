import type { ResourceProviderWire } from '@ultron/openstack/placement/resource-providers.wire';
import { mapListing, wholeListing, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';

/** Placement has no pages. What a provider has and has given out takes a call for each, and is in the hypervisors too. */
export const resourceProviderSync: ClusterSyncKind = {
  kind: 'resource_provider',
  domain: 'compute',
  slowness: 10,
  strategy: (caps) => (caps.has('placement') ? { changes: 'full', deletions: 'full' } : null),
  list: ({ cloud, call }) =>
    mapListing(
      wholeListing(() => cloud.placement.resourceProviders.list({}, call)),
      observedProvider,
    ),
  find: async ({ cloud, call }, uuid) => {
    const provider = await cloud.placement.resourceProviders.find(uuid, call);
    return provider && observedProvider(provider);
  },
};

/** The generation moves with every server that comes or goes, and is left out. */
const observedProvider = (provider: ResourceProviderWire): ObservedObject => ({
  id: provider.uuid,
  name: provider.name,
  projectId: null,
  status: null,
  parentId: provider.parent_provider_uuid ?? null,
  revision: null,
  updatedAt: null,
  fields: { root_provider_uuid: provider.root_provider_uuid ?? provider.uuid },
});
