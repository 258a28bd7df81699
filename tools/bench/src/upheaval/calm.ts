import type { Audit } from './audit.js';
import { pause } from './pause.js';

const LIMIT_MS = 600_000;

/** A lane that has not told all that happened until a moment: not read since, or what it misses is not confirmed. */
const BEHIND = `resting = 0 AND (fresh_at IS NULL OR fresh_at < ? OR missing_count > 0
  OR (deletions_by = 'ids' AND COALESCE(ids_at, '2000-01-01') < ? AND COALESCE(full_at, '2000-01-01') < ?))`;

/**
 * Has every lane read by the means by which it learns of changes, and never more: what a pass has lost would show again with
 * the next full one, and would not be counted as lost.
 */
export async function catchUp(audit: Audit): Promise<void> {
  const since = await nowOf(audit);
  await wait(audit, [since, since, since], BEHIND, () =>
    audit.query(
      `UPDATE lane SET next_due_at = UTC_TIMESTAMP(6),
         full_due_at = IF(changes_by = 'full', UTC_TIMESTAMP(6), full_due_at),
         changes_due_at = IF(changes_by = 'full', changes_due_at, UTC_TIMESTAMP(6)),
         ids_due_at = IF(deletions_by = 'ids', UTC_TIMESTAMP(6), ids_due_at)
       WHERE ${BEHIND} AND pass_started_at IS NULL AND missing_count = 0`,
      [since, since, since],
    ),
  );
}

/** Has every lane read in full. */
export async function readInFull(audit: Audit): Promise<void> {
  const since = await nowOf(audit);
  const behind = `resting = 0 AND (COALESCE(full_at, '2000-01-01') < ? OR missing_count > 0)`;
  await wait(audit, [since], behind, () =>
    audit.query(
      `UPDATE lane SET next_due_at = UTC_TIMESTAMP(6), full_due_at = UTC_TIMESTAMP(6)
       WHERE ${behind} AND pass_started_at IS NULL AND missing_count = 0`,
      [since],
    ),
  );
}

async function wait(
  audit: Audit,
  values: readonly unknown[],
  behind: string,
  hasten: () => Promise<unknown>,
): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; ; await pause(1_000)) {
    const [row] = await audit.query<{ lanes: number }>(
      `SELECT COUNT(*) AS lanes FROM lane WHERE ${behind}`,
      values,
    );
    if (Number(row?.lanes) === 0) return;
    if (Date.now() > deadline) {
      console.error(`${row?.lanes} lanes are still behind`);
      return;
    }
    await hasten();
  }
}

async function nowOf(audit: Audit): Promise<string> {
  const [row] = await audit.query<{ now: string }>('SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS now');
  return row?.now ?? '';
}
