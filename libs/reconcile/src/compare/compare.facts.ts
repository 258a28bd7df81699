import type { FindingKind, SubjectKind } from '../finding/finding.kinds.js';

/** How far what was seen of one kind of thing in one cluster can be trusted. Times by the database's clock. */
export interface LaneTrust {
  /** When the last complete list of everything began; null when there was none. */
  completeSince: Date | null;
  /** When the last look that would have shown a change began; null when there was none. */
  freshSince: Date | null;
  /** When the last look that would have shown a deletion began; null when there was none. */
  deletionsSince: Date | null;
  /** An improbable share vanished at once, and a person has to look. */
  braked: boolean;
  /** It is paused, failing, or too long ago. */
  stale: boolean;
}

export interface CompareContext {
  now: Date;
  lane: LaneTrust;
  /** What is younger is left alone, and what was seen first so shortly ago: somebody may be at work on it. */
  graceMs: number;
}

/** One thing that was asked for to be so, and may be looked for in what was seen. */
export interface Expectation {
  /** The name of the observed field. */
  field: string;
  /** Undefined: nobody can tell what it is to be. */
  value: unknown;
  /** What it is when it is not so. */
  kind: Extract<
    FindingKind,
    'differs' | 'state_differs' | 'flavor_differs' | 'security_group_differs' | 'address_pool_edited'
  >;
  /** Whether a machine may put it right. */
  repairable: boolean;
  /** Only while one of these is seen; not given: whatever is seen. */
  repairableFrom?: readonly unknown[];
  /** Lists are compared as sets. */
  asSet?: boolean;
}

/** A row of ours: what was asked for. */
export interface Intent {
  kind: SubjectKind;
  id: string;
  projectId: string | null;
  name: string | null;
  /** Null: it never came to be in a cluster. */
  openstackId: string | null;
  /** False once it was deleted. */
  alive: boolean;
  /** A task is at work on it, or is about to be. */
  busy: boolean;
  /** The last time anything about it was asked for or recorded. */
  changedAt: Date;
  expected: readonly Expectation[];
}

/** A thing in the cluster as it was seen. */
export interface Seen {
  kind: SubjectKind;
  openstackId: string;
  name: string | null;
  openstackProjectId: string | null;
  status: string | null;
  firstSeenAt: Date;
  /** Since when it is known to be as it is here. */
  observedAt: Date;
  /** Not in the last complete list. */
  missing: boolean;
  /** When it was asked for by id and not found; null: it was not. */
  goneAt: Date | null;
  fields: Readonly<Record<string, unknown>>;
  /** The id of the row of ours whose mark it bears; null when it bears none. */
  mark: string | null;
  /** It hangs on something: a port on its server or router. */
  inUse: boolean;
}
