/** What operators change: the kinds of things that the trail tells of. */
export const TRAIL_SUBJECTS = [
  'cluster',
  'conductor',
  'sync',
  'sync_tier',
  'sync_tier_assignment',
  'reconcile_round',
  'reconcile_policy',
  'adoption',
  'adoption_rule',
  'notification_source',
] as const;
export type TrailSubject = (typeof TRAIL_SUBJECTS)[number];

/** What was done: `stopped` and `released` are of brakes, `run_now`, `paused` and `resumed` of lanes. */
export const TRAIL_ACTIONS = [
  'created',
  'changed',
  'removed',
  'stopped',
  'released',
  'run_now',
  'paused',
  'resumed',
  'drained',
  'undrained',
] as const;
export type TrailAction = (typeof TRAIL_ACTIONS)[number];

export interface NewOperatorEvent {
  /** `id` is the one that stands in the path of the API: `<cluster>/<kind>` for a lane, a name for a tier. */
  subject: { kind: TrailSubject; id: string };
  action: TrailAction;
  /** As the API shows it, never with a secret; null: it was not there. */
  before: object | null;
  /** Null: it is not there any more. */
  after: object | null;
  reason?: string | null;
}

export interface OperatorEvent {
  id: string;
  subjectKind: TrailSubject;
  subjectId: string;
  action: TrailAction;
  actor: string;
  traceId: string | null;
  reason: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  at: Date;
}

export interface OperatorEventFilter {
  subjectKind?: TrailSubject | undefined;
  subjectId?: string | undefined;
  actor?: string | undefined;
  action?: TrailAction | undefined;
  /** At this time or later. */
  since?: Date | undefined;
  /** Before this time. */
  until?: Date | undefined;
}
