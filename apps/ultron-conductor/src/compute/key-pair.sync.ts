import type { KeypairListWire } from '@ultron/openstack/compute/keypairs.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';

/** Those of the account with which the cluster is registered: Nova lists those of others only one user at a time. */
export const keyPairSync: ClusterSyncKind = {
  kind: 'key_pair',
  domain: 'compute',
  slowness: 5,
  strategy: (caps) => (caps.hasService('compute') ? { changes: 'full', deletions: 'full' } : null),
  list: ({ cloud, call }) => mapListing(cloud.compute.keypairs.list(call), observedKeyPair),
  find: async ({ cloud, call }, name) => {
    const keyPair = await cloud.compute.keypairs.find(name, call);
    return keyPair && observedKeyPair(keyPair);
  },
};

const observedKeyPair = (keyPair: KeypairListWire['keypairs'][number]['keypair']): ObservedObject => ({
  id: keyPair.name,
  name: keyPair.name,
  projectId: null,
  status: null,
  parentId: null,
  revision: null,
  updatedAt: null,
  fields: { fingerprint: keyPair.fingerprint, type: keyPair.type ?? 'ssh' },
});
