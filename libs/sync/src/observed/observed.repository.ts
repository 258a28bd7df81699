import { Injectable } from '@nestjs/common';
import type { DatabaseTime } from '@ultron/platform/database/database-time';
import type { Transaction } from '@ultron/platform/database/transaction';
import { ObservedIndex, type IndexChecksum } from './observed-index.js';
import type { HashedObject, KnownObject, LaneKey, MissingObject, ObservedStore } from './observed-store.js';

/** Rows of one statement: some hundreds of kilobytes, well below what servers take as a packet. */
const ROWS_AT_ONCE = 500;

const INDEXED_AT_ONCE = 10_000;
const NOW = 'UTC_TIMESTAMP(6)';
const NO_HASH = Buffer.alloc(16);
const ASKED = 'asked_at = UTC_TIMESTAMP(6)';

interface KnownRow {
  openstack_id: string;
  hash: Buffer;
  missing: number;
}

/** What lanes write of objects. What people read of them is in `ObservedReader`. */
@Injectable()
export class ObservedRepository implements ObservedStore {
  async known(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<Map<string, KnownObject>> {
    const known = new Map<string, KnownObject>();
    for (const some of inParts(ids)) {
      const rows = await tx.query<KnownRow[]>(
        `SELECT openstack_id, hash, missing_since IS NOT NULL AS missing FROM observed_object
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
      for (const row of rows) {
        known.set(row.openstack_id, { hash: row.hash.toString('hex'), missing: Number(row.missing) === 1 });
      }
    }
    return known;
  }

  async index(tx: Transaction, lane: LaneKey): Promise<ObservedIndex> {
    const index = new ObservedIndex();
    for (let after = ''; ;) {
      const rows = await tx.query<KnownRow[]>(
        `SELECT openstack_id, hash, missing_since IS NOT NULL AS missing FROM observed_object
         WHERE cluster_id = ? AND kind = ? AND gone_at IS NULL AND openstack_id > ?
         ORDER BY openstack_id LIMIT ?`,
        [lane.clusterId, lane.kind, after, INDEXED_AT_ONCE],
      );
      for (const row of rows) index.load(row.openstack_id, row.hash, Number(row.missing) === 1);
      const last = rows.at(-1);
      if (!last || rows.length < INDEXED_AT_ONCE) return index;
      after = last.openstack_id;
    }
  }

  async checksum(tx: Transaction, lane: LaneKey): Promise<IndexChecksum> {
    // All of it stands in the key `observed_object_pass`.
    const [row] = await tx.query<{ count: string; missing: string; hashes: string | null }[]>(
      `SELECT COUNT(*) AS count, COUNT(missing_since) AS missing, SUM(CRC32(hash)) AS hashes FROM observed_object
       WHERE cluster_id = ? AND kind = ? AND gone_at IS NULL`,
      [lane.clusterId, lane.kind],
    );
    return {
      count: Number(row?.count ?? 0),
      missing: Number(row?.missing ?? 0),
      hashes: Number(row?.hashes ?? 0),
    };
  }

  async loadRevisions(tx: Transaction, lane: LaneKey, index: ObservedIndex): Promise<void> {
    for (let after = ''; ;) {
      const rows = await tx.query<{ openstack_id: string; hash: Buffer; revision: number | null }[]>(
        `SELECT openstack_id, hash, revision FROM observed_object
         WHERE cluster_id = ? AND kind = ? AND gone_at IS NULL AND openstack_id > ? ORDER BY openstack_id LIMIT ?`,
        [lane.clusterId, lane.kind, after, INDEXED_AT_ONCE],
      );
      for (const { openstack_id: id, hash, revision } of rows) {
        // Somebody else has written what was seen of it: whatever its revision, it is to be read.
        if (revision !== null && !hash.equals(NO_HASH)) index.loadRevision(id, hash, revision);
      }
      const last = rows.at(-1);
      if (!last || rows.length < INDEXED_AT_ONCE) break;
      after = last.openstack_id;
    }
    index.hasRevisions = true;
  }

  async writtenSince(
    tx: Transaction,
    lane: LaneKey,
    ids: readonly string[],
    since: DatabaseTime,
  ): Promise<Set<string>> {
    if (!ids.length) return new Set();
    const rows = await tx.query<{ openstack_id: string }[]>(
      `SELECT openstack_id FROM observed_object
       WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND written_at >= ?`,
      [lane.clusterId, lane.kind, ids, since],
    );
    return new Set(rows.map((row) => row.openstack_id));
  }

  async write(tx: Transaction, lane: LaneKey, objects: readonly HashedObject[]): Promise<void> {
    // In one order everywhere, so that two writers never wait for each other crosswise.
    const sorted = objects.toSorted((a, b) => (a.object.id < b.object.id ? -1 : 1));
    for (const some of inParts(sorted)) {
      await tx.query(
        `INSERT INTO observed_object (cluster_id, kind, openstack_id, name, project_openstack_id, status, parent_id,
           revision, fields, hash, updated_at, observed_at, first_seen_at, written_at)
         VALUES ${some.map(() => `(${'?, '.repeat(11)}${NOW}, ${NOW}, ${NOW})`).join(', ')}
         ON DUPLICATE KEY UPDATE name = VALUES(name), project_openstack_id = VALUES(project_openstack_id),
           status = VALUES(status), parent_id = VALUES(parent_id), revision = VALUES(revision),
           fields = VALUES(fields), hash = VALUES(hash), updated_at = VALUES(updated_at),
           observed_at = VALUES(observed_at), written_at = VALUES(written_at), missing_since = NULL,
           not_found = 0, gone_at = NULL`,
        some.flatMap((one) => rowOf(lane, one)),
      );
    }
  }

  seenAgain(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    return this.set(tx, lane, ids, 'missing_since = NULL, not_found = 0');
  }

  async idsOf(tx: Transaction, lane: LaneKey, parentId: string): Promise<string[]> {
    const rows = await tx.query<{ openstack_id: string }[]>(
      `SELECT openstack_id FROM observed_object
       WHERE cluster_id = ? AND parent_id = ? AND kind = ? AND gone_at IS NULL ORDER BY openstack_id`,
      [lane.clusterId, parentId, lane.kind],
    );
    return rows.map((row) => row.openstack_id);
  }

  async count(tx: Transaction, lane: LaneKey): Promise<number> {
    const [row] = await tx.query<{ objects: string }[]>(
      'SELECT COUNT(*) AS objects FROM observed_object WHERE cluster_id = ? AND kind = ? AND gone_at IS NULL',
      [lane.clusterId, lane.kind],
    );
    return Number(row?.objects ?? 0);
  }

  async markMissing(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<number> {
    let marked = 0;
    for (const some of inParts(ids.toSorted())) {
      const result = await tx.query<{ affectedRows: number }>(
        `UPDATE observed_object SET missing_since = ${NOW}, not_found = 0, written_at = ${NOW}
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND missing_since IS NULL AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
      marked += result.affectedRows;
    }
    return marked;
  }

  async missing(tx: Transaction, lane: LaneKey, limit: number): Promise<MissingObject[]> {
    const rows = await tx.query<{ openstack_id: string; missing_since: Date; not_found: number }[]>(
      `SELECT openstack_id, missing_since, not_found FROM observed_object
       WHERE cluster_id = ? AND kind = ? AND missing_since IS NOT NULL AND gone_at IS NULL
       ORDER BY asked_at, missing_since, openstack_id LIMIT ?`,
      [lane.clusterId, lane.kind, limit],
    );
    return rows.map((row) => ({
      id: row.openstack_id,
      missingSince: row.missing_since,
      notFound: row.not_found,
    }));
  }

  asked(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    return this.set(tx, lane, ids, ASKED);
  }

  async goneSinceFull(tx: Transaction, lane: LaneKey, limit: number): Promise<string[]> {
    const rows = await tx.query<{ openstack_id: string }[]>(
      `SELECT openstack_id FROM observed_object WHERE cluster_id = ? AND kind = ? AND gone_at >=
         (SELECT COALESCE(full_at, created_at) FROM lane WHERE cluster_id = ? AND kind = ?) LIMIT ?`,
      [lane.clusterId, lane.kind, lane.clusterId, lane.kind, limit],
    );
    return rows.map((row) => row.openstack_id);
  }

  notFound(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    return this.set(
      tx,
      lane,
      ids,
      `missing_since = COALESCE(missing_since, UTC_TIMESTAMP(6)), not_found = not_found + 1, ${ASKED}`,
    );
  }

  markGone(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    return this.set(
      tx,
      lane,
      ids,
      'missing_since = COALESCE(missing_since, UTC_TIMESTAMP(6)), gone_at = UTC_TIMESTAMP(6)',
    );
  }

  /**
   * Somebody else has written what was seen of these, and perhaps later: the next sight of them is news to the lane,
   * whatever it shows, and is handed on to the domain.
   */
  async seenElsewhere(tx: Transaction, lane: LaneKey, ids: readonly string[]): Promise<void> {
    for (const some of inParts(ids.toSorted())) {
      await tx.query(
        `UPDATE observed_object SET hash = ? WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?)`,
        [NO_HASH, lane.clusterId, lane.kind, some],
      );
    }
  }

  /** Forgets some of what has been gone for so many days. How many it were: ask again while there are any. */
  async purgeGone(tx: Transaction, days: number, limit: number): Promise<number> {
    const result = await tx.query<{ affectedRows: number }>(
      'DELETE FROM observed_object WHERE gone_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY LIMIT ?',
      [days, limit],
    );
    return result.affectedRows;
  }

  /** The clusters of which anything is kept. */
  async clusterIds(read: Transaction): Promise<string[]> {
    const rows = await read.query<{ cluster_id: string }[]>(
      'SELECT DISTINCT cluster_id FROM observed_object',
    );
    return rows.map((row) => row.cluster_id);
  }

  /** Forgets some of what was in a cluster that is not registered any more. How many it were. */
  async purgeCluster(tx: Transaction, clusterId: string, limit: number): Promise<number> {
    const result = await tx.query<{ affectedRows: number }>(
      'DELETE FROM observed_object WHERE cluster_id = ? LIMIT ?',
      [clusterId, limit],
    );
    return result.affectedRows;
  }

  private async set(tx: Transaction, lane: LaneKey, ids: readonly string[], sets: string): Promise<void> {
    for (const some of inParts(ids.toSorted())) {
      await tx.query(
        `UPDATE observed_object SET ${sets}, written_at = ${NOW}
         WHERE cluster_id = ? AND kind = ? AND openstack_id IN (?) AND gone_at IS NULL`,
        [lane.clusterId, lane.kind, some],
      );
    }
  }
}

function rowOf(lane: LaneKey, { object, hash }: HashedObject): unknown[] {
  const { id, name, projectId, status, parentId, revision, updatedAt, fields } = object;
  const content = [JSON.stringify(fields), Buffer.from(hash, 'hex'), updatedAt];
  return [lane.clusterId, lane.kind, id, name, projectId, status, parentId, revision, ...content];
}

function* inParts<T>(all: readonly T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += ROWS_AT_ONCE) yield all.slice(from, from + ROWS_AT_ONCE);
}
