/** Where a finding stands. */
export const FINDING_STATES = ['open', 'repairing', 'resolved', 'ignored'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

export const FINDING_EVENTS = [
  /** It holds (again). */
  'seen',
  /** It was looked for and does not hold any more. */
  'not_seen',
  'repair_begun',
  'repair_failed',
  'repaired',
  'ignore',
  'reopen',
] as const;
export type FindingEvent = (typeof FINDING_EVENTS)[number];

const TRANSITIONS: Record<FindingEvent, Partial<Record<FindingState, FindingState>>> = {
  // What is being repaired still holds until the repair has ended; what is ignored stays ignored.
  seen: { open: 'open', repairing: 'repairing', resolved: 'open', ignored: 'ignored' },
  // Its task says when a repair has ended.
  not_seen: { open: 'resolved', repairing: 'repairing', resolved: 'resolved', ignored: 'resolved' },
  repair_begun: { open: 'repairing' },
  repair_failed: { repairing: 'open' },
  repaired: { repairing: 'resolved' },
  ignore: { open: 'ignored' },
  reopen: { ignored: 'open' },
};

/** The state after the event; null when it does not fit. */
export const afterEvent = (state: FindingState, event: FindingEvent): FindingState | null =>
  TRANSITIONS[event][state] ?? null;
