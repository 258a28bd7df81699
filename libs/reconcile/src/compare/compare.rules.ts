import { isDeepStrictEqual } from 'node:util';
import type { Drift, FindingKind, Proposal, SubjectKind } from '../finding/finding.kinds.js';
import { isRepairable } from '../finding/repairs.js';
import { isAdoptable } from '../adoption/adoptable.js';
import type { CompareContext, Expectation, Intent, Seen } from './compare.facts.js';

/**
 * What a comparison says of one subject. Where it cannot be sure it abstains, and what was said before stays: neither
 * is anything found nor is anything taken back.
 */
export type Verdict =
  | { kind: 'abstain' }
  /** Of the kinds that are unknown nothing can be said: what was said of them before stays. */
  | { kind: 'judged'; drifts: Drift[]; unknown?: readonly FindingKind[] };

const ABSTAIN: Verdict = { kind: 'abstain' };
const AGREED: Verdict = { kind: 'judged', drifts: [] };
const judged = (...drifts: Drift[]): Verdict => ({ kind: 'judged', drifts });

/** Compares a row of ours with what the cluster was seen to have under its id; null when it was never seen. */
export function judgeIntent(intent: Intent, seen: Seen | null, context: CompareContext): Verdict {
  if (!intent.alive || intent.openstackId === null) return AGREED;
  if (intent.busy || context.lane.stale) return ABSTAIN;
  if (!seen || seen.missing || seen.goneAt) return judgeAbsent(intent, seen, context);
  // A list that left much out left what is known of it as it was.
  if (context.lane.braked || !isSince(intent.changedAt, context.lane.freshSince)) return ABSTAIN;
  return judgeExpected(intent, seen);
}

function judgeExpected(intent: Intent, seen: Seen): Verdict {
  const differing = intent.expected.filter((expected) => !holds(expected, seen));
  const wrong = Map.groupBy(differing, ({ kind }) => kind);
  const untold = intent.expected.filter((expected) => !isKnown(expected, seen));
  const unknown = new Set(untold.map(({ kind }) => kind));
  return {
    kind: 'judged',
    drifts: [...wrong].map(([kind, of]) => differsIn(intent, seen, kind, of)),
    unknown: [...unknown].filter((kind) => !wrong.has(kind)),
  };
}

/**
 * Judges what was seen in the cluster and is not what a row of ours has there. `owner` is the row that its mark names,
 * whatever became of it; null when there is none.
 */
export function judgeUnclaimed(seen: Seen, owner: Intent | null, context: CompareContext): Verdict {
  const { lane, now, graceMs } = context;
  if (seen.goneAt) return AGREED;
  if (seen.missing || lane.stale || lane.braked || lane.completeSince === null) return ABSTAIN;
  if (now.getTime() - seen.firstSeenAt.getTime() < graceMs) return ABSTAIN;
  // A mark without a row may be that of another Ultron: nothing of it may be taken for dead.
  if (!owner) return judged(orphan(seen));
  if (owner.busy || isYoung(owner.changedAt, context)) return ABSTAIN;
  // What was deleted may still be in what was seen, until a look that shows deletions.
  if (!isSince(owner.changedAt, lane.deletionsSince)) return ABSTAIN;
  if (owner.openstackId === seen.openstackId && owner.alive) return AGREED;
  // A port that hangs on something goes with that.
  if (seen.kind === 'port' && seen.inUse) return ABSTAIN;
  const kind = leftOverKind(seen, owner);
  return kind ? judged(leftOver(seen, owner, kind)) : ABSTAIN;
}

export type LeftOverKind = Extract<FindingKind, 'duplicate' | 'stale' | 'leaked_port'>;

/**
 * What a thing is that bears the mark of the owner and is not what a row of ours has; null when it may be all that the
 * owner, which is alive, has: its id may not have been written down.
 */
export function leftOverKind(
  thing: Pick<Seen, 'kind' | 'openstackId'>,
  owner: Pick<Intent, 'alive' | 'openstackId'>,
): LeftOverKind | null {
  if (!owner.alive) return thing.kind === 'port' ? 'leaked_port' : 'stale';
  return owner.openstackId !== null && owner.openstackId !== thing.openstackId ? 'duplicate' : null;
}

/**
 * Gone was asked for by id, twice; never to have been seen at all needs a complete list that is younger. What was gone
 * already a moment after our row had changed is missing once such a list has not brought it back.
 */
function judgeAbsent(intent: Intent, seen: Seen | null, context: CompareContext): Verdict {
  const { lane, graceMs } = context;
  if (lane.braked || lane.completeSince === null || isYoung(intent.changedAt, context)) return ABSTAIN;
  if (seen && !seen.goneAt) return ABSTAIN;
  const look = seen?.goneAt && isBefore(lane.completeSince, seen.goneAt) ? seen.goneAt : lane.completeSince;
  if (!isSince(seen ? intent.changedAt : addMs(intent.changedAt, graceMs), look)) return ABSTAIN;
  return judged({
    kind: 'missing',
    ...about(intent),
    evidence: {
      name: intent.name,
      last_seen_status: seen?.status ?? null,
      complete_list_at: seen ? null : lane.completeSince.toISOString(),
      gone_at: seen?.goneAt?.toISOString() ?? null,
    },
    proposal: ifRepairable('missing', intent.kind, {
      action: 'forget',
      what: `record that ${wordFor(intent.kind)} is gone`,
    }),
    ...(seen?.goneAt ? { shownAt: seen.goneAt } : {}),
  });
}

