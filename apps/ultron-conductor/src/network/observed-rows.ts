import { ResourceObservationRepository } from '@ultron/network/lifecycle/resource-observation.repository';
import { ObservedRepository } from '@ultron/sync/observed/observed.repository';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';

const objects = new ObservedRepository();

/** The part of a kind that copies what was seen to rows of our own, which have the same name. */
export function observedRows(
  kind: 'port' | 'floating_ip',
): Pick<ClusterSyncKind, 'expectedGone' | 'applied'> {
  const rows = new ResourceObservationRepository(kind);
  return {
    expectedGone: (tx, clusterId, ids) => rows.deletedAmong(tx, clusterId, ids),
    applied: async (tx, clusterId, { written, askedAt }) => {
      const seen = written.map(({ id, status, revision }) => ({
        openstackId: id,
        status: status ?? '',
        revisionNumber: revision,
      }));
      const spared = await rows.applyUnlessChanging(tx, clusterId, seen, askedAt);
      await objects.seenElsewhere(tx, { clusterId, kind }, spared);
    },
  };
}
