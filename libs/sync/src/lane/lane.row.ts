import type { LaneStrategy } from '../kind/sync-kind.js';
import type { BrakeState } from '../pass/brake.rules.js';
import type { PassMode } from '../pass/pass.types.js';
import type { Lane } from './lane.types.js';

/** Milliseconds from now until the time in the column. */
const until = (column: string): string =>
  `TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), l.${column}) / 1000 AS ${column.replace(/_at$/, '_in')}`;

export const DUE_COLUMNS = `l.cluster_id, l.kind, l.domain, l.epoch, l.changes_by, l.deletions_by, l.slowness,
  ${['full_due_at', 'changes_due_at', 'ids_due_at', 'confirm_due_at', 'next_due_at', 'fresh_at'].map(until).join(', ')},
  l.asked_for, l.cursor_at, l.failures, l.missing_count, l.brake, l.brake_unseen, l.pass_started_at IS NOT NULL AS in_pass,
  t.name AS tier, t.objective_ms, t.changes_ms, t.ids_ms, t.full_ms, t.brake_at_least, t.brake_share`;

/**
 * A pass that its owner will not end is begun again, since it may have been asked for; a full one serves every wish. In
 * an UPDATE of `lane`, whose assignments are done in their order.
 */
export const PASS_GIVEN_UP = `asked_for = IF(pass_mode = 'full', pass_mode, COALESCE(asked_for, pass_mode)),
  pass_mode = NULL, next_due_at = IF(pass_started_at IS NULL, next_due_at, UTC_TIMESTAMP(6)), pass_started_at = NULL`;

/** Whether somebody asked for the lane or waits for a confirmation, and its `debtOf`: the order of `admit`. */
export const WANTED = '(l.asked_for IS NOT NULL OR COALESCE(l.confirm_due_at <= UTC_TIMESTAMP(6), 0))';
export const DEBT = `COALESCE(TIMESTAMPDIFF(MICROSECOND, l.fresh_at, UTC_TIMESTAMP(6)) / 1000
  / (t.objective_ms * l.slowness), 1)`;

export interface DueRow {
  cluster_id: string;
  kind: string;
  domain: string;
  epoch: number;
  changes_by: LaneStrategy['changes'];
  deletions_by: LaneStrategy['deletions'];
  slowness: number;
  full_due_in: string;
  changes_due_in: string | null;
  ids_due_in: string | null;
  confirm_due_in: string | null;
  next_due_in: string;
  fresh_in: string | null;
  asked_for: PassMode | null;
  cursor_at: Date | null;
  failures: number;
  missing_count: number;
  brake: BrakeState;
  brake_unseen: number | null;
  in_pass: number;
  tier: string;
  objective_ms: number;
  changes_ms: number;
  ids_ms: number;
  full_ms: number;
  brake_at_least: number;
  brake_share: number;
}

export function toLane(row: DueRow): Lane {
  return {
    clusterId: row.cluster_id,
    kind: row.kind,
    domain: row.domain,
    epoch: row.epoch,
    strategy: { changes: row.changes_by, deletions: row.deletions_by },
    slowness: row.slowness,
    tier: {
      name: row.tier,
      objectiveMs: row.objective_ms,
      changesMs: row.changes_ms,
      idsMs: row.ids_ms,
      fullMs: row.full_ms,
      brake: { atLeast: row.brake_at_least, share: Number(row.brake_share) },
    },
    due: {
      full: Number(row.full_due_in),
      changes: numberOrNull(row.changes_due_in),
      ids: numberOrNull(row.ids_due_in),
      confirm: numberOrNull(row.confirm_due_in),
    },
    askedFor: row.asked_for,
    overdueMs: -Number(row.next_due_in),
    ageMs: row.fresh_in === null ? null : -Number(row.fresh_in),
    cursorAt: row.cursor_at,
    failures: row.failures,
    missing: row.missing_count,
    brake: row.brake,
    brakeUnseen: row.brake_unseen,
    inPass: Number(row.in_pass) === 1,
  };
}

const numberOrNull = (value: string | null): number | null => (value === null ? null : Number(value));
