import { firstIdAt } from '@ultron/kernel/id';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';

const DAY_MS = 86_400_000;
const MOST_FAMILIES = 500;

/**
 * Deletes tasks that ended this many days ago, with their children, steps and attempts. A family goes together: a parent
 * ends after its children. Returns how many tasks, at least `limit` while more may be left.
 */
export async function purgeEndedTasks(
  tx: Transaction,
  olderThanDays: number,
  limit: number,
): Promise<number> {
  let deleted = 0;
  while (deleted < limit) {
    const families = await endedFamilies(tx, olderThanDays);
    if (families.length === 0) break;
    deleted += await deleteFamilies(tx, families);
  }
  return deleted;
}

/** Along the primary key, from the oldest: ids begin with the time at which they were made. */
async function endedFamilies(tx: Transaction, olderThanDays: number): Promise<string[]> {
  const rows = await select<{ id: string }>(
    tx,
    `SELECT id FROM task WHERE id < ? AND parent_id IS NULL AND status IN ('succeeded', 'failed', 'cancelled')
     AND finished_at < UTC_TIMESTAMP(6) - INTERVAL ? DAY ORDER BY id LIMIT ?`,
    [firstIdAt(new Date(Date.now() - olderThanDays * DAY_MS)), olderThanDays, MOST_FAMILIES],
  );
  return rows.map(({ id }) => id);
}

async function deleteFamilies(tx: Transaction, parentIds: string[]): Promise<number> {
  const children = await select<{ id: string }>(tx, 'SELECT id FROM task WHERE parent_id IN (?)', [
    parentIds,
  ]);
  const ids = [...children.map(({ id }) => id), ...parentIds];
  // What hangs on a task goes first: a sweep that dies half-way finds the task again.
  await change(tx, 'DELETE FROM task_step WHERE task_id IN (?)', [ids]);
  await change(tx, 'DELETE FROM task_attempt WHERE task_id IN (?)', [ids]);
  if (children.length > 0) {
    await change(tx, 'DELETE FROM task WHERE id IN (?)', [children.map(({ id }) => id)]);
  }
  await change(tx, 'DELETE FROM task WHERE id IN (?)', [parentIds]);
  return ids.length;
}
