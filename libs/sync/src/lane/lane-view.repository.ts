import { Injectable } from '@nestjs/common';
import type { FaultRecord } from '@ultron/kernel/fault';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { keysetSql, type Page } from '@ultron/platform/paging/page';
import { MEMBER_TTL_MS } from '../membership/membership.rules.js';
import type { LaneKey } from '../observed/observed-store.js';
import type { PassMode, PassOutcome } from '../pass/pass.types.js';
import type { SyncPassEntity } from '../pass/sync-pass.entity.js';
import { PASSES_KEPT } from '../pass/sync-pass.repository.js';
import type { LaneEntity } from './lane.entity.js';
import type { LaneFilter, LaneSort, LaneState, LaneView, PassView } from './lane-view.types.js';

const LAG = `TIMESTAMPDIFF(MICROSECOND, l.fresh_at, UTC_TIMESTAMP(6)) / 1000`;
const ID = `CONCAT(l.cluster_id, '/', l.kind)`;
/** The worst comes first. */
export const STATE = `CASE
  WHEN l.paused = 1 THEN 'paused' WHEN l.resting = 1 THEN 'resting'
  WHEN l.owner_id IS NULL OR m.conductor_id IS NULL
    OR m.beat_at <= UTC_TIMESTAMP(6) - INTERVAL ${MEMBER_TTL_MS * 1000} MICROSECOND THEN 'unowned'
  WHEN l.brake = 'on' THEN 'braked' WHEN l.failures > 0 THEN 'failing'
  WHEN l.fresh_at IS NULL THEN 'new' WHEN ${LAG} > t.objective_ms * l.slowness THEN 'late' ELSE 'well' END`;
export const LANES = `lane l JOIN sync_tier t ON t.name = l.tier
  LEFT JOIN lane_conductor m ON m.conductor_id = l.owner_id`;

interface Row extends LaneEntity {
  id: string;
  state: LaneState;
  lag_ms: string | null;
  objective_ms: number;
  owner_name: string | null;
  owner_alive: number | null;
  circuit_opened_at: Date | null;
  circuit_next_try_at: Date | null;
}

/** What operators see of lanes, and what they want of them. */
@Injectable()
export class LaneViewRepository {
  /** One page and one lane more. */
  async list(tx: Transaction, filter: LaneFilter, page: Page<LaneSort>): Promise<LaneView[]> {
    const { where, values } = conditions(filter);
    // In milliseconds, as the API shows it.
    const freshAt = `COALESCE(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', l.fresh_at) DIV 1000, 0)`;
    const sql = keysetSql(page, { id: ID, fresh_at: freshAt }, ID);
    const rows = await select<Row>(
      tx,
      `${SHOWN} WHERE ${where} AND ${sql.where} ORDER BY ${sql.orderBy} LIMIT ${sql.limit}`,
      [...values, ...sql.params],
    );
    return rows.map(toView);
  }

  async find(tx: Transaction, { clusterId, kind }: LaneKey): Promise<LaneView | null> {
    const [row] = await select<Row>(tx, `${SHOWN} WHERE l.cluster_id = ? AND l.kind = ?`, [clusterId, kind]);
    return row ? toView(row) : null;
  }

  /** The last passes that did anything, newest first. */
  async passes(tx: Transaction, { clusterId, kind }: LaneKey): Promise<PassView[]> {
    const rows = await select<SyncPassEntity>(
      tx,
      'SELECT * FROM sync_pass WHERE cluster_id = ? AND kind = ? ORDER BY number DESC LIMIT ?',
      [clusterId, kind, PASSES_KEPT],
    );
    return rows.map(toPass);
  }

  /** A full pass serves every other wish: one that is wanted already stays so. */
  async runNow(tx: Transaction, { clusterId, kind }: LaneKey, mode: PassMode): Promise<void> {
    await change(
      tx,
      `UPDATE lane SET asked_for = IF(asked_for = 'full', asked_for, ?), next_due_at = IF(pass_started_at IS NULL, UTC_TIMESTAMP(6), next_due_at)
       WHERE cluster_id = ? AND kind = ?`,
      [mode, clusterId, kind],
    );
  }

  async pause(tx: Transaction, { clusterId, kind }: LaneKey, paused: boolean): Promise<void> {
    await change(
      tx,
      `UPDATE lane SET paused = ?, next_due_at = IF(pass_started_at IS NULL, UTC_TIMESTAMP(6), next_due_at)
       WHERE cluster_id = ? AND kind = ?`,
      [paused ? 1 : 0, clusterId, kind],
    );
  }

