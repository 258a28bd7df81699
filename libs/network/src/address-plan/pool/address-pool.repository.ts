import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import type { Block } from '../block/block.js';
import { baseOf, toBlock, type BlockColumns } from '../block/block.row.js';
import type { PrefixPolicy } from './pool.rules.js';

export interface PoolRow {
  id: string;
  name: string;
  block: Block;
  policy: PrefixPolicy;
  nextSlot: number;
  createdAt: Date;
}

export type NewPool = Omit<PoolRow, 'nextSlot' | 'createdAt'>;

interface Columns extends BlockColumns {
  id: string;
  name: string;
  vpc_prefix: number;
  subnet_prefix: number;
  segment_prefix: number;
  next_slot: number;
  created_at: Date;
}

export type PoolSort = 'name' | 'created_at';

const SELECT = `SELECT id, name, base, prefix, vpc_prefix, subnet_prefix, segment_prefix, next_slot,
                         created_at
                  FROM address_pool`;

@Injectable()
export class AddressPoolRepository {
  async insert(tx: Transaction, pool: NewPool): Promise<void> {
    const { id, name, block, policy } = pool;
    await change(
      tx,
      `INSERT INTO address_pool (id, name, family, base, prefix, vpc_prefix, subnet_prefix, segment_prefix, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
      [id, name, block.family, baseOf(block), block.prefix, policy.vpc, policy.subnet, policy.segment],
    );
  }

  async find(tx: Transaction, id: string): Promise<PoolRow | null> {
    const [row] = await select<Columns>(tx, `${SELECT} WHERE id = ?`, [id]);
    return row ? toPool(row) : null;
  }

  /** By its id or its name. */
  async named(tx: Transaction, nameOrId: string): Promise<PoolRow | null> {
    const [row] = await select<Columns>(tx, `${SELECT} WHERE id = ? OR name = ? LIMIT 1`, [
      nameOrId,
      nameOrId,
    ]);
    return row ? toPool(row) : null;
  }

  /** One page and one row more. */
  async list(tx: Transaction, name: string | undefined, page: Page<PoolSort>): Promise<PoolRow[]> {
    const keyset = keysetSql(page, { name: 'name', created_at: 'id' }, 'id');
    const rows = await select<Columns>(
      tx,
      `${SELECT} WHERE ${keyset.where} AND (? IS NULL OR name = ?) ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      [...keyset.params, name ?? null, name ?? null],
    );
    return rows.map(toPool);
  }

  /** How many VPCs each of the pools has. */
  async vpcsOf(tx: Transaction, ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await select<{ id: string; n: number }>(
      tx,
      'SELECT pool_id AS id, COUNT(*) AS n FROM vpc WHERE pool_id IN (?) GROUP BY pool_id',
      [ids],
    );
    return new Map(rows.map(({ id, n }) => [id, Number(n)]));
  }

  async lock(tx: Transaction, id: string): Promise<PoolRow | null> {
    const [row] = await select<Columns>(tx, `${SELECT} WHERE id = ? FOR UPDATE`, [id]);
    return row ? toPool(row) : null;
  }

  /** All pools, also those that others are just inserting: waits for them. */
  async lockAll(tx: Transaction): Promise<PoolRow[]> {
    return (await select<Columns>(tx, `${SELECT} ORDER BY id FOR UPDATE`)).map(toPool);
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    await change(tx, 'DELETE FROM address_pool WHERE id = ?', [id]);
  }

  async setNextSlot(tx: Transaction, id: string, slot: number): Promise<void> {
    await change(tx, 'UPDATE address_pool SET next_slot = ? WHERE id = ?', [slot, id]);
  }
}

function toPool(row: Columns): PoolRow {
  return {
    id: row.id,
    name: row.name,
    block: toBlock(row),
    policy: { vpc: row.vpc_prefix, subnet: row.subnet_prefix, segment: row.segment_prefix },
    nextSlot: row.next_slot,
    createdAt: row.created_at,
  };
}
