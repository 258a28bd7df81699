import { type BrakeLimits, type BrakeVerdict, judgeBrake, withDefaults } from './brake.rules.js';
import type { RepairSort } from '../finding/repairs.js';
import { decidingPolicy, type PolicyPlace, type PolicyRow } from './policy.rules.js';

export interface RepairLoad {
  /** Findings that policy would have repaired now. */
  wanted: readonly (RepairSort & { n: number })[];
  /** Repairs that were begun by itself within the last hour. */
  begun: readonly (RepairSort & { n: number })[];
  /** All that Ultron has in the cluster. */
  owned: number;
}

/**
 * Judges the brake of a cluster. What a policy with limits decides about is counted by itself, against those; all else
 * is counted together. Too much of anything stops all.
 */
export function judgeRepairs(
  load: RepairLoad,
  rows: readonly PolicyRow[],
  place: PolicyPlace,
  limits: BrakeLimits,
): BrakeVerdict {
  const countedBy = (sort: RepairSort): PolicyRow | undefined => {
    const row = decidingPolicy(rows, sort, place);
    return row && (row.maxPerHour !== null || row.maxShare !== null) ? row : undefined;
  };
  const begun = Map.groupBy(load.begun, countedBy);
  for (const [row, wanted] of Map.groupBy(load.wanted, countedBy)) {
    const facts = { wanted: sumOf(wanted), begunLastHour: sumOf(begun.get(row) ?? []), owned: load.owned };
    const verdict = judgeBrake(facts, row ? withDefaults(row, limits) : limits);
    if (verdict.kind === 'stop')
      return row ? { ...verdict, reason: `${row.kind}: ${verdict.reason}` } : verdict;
  }
  return { kind: 'go', allowed: sumOf(load.wanted) };
}

const sumOf = (counts: readonly { n: number }[]): number => counts.reduce((sum, { n }) => sum + n, 0);
