import type { CallOptions } from '@ultron/openstack/call';
import type { Listing, SiftableListing } from '@ultron/openstack/paging/listing';
import { mapListing, withDigest, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterCaps, LaneStrategy } from '@ultron/sync/kind/sync-kind';
import type { ClusterSync, ClusterSyncKind } from '../sync/cluster-sync.js';

/** What every collection of Neutron can do. */
interface Collection<Wire extends Revised> {
  list(
    filter: { changedSince?: Date; id?: readonly string[]; pageSize?: number } | undefined,
    call: CallOptions | undefined,
  ): SiftableListing<Wire>;
  list(
    filter: undefined,
    call: CallOptions | undefined,
    fields: readonly ('id' | 'revision_number')[],
  ): Listing<Revised>;
  find(id: string, call?: CallOptions): Promise<Wire | null>;
}

interface Revised {
  id: string;
  revision_number?: number;
}

/** A page is about a megabyte of ports, as one of servers is: a conductor holds two pages for each of its passes. */
const PAGE_SIZE = 750;

/**
 * How Neutron's resources are kept in sync. Where it takes `changed_since`, only what changed is read, and the ids
 * alone for deletions, which never show. Newer releases check filters and refuse that one by mistake: there the ids are
 * listed with their revisions, and what is new or at another revision is read in full.
 *
 * A revision rises with every change of a row that the ORM makes, and with those of rows that hang on it and say so
 * (`revises_on_change`; read in Queens, Zed, 2025.1 and later, tried on Zed and 2025.1): bindings, addresses, groups,
 * pairs, port security and QoS of a port, its status; subnets, sharing, QoS and port security of a network; where a
 * floating IP leads, also when its port is deleted; rules of a security group; tags and descriptions of all. It does not
 * rise, so that only a full pass shows it, with `provider:…` of a network (its segments), its zones (its agents), and
 * `shared` of a security group.
 *
 * See `neutronStrategyInFull` for the kinds in which what does not raise it matters.
 */
export function neutronStrategy(caps: ClusterCaps): LaneStrategy | null {
  const inFull = neutronStrategyInFull(caps);
  return inFull?.changes === 'full' && caps.has('network_revisions')
    ? { changes: 'revisions', deletions: 'revisions' }
    : inFull;
}

/**
 * Of the kinds that revisions cannot tell; there are few of either. In 2025.1 a subnet keeps its revision when its pools,
 * name servers or routes change, which are rows of their own, and a router does when its gateway gets another address
 * in the same network (in Zed both rise; not even there with an address that is changed at the port of the gateway).
 */
export function neutronStrategyInFull(caps: ClusterCaps): LaneStrategy | null {
  if (!caps.hasService('network')) return null;
  return caps.has('network_changed_since')
    ? { changes: 'changes_since', deletions: 'ids' }
    : { changes: 'full', deletions: 'full' };
}

/** The part of a kind that is the same for all resources of Neutron. */
export function neutronSync<Wire extends Revised>(
  collection: (context: ClusterSync) => Collection<Wire>,
  observed: (wire: Wire) => ObservedObject,
): Pick<
  ClusterSyncKind,
  'strategy' | 'list' | 'listChanged' | 'listIds' | 'listRevisions' | 'listThese' | 'find'
> {
  return {
    strategy: neutronStrategy,
    list: (context, known) =>
      mapListing(
        collection(context).list({ pageSize: PAGE_SIZE }, context.call).unlessKnown(known),
        withDigest(observed),
      ),
    listChanged: (context, since) =>
      mapListing(collection(context).list({ changedSince: since }, context.call), observed),
    listIds: (context) =>
      mapListing(collection(context).list(undefined, context.call, ['id']), (one) => one.id),
    listRevisions: (context) =>
      mapListing(
        collection(context).list(undefined, context.call, ['id', 'revision_number']),
        ({ id, revision_number: revision }) => ({ id, revision: revision ?? null }),
      ),
    listThese: (context, ids) => mapListing(collection(context).list({ id: ids }, context.call), observed),
    find: async (context, id) => {
      const wire = await collection(context).find(id, context.call);
      return wire && observed(wire);
    },
  };
}
