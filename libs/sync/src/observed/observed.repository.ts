import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedObject } from '../kind/observed.js';
import { ObservedIndex } from './observed-index.js';

/** Whose objects: one kind of one cluster. */
export interface LaneKey {
  clusterId: string;
  kind: string;
}

/** An object to be written, with the hash of what was seen of it. */
export interface ObservedWrite {
  object: ObservedObject;
  hash: Buffer;
}

/** Rows of one statement: some hundreds of kilobytes, well below what servers take as a packet. */
const ROWS_AT_ONCE = 500;
const HASHES_AT_ONCE = 10_000;
const PURGE_AT_ONCE = 1_000;

interface HashRow {
  openstack_id: string;
  hash: Buffer;
  missing: number;
}

/** What lanes write of objects. Reading them for people is `ObservedReader`. */
@Injectable()
export class ObservedRepository {
  /** All that the lane holds and that is not gone, for a pass over everything. */
  async index(read: Transaction, lane: LaneKey): Promise<ObservedIndex> {
    const index = new ObservedIndex();
    for (let after = ''; ;) {
      const rows = await read.query<HashRow[]>(
        `SELECT openstack_id, hash, missing_since IS NOT NULL AS missing FROM observed_object
         WHERE cluster_id = ? AND kind = ? AND openstack_id > ? AND gone_at IS NULL
         ORDER BY openstack_id LIMIT ?`,
        [lane.clusterId, lane.kind, after, HASHES_AT_ONCE],
      );
      load(index, rows);
      const last = rows.at(-1);
      if (!last || rows.length < HASHES_AT_ONCE) return index;
      after = last.openstack_id;
    }
  }

  /** Of these objects what the lane holds and is not gone, for a pass over what changed. */
  async indexOf(read: Transaction, lane: LaneKey, ids: readonly string[]): Promise<ObservedIndex> {
    const index = new ObservedIndex(ids.length);
    for (const some of inParts(ids, ROWS_AT_ONCE)) {
      const rows = await read.query<HashRow[]>(
        `SELECT openstack_id, hash, missing_since IS NOT NULL AS missing FROM observed_object
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
      load(index, rows);
    }
    return index;
  }

  /** Writes what is new or changed; whoever was missing or gone is there again. */
  async write(tx: Transaction, lane: LaneKey, writes: readonly ObservedWrite[]): Promise<void> {
    const sorted = writes.toSorted((a, b) => (a.object.id < b.object.id ? -1 : 1));
    for (const some of inParts(sorted, ROWS_AT_ONCE)) {
      await tx.query(
        `INSERT INTO observed_object (cluster_id, kind, openstack_id, name, project_openstack_id, status, parent_id,
           revision, fields, hash, updated_at, observed_at, first_seen_at)
         VALUES ${Array.from(some, () => `(${'?, '.repeat(11)}UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`).join(', ')}
         ON DUPLICATE KEY UPDATE name = VALUES(name), project_openstack_id = VALUES(project_openstack_id),
           status = VALUES(status), parent_id = VALUES(parent_id), revision = VALUES(revision),
           fields = VALUES(fields), hash = VALUES(hash), updated_at = VALUES(updated_at),
           observed_at = VALUES(observed_at), missing_since = NULL, gone_at = NULL`,
        some.flatMap((write) => rowOf(lane, write)),
      );
    }
  }

  /** These were met again as they had been. */
  async clearMissing(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    for (const some of inParts(ids.toSorted(), ROWS_AT_ONCE)) {
      await tx.query(
        `UPDATE observed_object SET missing_since = NULL WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?)`,
        [lane.clusterId, lane.kind, some],
      );
    }
  }

  /** A complete pass did not meet these. */
  async markMissing(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    for (const some of inParts(ids.toSorted(), ROWS_AT_ONCE)) {
      await tx.query(
        `UPDATE observed_object SET missing_since = UTC_TIMESTAMP(6)
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND missing_since IS NULL AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
    }
  }

  /** The cluster was asked for each of these, and has none of them. */
  async markGone(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    for (const some of inParts(ids.toSorted(), ROWS_AT_ONCE)) {
      await tx.query(
        `UPDATE observed_object
         SET missing_since = COALESCE(missing_since, UTC_TIMESTAMP(6)), gone_at = UTC_TIMESTAMP(6)
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
    }
  }

  /** Those that are missing and not yet known to be gone, longest missing first. */
  async missing(read: Transaction, lane: LaneKey, limit: number): Promise<string[]> {
    const rows = await read.query<{ openstack_id: string }[]>(
      `SELECT openstack_id FROM observed_object
       WHERE cluster_id = ? AND kind = ? AND missing_since IS NOT NULL AND gone_at IS NULL
       ORDER BY missing_since, openstack_id LIMIT ?`,
      [lane.clusterId, lane.kind, limit],
    );
    return rows.map((row) => row.openstack_id);
  }

  /** Forgets all of a cluster, when the cluster itself is forgotten. */
  async forgetCluster(tx: Transaction, clusterId: string): Promise<void> {
    await tx.query('DELETE FROM observed_object WHERE cluster_id = ?', [clusterId]);
  }

  /** Forgets some of what has been gone for so many days. How many it were: ask again while there are any. */
  async purgeGone(tx: Transaction, days: number): Promise<number> {
    const result = await tx.query<{ affectedRows: number }>(
      'DELETE FROM observed_object WHERE gone_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY LIMIT ?',
      [days, PURGE_AT_ONCE],
    );
    return result.affectedRows;
  }
}

function load(index: ObservedIndex, rows: readonly HashRow[]): void {
  for (const { openstack_id: id, hash, missing } of rows) index.load(id, hash, Number(missing) === 1);
}

function rowOf(lane: LaneKey, { object, hash }: ObservedWrite): unknown[] {
  const { id, name, projectId, status, parentId, revision, updatedAt, fields } = object;
  const text = JSON.stringify(fields);
  return [lane.clusterId, lane.kind, id, name, projectId, status, parentId, revision, text, hash, updatedAt];
}

function* inParts<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
