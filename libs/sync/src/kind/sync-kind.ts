import type { DatabaseTime } from '@ultron/platform/database/database-time';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { IdListing, KnownBytes, ObservedListing, ObservedObject, RevisionListing } from './observed.js';

/** What a cluster was found to be able to do, by the names under which capabilities are kept. */
export interface ClusterCaps {
  has(capability: string): boolean;
  /** Whether the catalog of the cluster has the service: `compute`, `network`, … */
  hasService(serviceType: string): boolean;
}

/** How a lane learns what it needs to know; it follows from what the cluster can do and is shown in the lane's row. */
export interface LaneStrategy {
  /**
   * How changes between two full passes are found: a list of what changed, a cheap list of all ids with their revisions,
   * or nothing but the next full pass.
   */
  changes: 'changes_since' | 'revisions' | 'full';
  /**
   * How deletions between two full passes are found: told by the list of changes, by the list of revisions, by a cheap
   * list of the ids alone, or only by the next full pass.
   */
  deletions: 'changes_since' | 'revisions' | 'ids' | 'full';
}

/** What one transaction of a pass changed. It is given to the domain before the commit. */
export interface ObservedChanges {
  /** New, or not the same as before, or back after having been missing. */
  written: readonly ObservedObject[];
  /** Not in a complete list; perhaps gone, perhaps not. */
  missing: readonly string[];
  /** Asked for by id and not found, twice. */
  gone: readonly string[];
  /** Before the cluster was asked: what others have written since then may be younger than what was seen. */
  askedAt: DatabaseTime;
}

/**
 * One kind of thing that the clusters have: all that the engine must be told to keep it true. A kind is one file
 * `<noun>.sync.ts` beside the sagas of its domain, and one line in the catalog. The engine does the rest: when a pass
 * is due, who does it, what changed, what is missing and what is gone.
 *
 * `Context` is what the calls go through; it is made anew for every pass and carries the budget, the deadline, the
 * trace and the end of the pass. The calls throw when they fail: an error is never an empty list.
 */
export interface SyncKind<Context> {
  /** As in the tables: `server`, `port`, … At most 32 letters of a to z and `_`. */
  readonly kind: string;
  /** Conductors that do not serve the domain leave its lanes to others. */
  readonly domain: string;
  /** How much seldomer than its tier says it is read: 1 for what changes all the time, 10 for flavors. 1 unless told. */
  readonly slowness?: number;
  /** Null when the cluster has no such things: the lane then rests. */
  strategy(caps: ClusterCaps): LaneStrategy | null;
  /**
   * Everything there is, of all projects. Kinds of which there are many leave out what is `known`, and give the rest
   * with its digests.
   */
  list(context: Context, known: KnownBytes): ObservedListing;
  /** What changed at `since` or later by the cluster's clock, deleted things included where the service tells them. */
  listChanged?(context: Context, since: Date): ObservedListing;
  /** The ids of everything there is. */
  listIds?(context: Context): IdListing;
  /** The ids of everything there is, with their revisions: for kinds that can change by `revisions`. */
  listRevisions?(context: Context): RevisionListing;
  /** Those of the ids that there are, as a whole; goes with `listRevisions`. At most some thousand ids. */
  listThese?(context: Context, ids: readonly string[]): ObservedListing;
  /** Null only when the cluster answered that there is no such thing. */
  find(context: Context, id: string): Promise<ObservedObject | null>;
  /** The kinds whose objects hang on one of this kind and are read anew with it; each of them needs `listOf`. */
  readonly dependants?: readonly string[];
  /** All that hangs on one object of another kind (`parentId` is its id): the ports of a server. */
  listOf?(context: Context, parentId: string): ObservedListing;
  /**
   * Those of the ids that Ultron itself deletes or has deleted: their vanishing is no sign of a cluster that lies, and
   * does not count for the brake.
   */
  expectedGone?(tx: Transaction, clusterId: string, ids: readonly string[]): Promise<readonly string[]>;
  /**
   * Lets the domain copy what it wants to its own rows, in the transaction that writes what was observed. It changes
   * observed columns only, and leaves alone the rows on which a task is at work. A few statements, whatever the number
   * of changes.
   */
  applied?(tx: Transaction, clusterId: string, changes: ObservedChanges): Promise<void>;
}
