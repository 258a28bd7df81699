import type { StoredObject } from '@ultron/sync/observed/observed.reader';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Expectation, Intent, Seen } from '../compare/compare.facts.js';
import type { SubjectKind } from '../finding/finding.kinds.js';

/** What a source needs to know of a thing that was seen, by a lane or just now. */
export type SeenObject = Pick<
  StoredObject,
  'id' | 'name' | 'projectId' | 'status' | 'firstSeenAt' | 'observedAt' | 'missingSince' | 'goneAt'
> & { fields: Readonly<Record<string, unknown>> };

/**
 * What one kind of thing is by our rows, and how it is told in what was seen. Each is one file, and one line in the
 * list of sources.
 */
export interface IntentSource {
  readonly kind: SubjectKind;
  /** The lane that sees such things. */
  readonly observedKind: string;
  /** The rows that are to be in the cluster, by id, behind `after`. */
  page(tx: Transaction, clusterId: string, after: string, limit: number): Promise<Intent[]>;
  /** The row with this id, if it is to be in the cluster. */
  find(tx: Transaction, clusterId: string, id: string): Promise<Intent | null>;
  /** Which of these OpenStack ids rows of ours have in the cluster, now or to be deleted. */
  claimed(tx: Transaction, clusterId: string, openstackIds: readonly string[]): Promise<Set<string>>;
  /** The rows that marks name, whatever became of them; their OpenStack id is that of what they have of this kind. */
  byMarks(tx: Transaction, clusterId: string, marks: readonly string[]): Promise<Map<string, Intent>>;
  seen(object: SeenObject): Seen;
  /** What the cluster makes for itself, and what goes with something else: nobody's orphan. */
  passesOver(seen: Seen): boolean;
}

/** The columns that every source selects. */
export interface IntentColumns {
  id: string;
  project_id: string | null;
  name: string | null;
  openstack_id: string | null;
  /** 1 when it was deleted. */
  dead: number | string;
  /** 1 when a task is at work on it. */
  busy: number | string;
  changed_at: Date;
}

/** SQL: whether the task with this alias is not over yet. */
export const taskRuns = (alias: string): string =>
  `(${alias}.id IS NOT NULL AND ${alias}.status NOT IN ('succeeded', 'failed', 'cancelled'))`;

/** SQL: the later of the row's own last change and the end of its task. */
export const laterOf = (column: string, task: string): string =>
  `GREATEST(${column}, COALESCE(${task}.finished_at, ${column}))`;

export const intentOf = (kind: SubjectKind, row: IntentColumns, expected: Intent['expected']): Intent => ({
  kind,
  id: row.id,
  projectId: row.project_id,
  name: row.name,
  openstackId: row.openstack_id,
  alive: Number(row.dead) === 0,
  busy: Number(row.busy) === 1,
  changedAt: row.changed_at,
  expected,
});

/** A thing differs when this is not so; lists are sets. `repairable`: a machine may tell the cluster again. */
export const asked = (field: string, value: unknown, repairable: boolean): Expectation => ({
  field,
  value,
  kind: 'differs',
  repairable,
  asSet: true,
});

/** MariaDB keeps JSON as text, MySQL gives it parsed. */
export function jsonOf<T>(value: string | T): T {
  return typeof value === 'string' ? (JSON.parse(value) as T) : value;
}

/** The name that Ultron gives what it makes in Neutron; the description where there are no names. */
export const markName = (id: string): string => `ultron-${id}`;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const TAG = new RegExp(`^ultron:id=(${UUID})$`);
const NAME = new RegExp(`^ultron-(?:[a-z]+-)?(${UUID})$`);

/** The id of ours that a tag or a name tells; null for what is not ours. */
export function markOf(object: {
  name: string | null;
  fields: Readonly<Record<string, unknown>>;
}): string | null {
  const tags = object.fields['tags'];
  for (const tag of Array.isArray(tags) ? tags : []) {
    const found = typeof tag === 'string' ? TAG.exec(tag)?.[1] : undefined;
    if (found) return found;
  }
  return NAME.exec(object.name ?? '')?.[1] ?? null;
}

export const seenOf = (
  kind: SubjectKind,
  object: SeenObject,
  more: Pick<Seen, 'mark' | 'inUse'> & { fields?: Record<string, unknown> },
): Seen => ({
  kind,
  openstackId: object.id,
  name: object.name,
  openstackProjectId: object.projectId,
  status: object.status,
  firstSeenAt: object.firstSeenAt,
  observedAt: object.observedAt,
  missing: object.missingSince !== null,
  goneAt: object.goneAt,
  fields: { ...object.fields, name: object.name, status: object.status, ...more.fields },
  mark: more.mark,
  inUse: more.inUse,
});

/** What the cluster shows at this moment, told as what a lane has seen is. */
export const justSeen = (
  source: IntentSource,
  object: Pick<SeenObject, 'id' | 'name' | 'projectId' | 'status' | 'fields'>,
  now: Date,
): Seen => source.seen({ ...object, firstSeenAt: now, observedAt: now, missingSince: null, goneAt: null });

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