function differsIn(intent: Intent, seen: Seen, kind: Expectation['kind'], of: readonly Expectation[]): Drift {
  return {
    kind,
    ...about(intent),
    evidence: {
      name: intent.name,
      differences: of.map(({ field, value }) => ({
        field,
        expected: value,
        seen: seen.fields[field] ?? null,
      })),
    },
    proposal: proposalFor(
      kind,
      intent.kind,
      of.filter((expected) => isRepairableNow(expected, seen)).map(({ field }) => field),
    ),
    shownAt: seen.observedAt,
  };
}

function proposalFor(
  kind: Expectation['kind'],
  subject: SubjectKind,
  fields: readonly string[],
): Proposal | null {
  if (!fields.length || !isRepairable(kind, subject)) return null;
  const what = fields.join(', ');
  if (kind === 'address_pool_edited')
    return { action: 'restore_pool', what: 'set the allocation pools as the plan has them' };
  if (kind === 'state_differs' || kind === 'flavor_differs')
    return { action: 'accept', what: `take over the ${what} that the cluster shows` };
  return { action: 'reapply', what: `set ${what} of ${wordFor(subject)} again as asked for` };
}

const orphan = (seen: Seen): Drift => ({
  kind: 'orphan',
  subject: { kind: seen.kind, id: seen.openstackId },
  projectId: null,
  openstackId: seen.openstackId,
  evidence: {
    name: seen.name,
    status: seen.status,
    openstack_project_id: seen.openstackProjectId,
    mark: seen.mark,
    first_seen_at: seen.firstSeenAt.toISOString(),
  },
  proposal: isAdoptable(seen.kind)
    ? { action: 'adopt', what: `adopt ${wordFor(seen.kind)} into a project` }
    : null,
  shownAt: seen.observedAt,
});

const leftOver = (seen: Seen, owner: Intent, kind: LeftOverKind): Drift => ({
  kind,
  subject: { kind: seen.kind, id: seen.openstackId },
  projectId: owner.projectId,
  openstackId: seen.openstackId,
  evidence: {
    name: seen.name,
    status: seen.status,
    mark: seen.mark,
    owner: { kind: owner.kind, id: owner.id, alive: owner.alive, openstack_id: owner.openstackId },
  },
  proposal: ifRepairable(kind, seen.kind, {
    action: 'delete',
    what: `delete ${wordFor(seen.kind)} ${seen.openstackId} in the cluster`,
  }),
  shownAt: seen.observedAt,
});

const ifRepairable = (kind: FindingKind, subject: SubjectKind, proposal: Proposal): Proposal | null =>
  isRepairable(kind, subject) ? proposal : null;

const about = (intent: Intent): Pick<Drift, 'subject' | 'projectId' | 'openstackId'> => ({
  subject: { kind: intent.kind, id: intent.id },
  projectId: intent.projectId,
  openstackId: intent.openstackId,
});

const isKnown = ({ field, value }: Expectation, seen: Seen): boolean =>
  value !== undefined && seen.fields[field] !== undefined;

/** A field that the cluster does not show says nothing. */
export function holds({ field, value, asSet }: Expectation, seen: Pick<Seen, 'fields'>): boolean {
  const there = seen.fields[field];
  if (there === undefined || value === undefined) return true;
  if (asSet && Array.isArray(value) && Array.isArray(there)) {
    return isDeepStrictEqual(value.map(canonical).toSorted(), there.map(canonical).toSorted());
  }
  return canonical(value) === canonical(there);
}

const isRepairableNow = ({ field, repairable, repairableFrom }: Expectation, seen: Seen): boolean =>
  repairable && (repairableFrom?.includes(seen.fields[field]) ?? true);

/** JSON with the members of objects in one order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Clocks of conductors and database may differ so much, and what was recorded may have been seen before. */
const SKEW_MS = 2_000;

const isSince = (changedAt: Date, look: Date | null): boolean =>
  look !== null && isBefore(addMs(changedAt, SKEW_MS), look);
const isYoung = (changedAt: Date, { now, graceMs }: CompareContext): boolean =>
  now.getTime() - changedAt.getTime() < graceMs;
const isBefore = (a: Date, b: Date): boolean => a.getTime() < b.getTime();
const addMs = (date: Date, ms: number): Date => new Date(date.getTime() + ms);
const wordFor = (kind: SubjectKind): string => `the ${kind.replaceAll('_', ' ')}`;