  /** False when it is not on. */
  async releaseBrake(tx: Transaction, lane: LaneKey): Promise<boolean> {
    const matched = await change(
      tx,
      `UPDATE lane SET brake = 'released' WHERE cluster_id = ? AND kind = ? AND brake = 'on'`,
      [lane.clusterId, lane.kind],
    );
    return matched === 1;
  }
}

const SHOWN = `SELECT l.*, ${ID} AS id, ${STATE} AS state, ${LAG} AS lag_ms, t.objective_ms * l.slowness AS objective_ms,
  m.name AS owner_name, m.beat_at > UTC_TIMESTAMP(6) - INTERVAL ${MEMBER_TTL_MS * 1000} MICROSECOND AS owner_alive,
  o.opened_at AS circuit_opened_at, o.next_try_at AS circuit_next_try_at
  FROM ${LANES} LEFT JOIN open_circuit o ON o.cluster_id = l.cluster_id AND o.conductor_id = m.conductor_id
    AND m.beat_at > UTC_TIMESTAMP(6) - INTERVAL ${MEMBER_TTL_MS * 1000} MICROSECOND`;

function conditions(filter: LaneFilter): { where: string; values: unknown[] } {
  const columns: [string, unknown][] = [
    ['l.cluster_id', filter.clusterId],
    ['l.kind', filter.kind],
    ['l.domain', filter.domain],
    ['l.tier', filter.tier],
    ['l.conductor_group', filter.conductorGroup],
    ['l.owner_id', filter.ownerId],
    [STATE, filter.state],
  ];
  const given = columns.filter(([, value]) => value !== undefined);
  return {
    where: given.map(([column]) => `${column} = ?`).join(' AND ') || '1',
    values: given.map(([, value]) => value),
  };
}

function toView(row: Row): LaneView {
  return {
    ...placeOf(row),
    ...timesOf(row),
    last:
      row.last_started_at === null
        ? null
        : {
            startedAt: row.last_started_at,
            finishedAt: row.last_finished_at,
            outcome: row.last_outcome as PassOutcome,
            seen: row.seen_count,
            written: row.written_count,
          },
    present: row.present_count,
    missing: row.missing_count,
    gone: row.gone_count,
    failures: row.failures,
    failingSince: row.failing_since,
    fault: row.fault as FaultRecord | null,
    brake: {
      state: row.brake as LaneView['brake']['state'],
      since: row.brake_at,
      known: row.brake_known,
      unseen: row.brake_unseen,
    },
  };
}

const placeOf = (row: Row) => ({
  id: row.id,
  clusterId: row.cluster_id,
  kind: row.kind,
  domain: row.domain,
  conductorGroup: row.conductor_group,
  state: row.state,
  tier: row.tier,
  objectiveMs: Number(row.objective_ms),
  lagMs: row.lag_ms === null ? null : Number(row.lag_ms),
  strategy: { changes: row.changes_by, deletions: row.deletions_by } as LaneView['strategy'],
  owner:
    row.owner_id === null
      ? null
      : { id: row.owner_id, name: row.owner_name, alive: Number(row.owner_alive) === 1 },
  circuit:
    row.circuit_opened_at === null || row.circuit_next_try_at === null
      ? null
      : { openedAt: row.circuit_opened_at, nextTryAt: row.circuit_next_try_at },
  epoch: row.epoch,
});

const timesOf = (row: Row) => ({
  takenAt: row.taken_at,
  running:
    row.pass_started_at === null ? null : { mode: row.pass_mode as PassMode, startedAt: row.pass_started_at },
  nextDueAt: row.next_due_at,
  cursorAt: row.cursor_at,
  freshAt: row.fresh_at,
  fullAt: row.full_at,
  changesAt: row.changes_at,
  idsAt: row.ids_at,
  fullMs: row.full_ms,
  changesMs: row.changes_ms,
});

const toPass = (row: SyncPassEntity): PassView => ({
  number: Number(row.number),
  mode: row.mode as PassMode,
  conductorId: row.conductor_id,
  epoch: row.epoch,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  outcome: row.outcome as PassOutcome,
  pages: row.pages,
  seen: row.seen_count,
  written: row.written_count,
  missing: row.missing_count,
  gone: row.gone_count,
  fault: row.fault as FaultRecord | null,
});
