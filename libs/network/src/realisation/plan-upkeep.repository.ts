import { Injectable } from '@nestjs/common';
import { select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { SegmentState } from '../address-plan/segment/segment.state.js';

/** A segment that somebody must work on, and nobody does. */
export interface IdleSegment {
  segmentId: string;
  vpcId: string;
  subnetId: string;
  projectId: string;
  state: SegmentState;
}

export interface PlanPlace {
  vpcId: string;
  idcId: string;
}

const RUNNING = `('queued', 'running', 'waiting', 'unwinding', 'stuck')`;

const IDLE = `
  SELECT s.id AS segmentId, s.vpc_id AS vpcId, s.subnet_id AS subnetId, v.project_id AS projectId, s.state
    FROM segment s JOIN vpc v ON v.id = s.vpc_id JOIN subnet n ON n.id = s.subnet_id
    LEFT JOIN task t ON t.id = s.task_id AND t.status IN ${RUNNING}`;

/** What the plan's upkeep asks. All times are the database's. */
@Injectable()
export class PlanUpkeepRepository {
  /** Segments whose time to be tried again has come. */
  async dueRetries(tx: Transaction, limit: number): Promise<IdleSegment[]> {
    return select(
      tx,
      `${IDLE} WHERE s.retry_at <= UTC_TIMESTAMP(6) AND t.id IS NULL
          AND (s.state <> 'draining' OR s.held = s.infra OR n.deleting_at IS NOT NULL)
        ORDER BY s.retry_at LIMIT ?`,
      [limit],
    );
  }

  /**
   * Segments that wait for a task that nobody made: draining ones that are empty by now, and those dealt out whose task
   * has gone. A segment that failed waits for its time instead.
   */
  async forgotten(tx: Transaction, limit: number): Promise<IdleSegment[]> {
    return select(
      tx,
      `${IDLE} WHERE s.retry_at IS NULL AND s.fault IS NULL AND t.id IS NULL
          AND (s.state = 'draining' AND (s.held = s.infra OR n.deleting_at IS NOT NULL)
               OR s.state IN ('reserved', 'creating'))
        ORDER BY s.id LIMIT ?`,
      [limit],
    );
  }

  /** Nobody else begins with it from now on; false when somebody was first. */
  async claim(tx: Transaction, { segmentId, state }: IdleSegment): Promise<boolean> {
    const [row] = await select<{ running: number }>(
      tx,
      `SELECT EXISTS (SELECT 1 FROM task t WHERE t.id = s.task_id AND t.status IN ${RUNNING}) AS running
         FROM segment s WHERE s.id = ? AND s.state = ? FOR UPDATE`,
      [segmentId, state],
    );
    return row !== undefined && Number(row.running) === 0;
  }

  /** Subnets that are being deleted, of which no cluster has anything any more and on which nobody works. */
  async emptied(tx: Transaction, limit: number): Promise<{ subnetId: string; vpcId: string }[]> {
    return select(
      tx,
      `SELECT n.id AS subnetId, n.vpc_id AS vpcId FROM subnet n
        WHERE n.deleting_at < UTC_TIMESTAMP(6) - INTERVAL 5 SECOND
          AND NOT EXISTS (SELECT 1 FROM segment s WHERE s.subnet_id = n.id AND s.state NOT IN ('spare', 'quarantined'))
          AND NOT EXISTS (SELECT 1 FROM task t WHERE t.resource_kind = 'subnet' AND t.resource_id = n.id
                             AND t.status IN ${RUNNING})
        ORDER BY n.id LIMIT ?`,
      [limit],
    );
  }

  /** All places of the plan, a page at a time. */
  async places(tx: Transaction, after: PlanPlace | null, limit: number): Promise<PlanPlace[]> {
    return select(
      tx,
      `SELECT DISTINCT vpc_id AS vpcId, idc_id AS idcId FROM subnet
        WHERE deleting_at IS NULL AND (vpc_id, idc_id) > (?, ?) ORDER BY vpc_id, idc_id LIMIT ?`,
      [after?.vpcId ?? '', after?.idcId ?? '', limit],
    );
  }

  async projectOf(tx: Transaction, vpcId: string): Promise<string | null> {
    const [row] = await select<{ id: string }>(tx, 'SELECT project_id AS id FROM vpc WHERE id = ?', [vpcId]);
    return row?.id ?? null;
  }

  /** Reservations that lapse within so many seconds although a task works on what they are for. */
  async lapsing(tx: Transaction, withinS: number, limit: number): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT DISTINCT a.reservation_id AS id FROM address a
        WHERE a.state = 'reserved' AND a.expires_at < UTC_TIMESTAMP(6) + INTERVAL ? SECOND
          AND EXISTS (SELECT 1 FROM port p JOIN task t ON t.id = p.task_id
                       WHERE p.reservation_id = a.reservation_id AND t.status IN ${RUNNING})
        LIMIT ?`,
      [withinS, limit],
    );
    return rows.map(({ id }) => id);
  }
}
