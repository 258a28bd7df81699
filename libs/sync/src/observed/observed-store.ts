import type { DatabaseTime } from '@ultron/platform/database/database-time';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedObject } from '../kind/observed.js';
import type { IndexChecksum, ObservedIndex } from './observed-index.js';

/** Which objects: those of one kind in one cluster. */
export interface LaneKey {
  clusterId: string;
  kind: string;
}

/** What is compared with what a pass sees. */
export interface KnownObject {
  /** `hashOf` of the object as it was last seen, in hex. */
  hash: string;
  missing: boolean;
}

export interface HashedObject {
  object: ObservedObject;
  /** Hex. */
  hash: string;
}

/** An object that the last complete list did not show. */
export interface MissingObject {
  id: string;
  missingSince: Date;
  /** How often it was asked for by id since then and not found. */
  notFound: number;
}

/**
 * What was seen in the clusters. The engine decides what is new, changed, missing and gone; the store keeps it. All
 * writes happen in the transaction that holds the lane (`LaneFence`), so nothing is written twice or too late. Times
 * are those of the database.
 */
export interface ObservedStore {
  /** Those of the ids that are known and not gone. */
  known(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<Map<string, KnownObject>>;

  /** All that is known and not gone, for a pass over everything: it is then compared in memory. */
  index(tx: Transaction, lane: LaneKey): Promise<ObservedIndex>;

  /** What an index of all that is known and not gone would have for a checksum. One statement. */
  checksum(tx: Transaction, lane: LaneKey): Promise<IndexChecksum>;

  /** Enters the revisions of all that an index holds. */
  loadRevisions(tx: Transaction, lane: LaneKey, index: ObservedIndex): Promise<void>;

  /** Those of the ids of which a lane has written anything since then. One statement. */
  writtenSince(
    tx: Transaction,
    lane: LaneKey,
    ids: readonly string[],
    since: DatabaseTime,
  ): Promise<Set<string>>;

  /** Inserts or replaces; the objects are not missing and not gone any more. One statement, however many. */
  write(tx: Transaction, lane: LaneKey, objects: readonly HashedObject[]): Promise<void>;

  /** They were seen after all, unchanged. */
  seenAgain(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void>;

  /** The same of those that hang on the object. */
  idsOf(tx: Transaction, lane: LaneKey, parentId: string): Promise<string[]>;

  /** How many are known and not gone. */
  count(tx: Transaction, lane: LaneKey): Promise<number>;

  /** Keeps the time of those that already were missing. Returns how many were not. */
  markMissing(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<number>;

  /** Those that are missing: first those that were never asked for, then those that were longest ago. */
  missing(tx: Transaction, lane: LaneKey, limit: number): Promise<MissingObject[]>;

  /** Asked for by id, and nothing was answered. */
  asked(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void>;

  /** The ids of those that are gone since all of the lane was last listed. */
  goneSinceFull(tx: Transaction, lane: LaneKey, limit: number): Promise<string[]>;

  /** Asked for by id and not found. */
  notFound(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void>;

  /** They are gone; the rows stay for a while. */
  markGone(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void>;
}
