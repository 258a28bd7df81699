import type { PassEnd } from '../lane/lane.types.js';
import { brakeAfter, type BrakeState, type Vanishing } from './brake.rules.js';
import type { ObservedIndex } from '../observed/observed-index.js';
import type { MissingObject } from '../observed/observed-store.js';
import type { LaneWriter } from './lane-writer.js';
import type { PassJob, PassParts } from './pass-runner.js';
import type { PassCounts } from './pass.types.js';
import { askFor } from './questions.js';

/** Objects that one confirmation asks for; the rest has its turn with the next. */
const ASKED_AT_ONCE = 200;
/** So often it must have been asked for by id and not found. */
const NOT_FOUND_TIMES = 2;
/** Missing objects are counted up to so many. */
const COUNTED = 1_000;
/** Ids of one statement. */
const COMPARED_AT_ONCE = 1_000;

type AbsenceResult = Pick<PassEnd, 'present' | 'missing' | 'brake'>;

/**
 * What follows from what was not seen. Not seen in a complete list: missing. Asked for by id and not found, twice:
 * gone. And none of it when an improbable share vanishes at once: then a person decides.
 */
export class Absences<Context> {
  constructor(
    private readonly parts: PassParts,
    private readonly job: PassJob<Context>,
    private readonly writer: LaneWriter,
    private readonly counts: PassCounts,
  ) {}

  /** After a complete list of everything. What was read on its own meanwhile is where that found it. */
  async unseen(index: ObservedIndex): Promise<AbsenceResult> {
    const { newer } = this.job;
    // As a rule: all that is known was seen, and so nothing is missing.
    if (index.seen === index.size && newer.size === 0) return this.nothingMissing(index.size);
    const unseen = [...index.unseen()].map(({ id }) => id).filter((id) => !newer.has(id));
    return this.vanished(unseen, unseen, { known: index.size, whole: true });
  }

  /** After a list that says what was deleted. */
  async deleted(ids: readonly string[]): Promise<AbsenceResult> {
    if (ids.length === 0) return this.job.lane.missing > 0 ? this.asBefore() : {};
    const { store, database } = this.parts;
    const known = await store.known(database.read, this.job.claim, ids);
    const news = ids.filter((id) => known.has(id) && !known.get(id)?.missing && !this.job.newer.has(id));
    if (news.length === 0) return this.asBefore();
    const before = await store.missing(database.read, this.job.claim, COUNTED);
    const total = await store.count(database.read, this.job.claim);
    const unseen = [...before.map(({ id }) => id), ...news];
    return this.vanished(news, unseen, { known: total, whole: false });
  }

  /** The numbers, when nothing follows from the list. */
  async asBefore(): Promise<AbsenceResult> {
    const { store, database } = this.parts;
    const { claim, lane } = this.job;
    const missing = (await store.missing(database.read, claim, COUNTED)).length;
    const present = await store.count(database.read, claim);
    // A release is used up when all that has become missing by it was found or is gone; not before anything has.
    const usedUp = lane.brake === 'released' && lane.missing > 0 && missing === 0;
    return usedUp ? this.nothingMissing(present) : { present, missing };
  }

  private nothingMissing(present: number): AbsenceResult {
    return { present, missing: 0, brake: { state: 'off', known: present, unseen: 0 } };
  }

  /**
   * Asks for what is missing, and writes all that was answered before it fails with what was not.
   * @throws what the cluster, the database or the loss of the lane made of it.
   */
  async confirm(): Promise<void> {
    const { lane, claim, kind, context, signal, patience } = this.job;
    if (lane.brake === 'on') return;
    const { store, database } = this.parts;
    const missing = await store.missing(database.read, claim, ASKED_AT_ONCE);
    const find = (id: string) => patience.with(kind.find(context, id));
    const { found, absent, failed, error } = await askFor(missing, find, signal);
    const idsOf = (some: readonly MissingObject[]): string[] => some.map(({ id }) => id);
    const gone = idsOf(absent.filter(({ notFound }) => notFound + 1 >= NOT_FOUND_TIMES));
    this.counts.asked = found.length + absent.length + failed.length;
    this.counts.answered = found.length + absent.length;
    this.counts.seen += found.length;
    await this.writer.notFound(idsOf(absent), gone);
    this.counts.gone += gone.length;
    this.counts.written += await this.writer.apply(found);
    await this.writer.notAnswered(idsOf(failed));
    if (error !== undefined) throw error;
  }

  /** `news` are those of the unseen that may not have been missing before. */
  private async vanished(
    news: readonly string[],
    unseen: readonly string[],
    list: Pick<Vanishing, 'known' | 'whole'>,
  ): Promise<AbsenceResult> {
    const { lane } = this.job;
    const expected = await this.expectedAmong(unseen);
    const vanishing = { ...list, unseen: unseen.length - expected.size };
    const state = brakeAfter(lane.brake, vanishing, lane.brakeUnseen, lane.tier.brake);
    const missing = state === 'on' ? news.filter((id) => expected.has(id)) : news;
    this.counts.missing += await this.writer.missing(missing);
    const brake = this.brakeOf(state, vanishing);
    return { ...(await this.asBefore()), ...(brake && { brake }) };
  }

  private async expectedAmong(ids: readonly string[]): Promise<Set<string>> {
    const { kind, claim } = this.job;
    const expected = new Set<string>();
    for (let from = 0; from < ids.length; from += COMPARED_AT_ONCE) {
      const some = ids.slice(from, from + COMPARED_AT_ONCE);
      const gone = (await kind.expectedGone?.(this.parts.database.read, claim.clusterId, some)) ?? [];
      for (const id of gone) expected.add(id);
    }
    return expected;
  }

  private brakeOf(state: BrakeState, vanishing: Vanishing): PassEnd['brake'] {
    const { lane } = this.job;
    // What a list of changes names is not all that is unseen: the numbers stay those of the list that braked.
    if (!vanishing.whole && state === lane.brake) return undefined;
    // What was accepted stays the measure until the release is used up.
    const unseen = state === 'released' ? (lane.brakeUnseen ?? vanishing.unseen) : vanishing.unseen;
    return { state, known: vanishing.known, unseen };
  }
}
