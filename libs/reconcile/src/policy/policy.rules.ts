import type { FindingKind, SubjectKind } from '../finding/finding.kinds.js';
import { REPAIR_SORTS, type RepairSort } from '../finding/repairs.js';

/** What is done about a finding: it is shown; shown and waits for a decision; repaired by itself. */
export const POLICY_ACTIONS = ['report', 'ask', 'repair'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

export const POLICY_SCOPES = ['all', 'tier', 'cluster'] as const;
export type PolicyScope = (typeof POLICY_SCOPES)[number];

export interface PolicyRow {
  kind: FindingKind;
  subjectKind: SubjectKind | '';
  scope: PolicyScope;
  scopeId: string;
  action: PolicyAction;
  /** With either of these, such findings are counted by themselves; null: as the cluster has it. */
  maxPerHour: number | null;
  maxShare: number | null;
}

/** Where a finding is. */
export interface PolicyPlace {
  clusterId: string;
  /** The tier of the cluster; null when it has none. */
  tier: string | null;
}

/**
 * What holds as long as no row says otherwise. By itself only that is done which changes nothing in a cluster, or
 * takes away what bears our mark and serves nothing.
 */
export const DEFAULT_POLICY: Readonly<Record<FindingKind, PolicyAction>> = {
  missing: 'ask',
  orphan: 'report',
  differs: 'ask',
  state_differs: 'repair',
  flavor_differs: 'ask',
  security_group_differs: 'ask',
  duplicate: 'ask',
  stale: 'ask',
  leaked_port: 'repair',
  address_in_use_but_free: 'repair',
  address_pool_edited: 'ask',
  foreign_port_on_segment: 'report',
  cidr_overlap: 'report',
};

const SCOPE_RANK: Record<PolicyScope, number> = { all: 0, tier: 2, cluster: 4 };

/** The most special row decides: a cluster before a tier before everywhere, one kind of subject before any. */
export function policyFor(
  rows: readonly PolicyRow[],
  finding: { kind: FindingKind; subjectKind: SubjectKind },
  place: PolicyPlace,
): PolicyAction {
  return decidingPolicy(rows, finding, place)?.action ?? DEFAULT_POLICY[finding.kind];
}

/** The row that decides about a finding; undefined where the default holds. */
export function decidingPolicy(
  rows: readonly PolicyRow[],
  finding: { kind: FindingKind; subjectKind: SubjectKind },
  place: PolicyPlace,
): PolicyRow | undefined {
  let best: PolicyRow | undefined;
  for (const row of rows) {
    if (!applies(row, finding, place)) continue;
    if (!best || rankOf(row) > rankOf(best)) best = row;
  }
  return best;
}

/** What policy has repaired by itself there, of all that can be repaired. */
export const repairedByItself = (rows: readonly PolicyRow[], place: PolicyPlace): RepairSort[] =>
  REPAIR_SORTS.filter((sort) => policyFor(rows, sort, place) === 'repair');

const rankOf = (row: PolicyRow): number => SCOPE_RANK[row.scope] + (row.subjectKind === '' ? 0 : 1);

function applies(
  row: PolicyRow,
  finding: { kind: FindingKind; subjectKind: SubjectKind },
  place: PolicyPlace,
): boolean {
  if (row.kind !== finding.kind) return false;
  if (row.subjectKind !== '' && row.subjectKind !== finding.subjectKind) return false;
  if (row.scope === 'all') return true;
  return row.scopeId === (row.scope === 'tier' ? place.tier : place.clusterId);
}
