import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Block } from '../block/block.js';
import { baseOf, toBlock, type BlockColumns } from '../block/block.row.js';

export interface SubnetRow {
  id: string;
  vpcId: string;
  idcId: string;
  slot: number;
  block: Block;
  deleting: boolean;
  createdAt: Date;
}

export type NewSubnet = Omit<SubnetRow, 'deleting' | 'createdAt'>;

export interface SubnetColumns extends BlockColumns {
  id: string;
  vpc_id: string;
  idc_id: string;
  slot: number;
  created_at: Date;
  deleting_at: Date | null;
}

/** The columns of a subnet `n`, named with a prefix where a join has others beside them. */
export const SUBNET_COLUMNS = (prefix: string) =>
  ['id', 'vpc_id', 'idc_id', 'slot', 'base', 'prefix', 'created_at', 'deleting_at']
    .map((column) => `n.${column} AS ${prefix}${column}`)
    .join(', ');

@Injectable()
export class SubnetRepository {
  async insert(tx: Transaction, subnet: NewSubnet): Promise<void> {
    const { id, vpcId, idcId, slot, block } = subnet;
    await change(
      tx,
      `INSERT INTO subnet (id, vpc_id, idc_id, slot, base, prefix, created_at)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
      [id, vpcId, idcId, slot, baseOf(block), block.prefix],
    );
  }

  async find(tx: Transaction, id: string): Promise<SubnetRow | null> {
    const [row] = await select<SubnetColumns>(tx, 'SELECT * FROM subnet WHERE id = ?', [id]);
    return row ? toSubnet(row) : null;
  }

  /** The subnets of the VPC in the order of their slots. */
  async ofVpc(tx: Transaction, vpcId: string): Promise<SubnetRow[]> {
    const rows = await select<SubnetColumns>(tx, 'SELECT * FROM subnet WHERE vpc_id = ? ORDER BY slot', [
      vpcId,
    ]);
    return rows.map(toSubnet);
  }
}

export function toSubnet(row: SubnetColumns): SubnetRow {
  return {
    id: row.id,
    vpcId: row.vpc_id,
    idcId: row.idc_id,
    slot: row.slot,
    block: toBlock(row),
    deleting: row.deleting_at !== null,
    createdAt: row.created_at,
  };
}
