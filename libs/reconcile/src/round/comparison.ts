import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedReader, StoredObject } from '@ultron/sync/observed/observed.reader';
import type { CompareContext, Intent, Seen } from '../compare/compare.facts.js';
import { judgeIntent, judgeUnclaimed, type Verdict } from '../compare/compare.rules.js';
import { type Drift, type Subject, subjectKey } from '../finding/finding.kinds.js';
import type { IntentSource } from '../intent/intent.source.js';

/** What the comparison of one kind of thing in one cluster came to. */
export interface Compared {
  compared: number;
  /** Those that nobody was told of yet: of a page, at most. */
  drifts: Drift[];
  /** `subjectKey` of all drifts. */
  confirmed: Set<string>;
  /** `kind id` of the subjects about which nothing could be said. */
  abstained: Set<string>;
  /** `subjectKey` of what could not be said about subjects of which more could. */
  unknown: Set<string>;
}

export const nothingCompared = (): Compared => ({
  compared: 0,
  drifts: [],
  confirmed: new Set(),
  abstained: new Set(),
  unknown: new Set(),
});

/** Is told what was found, page by page: all of it at once would be much where nothing of a cluster is ours. */
export type Report = (drifts: readonly Drift[]) => Promise<void>;

/** Tells what was found since last time. */
export async function tell(result: Compared, report: Report): Promise<void> {
  const drifts = result.drifts.splice(0);
  if (drifts.length === 0) return;
  for (const { kind, subject } of drifts) result.confirmed.add(subjectKey(kind, subject));
  await report(drifts);
}

export const abstainKey = (subject: Subject): string => `${subject.kind} ${subject.id}`;

/** Rows, or objects, in memory at once. */
const PAGE = 500;

/** What was seen of one kind of thing in a cluster, page by page. */
export async function* pagesOf(
  read: Transaction,
  reader: ObservedReader,
  lane: { clusterId: string; kind: string },
): AsyncGenerator<StoredObject[]> {
  for (let after: { value: null; id: string } | undefined; ;) {
    const stored = await reader.list(read, lane, { limit: PAGE, sort: 'id', order: 'asc', after });
    const page = stored.slice(0, PAGE);
    yield page;
    const last = page.at(-1);
    if (!last || stored.length <= PAGE) return;
    after = { value: null, id: last.id };
  }
}

export function take(result: Compared, subject: Subject, verdict: Verdict): void {
  result.compared++;
  if (verdict.kind === 'abstain') {
    result.abstained.add(abstainKey(subject));
    return;
  }
  result.drifts.push(...verdict.drifts);
  for (const kind of verdict.unknown ?? []) result.unknown.add(subjectKey(kind, subject));
}

/** Compares one kind of thing in one cluster, page by page: what is ours first, then what is nobody's. */
export async function compareSource(
  read: Transaction,
  reader: ObservedReader,
  source: IntentSource,
  clusterId: string,
  context: CompareContext,
  report: Report,
): Promise<Compared> {
  const result = nothingCompared();
  await compareOurs(read, reader, source, clusterId, context, result, report);
  await compareTheirs(read, reader, source, clusterId, context, result, report);
  return result;
}

async function compareOurs(
  read: Transaction,
  reader: ObservedReader,
  source: IntentSource,
  clusterId: string,
  context: CompareContext,
  result: Compared,
  report: Report,
): Promise<void> {
  const lane = { clusterId, kind: source.observedKind };
  for (let after = ''; ;) {
    const intents = await source.page(read, clusterId, after, PAGE);
    const ids = intents.flatMap(({ openstackId }) => openstackId ?? []);
    const stored = await reader.findMany(read, lane, ids);
    const seen = new Map(stored.map((object) => [object.id, source.seen(object)]));
    for (const intent of intents) {
      const verdict = judgeIntent(intent, seenOfIntent(intent, seen), context);
      take(result, { kind: intent.kind, id: intent.id }, verdict);
    }
    await tell(result, report);
    const last = intents.at(-1);
    if (!last || intents.length < PAGE) return;
    after = last.id;
  }
}

const seenOfIntent = (intent: Intent, seen: ReadonlyMap<string, Seen>): Seen | null =>
  intent.openstackId === null ? null : (seen.get(intent.openstackId) ?? null);

async function compareTheirs(
  read: Transaction,
  reader: ObservedReader,
  source: IntentSource,
  clusterId: string,
  context: CompareContext,
  result: Compared,
  report: Report,
): Promise<void> {
  for await (const page of pagesOf(read, reader, { clusterId, kind: source.observedKind })) {
    const unclaimed = await unclaimedOf(
      read,
      source,
      clusterId,
      page.map((object) => source.seen(object)),
    );
    const marks = [...new Set(unclaimed.flatMap(({ mark }) => mark ?? []))];
    const owners = marks.length ? await source.byMarks(read, clusterId, marks) : new Map<string, Intent>();
    for (const seen of unclaimed) {
      const owner = seen.mark === null ? null : (owners.get(seen.mark) ?? null);
      take(result, { kind: seen.kind, id: seen.openstackId }, judgeUnclaimed(seen, owner, context));
    }
    await tell(result, report);
  }
}

async function unclaimedOf(
  read: Transaction,
  source: IntentSource,
  clusterId: string,
  seen: readonly Seen[],
): Promise<Seen[]> {
  if (!seen.length) return [];
  const claimed = await source.claimed(
    read,
    clusterId,
    seen.map(({ openstackId }) => openstackId),
  );
  return seen.filter((one) => !claimed.has(one.openstackId) && !source.passesOver(one));
}
