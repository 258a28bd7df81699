import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { holds, type Block, type Family } from '../block/block.js';
import { baseOf, toBlock, type BlockColumns } from '../block/block.row.js';
import type { SegmentFacts } from '../plan.facts.js';
import { COMING, type SegmentState } from './segment.state.js';

export interface SegmentRow extends SegmentFacts {
  scopeId: string;
  vpcId: string;
  dealtAt: Date | null;
  usedAt: Date | null;
  dealtS: number | null;
  rate: number;
  usedS: number | null;
}

export type NewSegment = Omit<SegmentRow, 'dealtAt' | 'usedAt' | 'dealtS' | 'rate' | 'usedS'>;

export interface SegmentColumns extends BlockColumns {
  id: string;
  scope_id: string;
  vpc_id: string;
  subnet_id: string;
  state: SegmentState;
  cluster_id: string | null;
  held: number;
  infra: number;
  dealt_at: Date | null;
  used_at: Date | null;
  rate: number;
  dealt_s: number | null;
  used_s: number | null;
}

const PLAIN = [
  ...['id', 'scope_id', 'vpc_id', 'subnet_id', 'base', 'prefix', 'state', 'cluster_id', 'held', 'infra'],
  ...['dealt_at', 'used_at', 'rate'],
];
// Ages are counted by the database, whose clock is the only one that all processes share.
const AGES = ['dealt', 'used'];

/** The columns of a segment `g`, named with a prefix where a join has others beside them. */
export const SEGMENT_COLUMNS = (prefix: string) =>
  PLAIN.map((column) => `g.${column} AS ${prefix}${column}`)
    .concat(AGES.map((age) => `TIMESTAMPDIFF(SECOND, g.${age}_at, UTC_TIMESTAMP(6)) AS ${prefix}${age}_s`))
    .join(', ');

const SELECT = `SELECT ${SEGMENT_COLUMNS('')} FROM segment g`;

@Injectable()
export class SegmentRepository {
  async insert(tx: Transaction, segments: readonly NewSegment[]): Promise<void> {
    if (segments.length === 0) return;
    await change(
      tx,
      `INSERT INTO segment (id, scope_id, vpc_id, subnet_id, base, prefix, state, cluster_id, held, infra, dealt_at)
       VALUES ${rowsOf(segments.length, '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, UTC_TIMESTAMP(6), NULL))')}`,
      segments.flatMap((one) => [
        one.id,
        one.scopeId,
        one.vpcId,
        one.subnetId,
        baseOf(one.block),
        one.block.prefix,
        one.state,
        one.clusterId,
        one.held,
        one.infra,
        one.clusterId !== null,
      ]),
    );
  }

  async delete(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await change(tx, 'DELETE FROM segment WHERE id IN (?)', [ids]);
  }

  async ofVpc(tx: Transaction, vpcId: string): Promise<SegmentRow[]> {
    const rows = await select<SegmentColumns>(tx, `${SELECT} WHERE vpc_id = ? ORDER BY base`, [vpcId]);
    return rows.map(toSegment);
  }

  async find(tx: Transaction, id: string): Promise<SegmentRow | null> {
    const [row] = await select<SegmentColumns>(tx, `${SELECT} WHERE id = ?`, [id]);
    return row ? toSegment(row) : null;
  }

  async lock(tx: Transaction, id: string): Promise<SegmentRow | null> {
    const [row] = await select<SegmentColumns>(tx, `${SELECT} WHERE id = ? FOR UPDATE`, [id]);
    return row ? toSegment(row) : null;
  }

  /**
   * The segments of these clusters that are active (or, where wanted, being built), locked: nobody else hands out
   * addresses of them meanwhile.
   */
  async lockOpen(
    tx: Transaction,
    owners: readonly { vpcId: string; clusterId: string; coming: boolean }[],
  ): Promise<SegmentRow[]> {
    const each = owners.map(() => '(vpc_id = ? AND cluster_id = ? AND state IN (?))').join(' OR ');
    const rows = await select<SegmentColumns>(
      tx,
      // The index is forced because a scan of the table would lock the segments of others too.
      `${SELECT} FORCE INDEX (segment_cluster) WHERE ${each} FOR UPDATE`,
      owners.flatMap(({ vpcId, clusterId, coming }) => [
        vpcId,
        clusterId,
        coming ? ['active', ...COMING] : ['active'],
      ]),
    );
    return rows.map(toSegment);
  }

  /** Moves it to another state. The caller holds the lock of the row and has looked at its state. */
  async setState(tx: Transaction, id: string, state: SegmentState): Promise<void> {
    await change(tx, 'UPDATE segment SET state = ?, quarantined_until = NULL WHERE id = ?', [state, id]);
  }

  async quarantine(tx: Transaction, id: string, seconds: number): Promise<void> {
    await change(
      tx,
      `UPDATE segment SET state = 'quarantined', quarantined_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
        WHERE id = ?`,
      [seconds, id],
    );
  }

