import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { lastOf, toBytes, type Block } from '../block/block.js';
import { baseOf } from '../block/block.row.js';
import { SEGMENT_COLUMNS, toSegment, type SegmentColumns, type SegmentRow } from './segment.repository.js';

/** A segment as it is shown: who holds it, how full it is, and what is wrong with it. */
export interface SegmentView extends SegmentRow {
  clusterName: string | null;
  reserved: number;
  bound: number;
  cooling: number;
  /** Taken out of the plan because ports of others have them. */
  takenOut: number;
  fault: FaultRecord | null;
  tries: number;
  retryAt: Date | null;
  taskId: string | null;
  openstackSubnetId: string | null;
}

interface Columns extends SegmentColumns {
  cluster_name: string | null;
  fault: FaultRecord | null;
  tries: number;
  retry_at: Date | null;
  task_id: string | null;
  openstack_subnet_id: string | null;
}

@Injectable()
export class SegmentViewRepository {
  /** The segments of a subnet, the lowest first. */
  async ofSubnet(
    tx: Transaction,
    { id, scopeId, block }: { id: string; scopeId: string; block: Block },
  ): Promise<SegmentView[]> {
    const rows = await select<Columns>(
      tx,
      `SELECT ${SEGMENT_COLUMNS('')}, c.name AS cluster_name, g.fault, g.tries, g.retry_at, g.task_id,
              g.openstack_subnet_id
         FROM segment g LEFT JOIN cluster c ON c.id = g.cluster_id WHERE g.subnet_id = ? ORDER BY g.base`,
      [id],
    );
    const counts = await this.counts(tx, scopeId, block);
    return rows.map((row): SegmentView => {
      const count = (state: string) =>
        counts.find((one) => one.segmentId === row.id && one.state === state)?.n ?? 0;
      return {
        ...toSegment(row),
        clusterName: row.cluster_name,
        reserved: Number(count('reserved')),
        bound: Number(count('bound')),
        cooling: Number(count('cooling')),
        takenOut: Number(count('taken_out')),
        fault: row.fault,
        tries: row.tries,
        retryAt: row.retry_at,
        taskId: row.task_id,
        openstackSubnetId: row.openstack_subnet_id,
      };
    });
  }

  private counts(
    tx: Transaction,
    scopeId: string,
    block: Block,
  ): Promise<{ segmentId: string; state: string; n: number }[]> {
    return select(
      tx,
      `SELECT segment_id AS segmentId, IF(purpose IS NULL, state, 'taken_out') AS state, COUNT(*) AS n
         FROM address WHERE scope_id = ? AND address BETWEEN ? AND ? GROUP BY 1, 2`,
      [scopeId, baseOf(block), toBytes(block.family, lastOf(block))],
    );
  }
}
