import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { TaskStepEntity } from '../task/task-step.entity.js';
import type { TaskEntity } from '../task/task.entity.js';
import { refOf, type RefRow } from '../task/task-ref.js';
import type { TaskRef } from '../task/task.types.js';

/** A task in the hands of this process, as it was right after the claim. */
export interface Claimed {
  task: TaskEntity;
  /** Of the present run, in order. */
  steps: TaskStepEntity[];
}

export interface Held {
  id: string;
  epoch: number;
}

// A delayed ring may come a little early by the database's clock. A lease is not shortened by it.
const EARLY_US = 250_000;
const DUE = `due_at <= UTC_TIMESTAMP(6) + INTERVAL IF(claimed_by IS NULL, ${EARLY_US}, 0) MICROSECOND`;
const US_PER_MS = 1_000;

/** Taking, keeping and giving back tasks. All times are the database's. */
export class ClaimRepository {
  /**
   * Takes those of the tasks that are due, and raises their epochs. A task that was still held is taken over: its
   * present step may have had its effect without being recorded. Tasks that are just being written are passed over: a
   * process that was paused in the middle of a transaction must not hold up the others; the next sweep finds them. So are
   * tasks whose cluster went to another group after the ring: those conductors may be the only ones to reach it.
   */
  async claim(
    tx: Transaction,
    ids: readonly string[],
    by: { conductorId: string; conductorGroup: string },
    leaseMs: number,
  ): Promise<TaskEntity[]> {
    const { conductorId, conductorGroup } = by;
    const due = await select<TaskEntity>(
      tx,
      `SELECT * FROM task WHERE id IN (?) AND ${DUE} AND finished_at IS NULL AND conductor_group = ? ORDER BY id
       FOR UPDATE SKIP LOCKED`,
      [ids, conductorGroup],
    );
    if (due.length === 0) return [];
    await change(
      tx,
      `UPDATE task SET epoch = epoch + 1, status = IF(unwinding, 'unwinding', 'running'),
         step_tries = step_tries + (claimed_by IS NOT NULL), takeovers = takeovers + (claimed_by IS NOT NULL),
         step_in_doubt = step_in_doubt OR claimed_by IS NOT NULL,
         wait_on = NULL, wait_cluster_id = NULL, wait_resource = NULL, wait_key = NULL, wait_until = NULL,
         wait_what = NULL, due_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,
         started_at = COALESCE(started_at, UTC_TIMESTAMP(6)),
         run_started_at = COALESCE(run_started_at, UTC_TIMESTAMP(6)),
         step_began_at = COALESCE(step_began_at, UTC_TIMESTAMP(6)),
         version = version + 1, updated_at = UTC_TIMESTAMP(6), claimed_by = ?
       WHERE id IN (?)`,
      [leaseMs * US_PER_MS, conductorId, due.map((task) => task.id)],
    );
    return due.map((task) => afterClaim(task, conductorId));
  }

  async steps(tx: Transaction, tasks: readonly TaskEntity[]): Promise<TaskStepEntity[]> {
    const begun = tasks.filter(
      (task) => task.current_step !== 0 || task.unwinding === 1 || task.step_tries > 0,
    );
    if (begun.length === 0) return [];
    return select<TaskStepEntity>(
      tx,
      `SELECT * FROM task_step WHERE (task_id, run) IN (${begun.map(() => '(?, ?)').join(', ')}) ORDER BY position`,
      begun.flatMap((task) => [task.id, task.run]),
    );
  }

  /**
   * Prolongs leases; returns those tasks whose lease was not: somebody has taken them over, or is just writing them.
   * Those are passed over, so that a renewal neither waits for other transactions nor loses a deadlock against them.
   */
  async renew(tx: Transaction, held: readonly Held[], leaseMs: number): Promise<Held[]> {
    const mine = await select<Held>(
      tx,
      `SELECT id, epoch FROM task WHERE (id, epoch) IN (${pairsOf(held)}) AND claimed_by IS NOT NULL
       ORDER BY id FOR UPDATE SKIP LOCKED`,
      held.flatMap((task) => [task.id, task.epoch]),
    );
    if (mine.length === 0) return [...held];
    const ids = mine.map((task) => task.id);
    await change(tx, `UPDATE task SET due_at = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND WHERE id IN (?)`, [
      leaseMs * US_PER_MS,
      ids,
    ]);
    const renewed = new Set(ids);
    return held.filter((task) => !renewed.has(task.id));
  }

  /** Those of the tasks that went to somebody else. */
  async lost(tx: Transaction, held: readonly Held[]): Promise<Held[]> {
    const ids = held.map((task) => task.id);
    const rows = await select<Held>(tx, 'SELECT id, epoch FROM task WHERE id IN (?)', [ids]);
    const epochs = new Map(rows.map((row) => [row.id, row.epoch]));
    return held.filter((task) => epochs.get(task.id) !== task.epoch);
  }

  /**
   * Gives tasks back, due at once. Raises the epoch, so that whatever this process still does for them changes nothing.
   */
  async release(tx: Transaction, held: readonly Held[], inDoubt: boolean): Promise<TaskRef[]> {
    if (held.length === 0) return [];
    const mine = await select<RefRow>(
      tx,
      `SELECT id, domain, conductor_group, traceparent FROM task
       WHERE (id, epoch) IN (${pairsOf(held)}) AND claimed_by IS NOT NULL ORDER BY id FOR UPDATE`,
      held.flatMap((task) => [task.id, task.epoch]),
    );
    if (mine.length === 0) return [];
    await change(
      tx,
      `UPDATE task SET status = 'queued', claimed_by = NULL, due_at = UTC_TIMESTAMP(6), epoch = epoch + 1,
         step_tries = step_tries + ?, step_in_doubt = step_in_doubt OR ?, version = version + 1,
         updated_at = UTC_TIMESTAMP(6) WHERE id IN (?)`,
      [inDoubt ? 1 : 0, inDoubt ? 1 : 0, mine.map((task) => task.id)],
    );
    return mine.map(refOf);
  }

  /** The ids of tasks that have been due for `graceMs`, longest first. */
  async overdue(
    tx: Transaction,
    group: string,
    domains: readonly string[],
    graceMs: number,
    limit: number,
  ): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM task WHERE conductor_group = ? AND domain IN (?)
         AND due_at <= UTC_TIMESTAMP(6) - INTERVAL ? MICROSECOND ORDER BY due_at LIMIT ?`,
      [group, domains, graceMs * US_PER_MS, limit],
    );
    return rows.map((row) => row.id);
  }
}

const pairsOf = (held: readonly Held[]): string => held.map(() => '(?, ?)').join(', ');

// What the UPDATE of the claim made of the row; it is not read again.
function afterClaim(task: TaskEntity, conductorId: string): TaskEntity {
  const takenOver = task.claimed_by !== null;
  return {
    ...task,
    epoch: task.epoch + 1,
    status: task.unwinding ? 'unwinding' : 'running',
    step_tries: task.step_tries + (takenOver ? 1 : 0),
    takeovers: task.takeovers + (takenOver ? 1 : 0),
    step_in_doubt: takenOver || task.step_in_doubt ? 1 : 0,
    claimed_by: conductorId,
    step_began_at: task.step_began_at ?? new Date(),
  };
}