  /** Makes an active segment that is empty drain; false when it is not, or no more, one. */
  async drainEmpty(tx: Transaction, id: string): Promise<boolean> {
    const sql = "UPDATE segment SET state = 'draining' WHERE id = ? AND state = 'active' AND held = infra";
    return (await change(tx, sql, [id])) === 1;
  }

  async resize(tx: Transaction, id: string, block: Block, infra: number): Promise<void> {
    await change(tx, 'UPDATE segment SET base = ?, prefix = ?, held = ?, infra = ? WHERE id = ?', [
      baseOf(block),
      block.prefix,
      infra,
      infra,
      id,
    ]);
  }

  /** Counts addresses that got a row (or, negative, lost it). The caller holds the locks of the rows. */
  async addHeld(tx: Transaction, counts: ReadonlyMap<string, number>): Promise<void> {
    if (counts.size === 0) return;
    const { sql, values } = byId(counts);
    await change(tx, `UPDATE segment SET held = CAST(held AS SIGNED) + ${sql} WHERE id IN (?)`, [
      ...values,
      [...counts.keys()],
    ]);
  }

  /** Counts addresses that were handed out, and how fast: the rate fades by e in each window. Locked as above. */
  async addUsed(tx: Transaction, counts: ReadonlyMap<string, number>, windowS: number): Promise<void> {
    if (counts.size === 0) return;
    const { sql, values } = byId(counts);
    const age = 'COALESCE(TIMESTAMPDIFF(MICROSECOND, used_at, UTC_TIMESTAMP(6)), 0)';
    await change(
      tx,
      // The columns are set in their order: the rate fades by the time before this use.
      `UPDATE segment SET held = held + ${sql}, rate = rate * EXP(-${age} / (1000000 * ?)) + ${sql} / ?,
              used_at = UTC_TIMESTAMP(6) WHERE id IN (?)`,
      [...values, windowS, ...values, windowS, [...counts.keys()]],
    );
  }

  /** Locks segments so that their counts can be changed. */
  async lockMany(tx: Transaction, ids: readonly string[]): Promise<void> {
    if (ids.length > 0)
      await select(tx, 'SELECT id FROM segment WHERE id IN (?) ORDER BY id FOR UPDATE', [ids]);
  }

  /** How many segments of all VPCs the cluster has, or may still have, networks of. */
  async countIn(tx: Transaction, clusterId: string): Promise<number> {
    const [row] = await select<{ n: number }>(
      tx,
      "SELECT COUNT(*) AS n FROM segment WHERE cluster_id = ? AND state <> 'quarantined'",
      [clusterId],
    );
    return Number(row?.n ?? 0);
  }

  /** The id of the segment of the cluster in which the address lies. */
  async holding(
    tx: Transaction,
    { vpcId, clusterId }: { vpcId: string; clusterId: string },
    family: Family,
    address: bigint,
  ): Promise<string | null> {
    const rows = await select<SegmentColumns>(tx, `${SELECT} WHERE g.vpc_id = ? AND g.cluster_id = ?`, [
      vpcId,
      clusterId,
    ]);
    const found = rows.map(toSegment).find(({ block }) => block.family === family && holds(block, address));
    return found?.id ?? null;
  }

  /** The clusters to which an address of the VPC was handed out within so many seconds. */
  async clustersUsedWithin(tx: Transaction, vpcId: string, seconds: number): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT DISTINCT cluster_id AS id FROM segment WHERE vpc_id = ? AND cluster_id IS NOT NULL
          AND used_at > UTC_TIMESTAMP(6) - INTERVAL ? SECOND`,
      [vpcId, seconds],
    );
    return rows.map(({ id }) => id);
  }

  async endedQuarantines(tx: Transaction, limit: number): Promise<{ id: string; vpcId: string }[]> {
    return select(
      tx,
      `SELECT id, vpc_id AS vpcId FROM segment WHERE quarantined_until <= UTC_TIMESTAMP(6)
        ORDER BY quarantined_until LIMIT ?`,
      [limit],
    );
  }
}

function byId(counts: ReadonlyMap<string, number>): { sql: string; values: unknown[] } {
  const cases = [...counts].map(() => 'WHEN ? THEN ?').join(' ');
  return { sql: `CASE id ${cases} ELSE 0 END`, values: [...counts].flat() };
}

export function toSegment(row: SegmentColumns): SegmentRow {
  return {
    id: row.id,
    scopeId: row.scope_id,
    vpcId: row.vpc_id,
    subnetId: row.subnet_id,
    block: toBlock(row),
    state: row.state,
    clusterId: row.cluster_id,
    held: row.held,
    infra: row.infra,
    dealtAt: row.dealt_at,
    usedAt: row.used_at,
    dealtS: row.dealt_s === null ? null : Number(row.dealt_s),
    rate: row.rate,
    usedS: row.used_s === null ? null : Number(row.used_s),
  };
}
