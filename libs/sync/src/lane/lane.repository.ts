import { Injectable } from '@nestjs/common';
import { change, rowsOf, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import { MEMBER_TTL_MS } from '../membership/membership.rules.js';
import type { LaneKey } from '../observed/observed-store.js';
import type { PassMode } from '../pass/pass.types.js';
import { DIGITS } from './lane-digest.rules.js';
import { LaneLost } from './lane.errors.js';
import { DEBT, DUE_COLUMNS, type DueRow, PASS_GIVEN_UP, toLane, WANTED } from './lane.row.js';
import { isBraked, type Lane, type LaneClaim, type LaneWish, type PassEnd } from './lane.types.js';
import type { NextTimes } from './schedule.rules.js';

const US_PER_MS = 1000;
const MODES: readonly PassMode[] = ['full', 'changes', 'ids', 'confirm'];
const IN = 'UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND';
/** For a mode that is not due at all. */
export const NEVER = `'9999-12-31'`;

/** The lanes of conductors: what is due, who owns it, and what a pass has come to. */
@Injectable()
export class LaneRepository {
  /**
   * The lanes of the owner that are due, in the order of `admit`. Those of clusters in which nothing may begin are left
   * out: they stay due, and would hide all others.
   */
  async due(
    tx: Transaction,
    conductorId: string,
    limit: number,
    closedClusters: readonly string[] = [],
  ): Promise<Lane[]> {
    const open =
      closedClusters.length > 0 ? `AND l.cluster_id NOT IN (${rowsOf(closedClusters.length, '?')})` : '';
    const rows = await select<DueRow>(
      tx,
      `SELECT ${DUE_COLUMNS} FROM lane l JOIN sync_tier t ON t.name = l.tier
       WHERE l.owner_id = ? AND l.next_due_at <= UTC_TIMESTAMP(6) AND l.resting = 0 AND l.paused = 0 ${open}
       ORDER BY ${WANTED} DESC, ${DEBT} DESC, l.next_due_at LIMIT ?`,
      [conductorId, ...closedClusters, limit],
    );
    return rows.map(toLane);
  }

  async find(
    tx: Transaction,
    { clusterId, kind }: LaneKey,
  ): Promise<(Lane & { ownerId: string | null; atRest: boolean }) | null> {
    const [row] = await select<DueRow & { owner_id: string | null; at_rest: number }>(
      tx,
      `SELECT ${DUE_COLUMNS}, l.owner_id, (l.paused = 1 OR l.resting = 1) AS at_rest FROM lane l JOIN sync_tier t ON t.name = l.tier
       WHERE l.cluster_id = ? AND l.kind = ?`,
      [clusterId, kind],
    );
    return row ? { ...toLane(row), ownerId: row.owner_id, atRest: Number(row.at_rest) === 1 } : null;
  }

  /**
   * Whether the pass may begin: the lane is still the owner's. While it runs the lane is not due. It serves the wish that
   * it was chosen by; one that came since then is still to be served.
   */
  async begin(
    tx: Transaction,
    claim: LaneClaim,
    mode: PassMode,
    askedFor: PassMode | null,
  ): Promise<boolean> {
    const matched = await change(
      tx,
      `UPDATE lane SET pass_mode = ?, pass_started_at = UTC_TIMESTAMP(6), pass_number = pass_number + 1,
         asked_for = NULLIF(asked_for, ?), next_due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY
       WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ? AND paused = 0 AND resting = 0`,
      [mode, askedFor, claim.clusterId, claim.kind, claim.conductorId, claim.epoch],
    );
    return matched === 1;
  }

  /**
   * Holds the lane until the transaction ends, so that nobody can take it over in between.
   * @throws LaneLost when it is not the claimant's, or the claimant was not heard for too long.
   */
  async hold(tx: Transaction, claim: LaneClaim): Promise<void> {
    const { clusterId, kind, conductorId, epoch } = claim;
    // A subquery in the list of columns is not locked: heartbeats must not wait for those who write.
    const [row] = await select<{ alive: number | null }>(
      tx,
      `SELECT (SELECT beat_at > UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND FROM lane_conductor
               WHERE conductor_id = ?) AS alive
       FROM lane WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ? FOR UPDATE`,
      [MEMBER_TTL_MS * US_PER_MS, conductorId, clusterId, kind, conductorId, epoch],
    );
    if (!row || Number(row.alive ?? 0) !== 1) throw new LaneLost(claim);
  }

  /** Records what a pass has come to. False when the lane is not the claimant's any more; nothing is written then. */
  async finish(tx: Transaction, claim: LaneClaim, end: PassEnd): Promise<boolean> {
    const sets: string[] = [];
    const values: unknown[] = [];
    const set = (sql: string, ...more: unknown[]): void => {
      sets.push(sql);
      values.push(...more);
    };
    if (end.refreshed) set('fresh_at = pass_started_at');
    // Others conclude from these that what was not seen by then is not there, and so must not when the lane does not.
    const concluded = end.outcome === 'complete' && !isBraked(end);
    if (concluded && end.mode !== 'confirm') set(`${end.mode}_at = pass_started_at`);
    if (concluded && (end.mode === 'full' || end.mode === 'changes'))
      set(`${end.mode}_ms = ?`, end.durationMs);
    set(
      'last_started_at = pass_started_at, last_finished_at = UTC_TIMESTAMP(6), last_outcome = ?',
      end.outcome,
    );
    if (end.mode !== 'confirm') {
      set('seen_count = ?, written_count = ?', end.counts.seen, end.counts.written);
    }
    set('gone_count = gone_count + ?', end.counts.gone);
    if (end.cursorAt) set('cursor_at = ?', end.cursorAt);
    if (end.present !== undefined) set('present_count = ?', end.present);
    if (end.missing !== undefined) set('missing_count = ?', end.missing);
    setBrake(end, set);
    setOutcome(end, set);
    setTimes(end.next, set);
    set('pass_mode = NULL, pass_started_at = NULL');
    const matched = await change(
      tx,
      `UPDATE lane SET ${sets.join(', ')} WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ?`,
      [...values, claim.clusterId, claim.kind, claim.conductorId, claim.epoch],
    );
    return matched === 1;
  }

  /** Missing objects were found by other means than a pass: they are asked for soon, however many more follow. */
  async confirmSoon(tx: Transaction, claim: LaneClaim, afterMs: number): Promise<void> {
    await change(
      tx,
      `UPDATE lane SET confirm_due_at = LEAST(COALESCE(confirm_due_at, ${NEVER}), ${IN}),
         next_due_at = IF(pass_started_at IS NULL, LEAST(next_due_at, ${IN}), next_due_at)
       WHERE cluster_id = ? AND kind = ? AND owner_id = ? AND epoch = ?`,
      [afterMs * US_PER_MS, afterMs * US_PER_MS, claim.clusterId, claim.kind, claim.conductorId, claim.epoch],
    );
  }

  /** The owner is not at the pass that the row says it is at: the lane is due at once. How many there were. */
  async resume(tx: Transaction, conductorId: string, running: readonly LaneKey[]): Promise<number> {
    // Found without locks first: rows that are passed over must not be locked for even a moment.
    const stale = await select<{ cluster_id: string; kind: string }>(
      tx,
      `SELECT cluster_id, kind FROM lane
       WHERE owner_id = ? AND pass_started_at < UTC_TIMESTAMP(6) - INTERVAL 10 SECOND`,
      [conductorId],
    );
    const known = new Set(running.map(({ clusterId, kind }) => `${clusterId}/${kind}`));
    const lost = stale.filter((row) => !known.has(`${row.cluster_id}/${row.kind}`));
    if (lost.length === 0) return 0;
    return change(
      tx,
      `UPDATE lane SET ${PASS_GIVEN_UP}
       WHERE (cluster_id, kind) IN (${rowsOf(lost.length, '(?, ?)')}) AND owner_id = ?`,
      [...lost.flatMap((row) => [row.cluster_id, row.kind]), conductorId],
    );
  }

  /** Makes the lanes of some clusters as they should be; those that are new are due within `spreadMs`. */
  async ensure(tx: Transaction, wishes: readonly LaneWish[], spreadMs: number): Promise<void> {
    if (wishes.length === 0) return;
    // A changed strategy takes effect with the next pass, which is made soon.
    await change(
      tx,
      `INSERT INTO lane (cluster_id, kind, domain, conductor_group, tier, changes_by, deletions_by, slowness, resting,
         next_due_at, full_due_at, created_at)
       VALUES ${rowsOf(
         wishes.length,
         `(?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
       )}
       ON DUPLICATE KEY UPDATE
         next_due_at = IF(pass_started_at IS NULL AND (resting > VALUES(resting)
           OR changes_by <> VALUES(changes_by) OR deletions_by <> VALUES(deletions_by)),
           LEAST(next_due_at, VALUES(next_due_at)), next_due_at),
         full_due_at = IF(changes_by <> VALUES(changes_by), UTC_TIMESTAMP(6), full_due_at),
         changes_due_at = IF(changes_by <> VALUES(changes_by), NULL, changes_due_at),
         changes_at = IF(changes_by <> VALUES(changes_by), NULL, changes_at),
         ids_due_at = IF(deletions_by <> VALUES(deletions_by), NULL, ids_due_at),
         domain = VALUES(domain), tier = VALUES(tier), changes_by = VALUES(changes_by),
         deletions_by = VALUES(deletions_by), slowness = VALUES(slowness), resting = VALUES(resting)`,
      wishes.flatMap((wish) => [
        wish.clusterId,
        wish.kind,
        wish.domain,
        wish.conductorGroup,
        wish.tier,
        wish.strategy.changes,
        wish.strategy.deletions,
        wish.slowness,
        wish.resting ? 1 : 0,
        Math.round(Math.random() * spreadMs * US_PER_MS),
      ]),
    );
  }

  /** What `digestOf` makes of the lanes of a group: whether they are as they should be, without reading them all. */
  async digest(tx: Transaction, conductorGroup: string): Promise<string> {
    const [row] = await select<{ lanes: string; mix: string | null }>(
      tx,
      `SELECT COUNT(*) AS lanes, CAST(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS('/', cluster_id, kind, domain, tier,
         changes_by, deletions_by, slowness, resting), 256), ?), 16, 10) AS UNSIGNED)) AS CHAR) AS mix
       FROM lane WHERE conductor_group = ?`,
      [DIGITS, conductorGroup],
    );
    return `${row?.lanes ?? 0}/${row?.mix ?? 0}`;
  }

  /** The lanes of a group, as they are; for comparing them with what they should be. */
  async ofGroup(tx: Transaction, conductorGroup: string): Promise<(LaneWish & { epoch: number })[]> {
    const rows = await select<WishRow>(
      tx,
      `SELECT cluster_id, kind, domain, conductor_group, tier, changes_by, deletions_by, slowness, resting, epoch
       FROM lane WHERE conductor_group = ?`,
      [conductorGroup],
    );
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      kind: row.kind,
      domain: row.domain,
      conductorGroup: row.conductor_group,
      tier: row.tier,
      strategy: { changes: row.changes_by, deletions: row.deletions_by },
      slowness: row.slowness,
      resting: row.resting === 1,
      epoch: row.epoch,
    }));
  }

  /** Removes those of the lanes that are still at this epoch: others were taken, or went to another group, since. */
  async remove(tx: Transaction, lanes: readonly (LaneKey & { epoch: number })[]): Promise<void> {
    if (lanes.length === 0) return;
    const found = await select<{ cluster_id: string; kind: string }>(
      tx,
      `SELECT cluster_id, kind FROM lane WHERE (cluster_id, kind, epoch) IN (${rowsOf(lanes.length, '(?, ?, ?)')})
       FOR UPDATE`,
      lanes.flatMap(({ clusterId, kind, epoch }) => [clusterId, kind, epoch]),
    );
    if (found.length === 0) return;
    const keys = found.flatMap((row) => [row.cluster_id, row.kind]);
    const which = `(cluster_id, kind) IN (${rowsOf(found.length, '(?, ?)')})`;
    await change(tx, `DELETE FROM lane WHERE ${which}`, keys);
    await change(tx, `DELETE FROM sync_pass WHERE ${which}`, keys);
    await change(tx, `DELETE FROM refresh_request WHERE ${which}`, keys);
  }

  /**
   * The lanes of a cluster go to another group, free for whoever serves it there: the epoch shuts out the owner of
   * before, whatever it is at.
   */
  async moveToGroup(tx: Transaction, clusterId: string, conductorGroup: string): Promise<void> {
    await change(
      tx,
      `UPDATE lane SET conductor_group = ?, owner_id = NULL, epoch = epoch + 1, ${PASS_GIVEN_UP}
       WHERE cluster_id = ?`,
      [conductorGroup, clusterId],
    );
  }
}

interface WishRow {
  cluster_id: string;
  kind: string;
  domain: string;
  conductor_group: string;
  tier: string;
  changes_by: LaneWish['strategy']['changes'];
  deletions_by: LaneWish['strategy']['deletions'];
  slowness: number;
  resting: 0 | 1;
  epoch: number;
}

type Set = (sql: string, ...values: unknown[]) => void;

/** Who released it while the pass ran had not seen what the pass has to say: the next one decides. */
function setBrake({ brake, brakeBefore }: PassEnd, set: Set): void {
  if (!brake) return;
  const { state, known, unseen } = brake;
  const isOff = state === 'off';
  const released = brakeBefore === 'released' ? 'FALSE' : `brake = 'released'`;
  set(`brake_at = IF(${released}, brake_at, ${isOff ? 'NULL' : 'COALESCE(brake_at, UTC_TIMESTAMP(6))'})`);
  set(`brake_known = IF(${released}, brake_known, ?)`, isOff ? null : known);
  set(`brake_unseen = IF(${released}, brake_unseen, ?)`, isOff ? null : unseen);
  // The last, since the others look at it.
  set(`brake = IF(${released}, brake, ?)`, state);
}

function setOutcome({ outcome, fault }: PassEnd, set: Set): void {
  if (outcome === 'failed') {
    set('fault = ?, failures = failures + 1', JSON.stringify(fault));
    set('failing_since = COALESCE(failing_since, UTC_TIMESTAMP(6))');
  } else if (outcome === 'complete') {
    set('fault = NULL, failures = 0, failing_since = NULL');
  }
}

function setTimes(next: NextTimes, set: Set): void {
  for (const mode of MODES) {
    const inMs = next[mode];
    if (inMs === undefined) continue;
    if (mode === 'confirm') setConfirm(inMs, set);
    else if (inMs === null) set(`${mode}_due_at = NULL`);
    else set(`${mode}_due_at = ${IN}`, Math.round(inMs * US_PER_MS));
  }
  // The columns that were set above already have their new values here.
  const rest = MODES.filter((mode) => mode !== 'full').map((mode) => `COALESCE(${mode}_due_at, ${NEVER})`);
  set(`next_due_at = IF(asked_for IS NULL, LEAST(full_due_at, ${rest.join(', ')}), UTC_TIMESTAMP(6))`);
}

/** What was found missing by other means while the pass ran, and so was not counted by it, keeps its time. */
function setConfirm(inMs: number | null, set: Set): void {
  const meanwhile = (time: string, otherwise: string): string =>
    `confirm_due_at = IF(confirm_due_at > pass_started_at, ${time}, ${otherwise})`;
  if (inMs === null) return set(meanwhile('confirm_due_at', 'NULL'));
  const us = Math.round(inMs * US_PER_MS);
  set(meanwhile(`LEAST(confirm_due_at, ${IN})`, IN), us, us);
}
