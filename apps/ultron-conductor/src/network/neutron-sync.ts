import type { CallOptions } from '@ultron/openstack/call';
import type { Listing, SiftableListing } from '@ultron/openstack/paging/listing';
import { mapListing, withDigest, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterCaps, LaneStrategy } from '@ultron/sync/kind/sync-kind';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';

/** What every collection of Neutron can do. */
interface Collection<Wire extends { id: string }> {
  list(filter: { changedSince?: Date } | undefined, call: CallOptions | undefined): SiftableListing<Wire>;
  list(
    filter: undefined,
    call: CallOptions | undefined,
    fields: readonly ('id' & keyof Wire)[],
  ): Listing<{ id: string }>;
  find(id: string, call?: CallOptions): Promise<Wire | null>;
}

/**
 * How Neutron's resources are kept in sync. Where it takes `changed_since`, only what changed is read, and the ids
 * alone for deletions, which never show; newer releases check filters and refuse that one by mistake, so all is read.
 */
export function neutronStrategy(caps: ClusterCaps): LaneStrategy | null {
  if (!caps.hasService('network')) return null;
  return caps.has('network_changed_since')
    ? { changes: 'changes_since', deletions: 'ids' }
    : { changes: 'full', deletions: 'full' };
}

/** The part of a kind that is the same for all resources of Neutron. */
export function neutronSync<Wire extends { id: string }>(
  collection: (context: ClusterSync) => Collection<Wire>,
  observed: (wire: Wire) => ObservedObject,
): Pick<ClusterSyncKind, 'strategy' | 'list' | 'listChanged' | 'listIds' | 'find'> {
  return {
    strategy: neutronStrategy,
    list: (context, known) =>
      mapListing(collection(context).list(undefined, context.call).unlessKnown(known), withDigest(observed)),
    listChanged: (context, since) =>
      mapListing(collection(context).list({ changedSince: since }, context.call), observed),
    listIds: (context) =>
      mapListing(collection(context).list(undefined, context.call, ['id']), (one) => one.id),
    find: async (context, id) => {
      const wire = await collection(context).find(id, context.call);
      return wire && observed(wire);
    },
  };
}
