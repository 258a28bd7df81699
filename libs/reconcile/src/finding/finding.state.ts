/** Where a finding stands. */
export const FINDING_STATES = ['open', 'repairing', 'resolved', 'ignored'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

/** What is decided about a finding; what looks and tasks make of it stands in the statements that write it. */
export const FINDING_DECISIONS = ['repair', 'ignore', 'reopen'] as const;
export type FindingDecision = (typeof FINDING_DECISIONS)[number];

const AFTER: Record<FindingDecision, Partial<Record<FindingState, FindingState>>> = {
  repair: { open: 'repairing' },
  ignore: { open: 'ignored' },
  reopen: { ignored: 'open' },
};

/** The state after the decision; null when it does not fit. */
export const afterDecision = (state: FindingState, decision: FindingDecision): FindingState | null =>
  AFTER[decision][state] ?? null;
