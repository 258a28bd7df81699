import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { conditionsOf } from '../../lifecycle/filter.sql.js';
import type { Block } from '../block/block.js';
import { baseOf, toBlock, type BlockColumns } from '../block/block.row.js';
import type { PrefixPolicy } from '../pool/pool.rules.js';
import type { InfraPolicy, Realisation } from '../segment/infra.rules.js';
import type { Sharing } from '../supplement/supplement.rules.js';

export interface NewVpc {
  id: string;
  poolId: string;
  projectId: string;
  name: string;
  slot: number;
  block: Block;
  infra: InfraPolicy;
  sharing: Sharing;
  idcIds: string[];
}

export interface VpcRow extends NewVpc {
  policy: PrefixPolicy;
  generation: number;
  createdAt: Date;
  /** It is being taken down: nothing of it is dealt out any more. */
  deleting: boolean;
}

export interface VpcColumns extends BlockColumns {
  id: string;
  pool_id: string;
  project_id: string;
  name: string;
  slot: number;
  realisation: Realisation;
  sharing: Sharing;
  dhcp_ports: number;
  idc_ids: string[];
  generation: number;
  created_at: Date;
  deleting_at: Date | null;
  vpc_prefix: number;
  subnet_prefix: number;
  segment_prefix: number;
}

/** The columns of a VPC `v` and its pool `p`, named with a prefix where a join has others beside them. */
export const VPC_COLUMNS = (prefix: string) =>
  [
    ...['id', 'pool_id', 'project_id', 'name', 'slot', 'base', 'prefix', 'realisation', 'sharing'],
    ...['dhcp_ports', 'idc_ids', 'generation', 'created_at', 'deleting_at'],
  ]
    .map((column) => `v.${column} AS ${prefix}${column}`)
    .concat(['vpc_prefix', 'subnet_prefix', 'segment_prefix'].map((one) => `p.${one} AS ${prefix}${one}`))
    .join(', ');

export interface VpcFilter {
  projectId?: string | undefined;
  name?: string | undefined;
  poolId?: string | undefined;
}

export type VpcSort = 'name' | 'created_at';

@Injectable()
export class VpcRepository {
  async insert(tx: Transaction, vpc: NewVpc): Promise<void> {
    const { id, poolId, projectId, name, slot, block, infra, sharing, idcIds } = vpc;
    await change(
      tx,
      `INSERT INTO vpc (id, pool_id, project_id, name, slot, base, prefix, realisation, sharing, dhcp_ports, idc_ids,
                        created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
      [
        id,
        poolId,
        projectId,
        name,
        slot,
        baseOf(block),
        block.prefix,
        infra.realisation,
        sharing,
        infra.dhcpPorts,
        JSON.stringify(idcIds),
      ],
    );
  }

  async find(tx: Transaction, id: string): Promise<VpcRow | null> {
    const [row] = await select<VpcColumns>(
      tx,
      `SELECT ${VPC_COLUMNS('')}
         FROM vpc v JOIN address_pool p ON p.id = v.pool_id WHERE v.id = ?`,
      [id],
    );
    return row ? toVpc(row) : null;
  }

  /** Whoever changes subnets or segments of the VPC holds this lock. */
  async lock(tx: Transaction, id: string): Promise<VpcRow | null> {
    // Locked by itself: a join would lock the row of the pool too, and with it every other VPC.
    const locked = await select(tx, 'SELECT id FROM vpc WHERE id = ? FOR UPDATE', [id]);
    return locked.length > 0 ? this.find(tx, id) : null;
  }

  /** Ids of VPCs of the pool, a bounded number. */
  async ofPool(tx: Transaction, poolId: string, limit: number): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      'SELECT id FROM vpc WHERE pool_id = ? ORDER BY slot LIMIT ?',
      [poolId, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Ids in their order, for going through all VPCs some at a time. */
  async idsAfter(tx: Transaction, after: string | null, limit: number): Promise<string[]> {
    const rows = await select<{ id: string }>(tx, 'SELECT id FROM vpc WHERE id > ? ORDER BY id LIMIT ?', [
      after ?? '',
      limit,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Counts a change; returns the generation that it makes. The caller holds the lock. */
  async advance(tx: Transaction, vpc: { id: string; generation: number }): Promise<number> {
    await change(tx, 'UPDATE vpc SET generation = generation + 1 WHERE id = ?', [vpc.id]);
    return vpc.generation + 1;
  }

  /** The lowest slot from this one on and below `slots` that no VPC of the pool has; null when all are taken. */
  async lowestFreeSlot(tx: Transaction, poolId: string, from: number, slots: bigint): Promise<number | null> {
    const [row] = await select<{ slot: number | string | null }>(
      tx,
      `SELECT MIN(free.slot) AS slot FROM (
         SELECT ? AS slot UNION ALL SELECT slot + 1 FROM vpc WHERE pool_id = ? AND slot >= ?
       ) free
        WHERE free.slot < ? AND NOT EXISTS (SELECT 1 FROM vpc v WHERE v.pool_id = ? AND v.slot = free.slot)`,
      [from, poolId, from, slots.toString(), poolId],
    );
    return row === undefined || row.slot === null ? null : Number(row.slot);
  }

  async atSlot(tx: Transaction, poolId: string, slot: number): Promise<{ id: string; block: Block } | null> {
    const [row] = await select<BlockColumns & { id: string }>(
      tx,
      'SELECT id, base, prefix FROM vpc WHERE pool_id = ? AND slot = ?',
      [poolId, slot],
    );
    return row ? { id: row.id, block: toBlock(row) } : null;
  }

  async update(tx: Transaction, id: string, wish: { name?: string; sharing?: Sharing }): Promise<void> {
    const { name = null, sharing = null } = wish;
    await change(tx, 'UPDATE vpc SET name = COALESCE(?, name), sharing = COALESCE(?, sharing) WHERE id = ?', [
      name,
      sharing,
      id,
    ]);
  }

  /** One page and one row more. */
  async list(tx: Transaction, filter: VpcFilter, page: Page<VpcSort>): Promise<VpcRow[]> {
    const keyset = keysetSql(page, { name: 'v.name', created_at: 'v.id' }, 'v.id');
    const { where, params } = conditionsOf([
      ['v.project_id = ?', filter.projectId],
      ['v.name = ?', filter.name],
      ['v.pool_id = ?', filter.poolId],
    ]);
    const rows = await select<VpcColumns>(
      tx,
      `SELECT ${VPC_COLUMNS('')} FROM vpc v JOIN address_pool p ON p.id = v.pool_id
        WHERE ${[keyset.where, ...where].join(' AND ')} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...keyset.params, ...params],
    );
    return rows.map(toVpc);
  }

  async setIdcs(tx: Transaction, id: string, idcIds: readonly string[]): Promise<void> {
    await change(tx, 'UPDATE vpc SET idc_ids = ? WHERE id = ?', [JSON.stringify(idcIds), id]);
  }
}

export function toVpc(row: VpcColumns): VpcRow {
  return {
    id: row.id,
    poolId: row.pool_id,
    projectId: row.project_id,
    name: row.name,
    slot: row.slot,
    block: toBlock(row),
    infra: { realisation: row.realisation, dhcpPorts: row.dhcp_ports },
    sharing: row.sharing,
    idcIds: row.idc_ids,
    generation: row.generation,
    createdAt: row.created_at,
    deleting: row.deleting_at !== null,
    policy: { vpc: row.vpc_prefix, subnet: row.subnet_prefix, segment: row.segment_prefix },
  };
}
