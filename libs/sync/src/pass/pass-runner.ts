import type { Database } from '@ultron/platform/database/database.service';
import type { ObservedObject } from '../kind/observed.js';
import type { SyncKind } from '../kind/sync-kind.js';
import type { Lane, LaneClaim, PassEnd } from '../lane/lane.types.js';
import type { KeptIndexes } from '../observed/kept-indexes.js';
import type { ObservedIndex } from '../observed/observed-index.js';
import type { ObservedStore } from '../observed/observed-store.js';
import { ahead } from './ahead.js';
import { Absences } from './absences.js';
import { cursorAfter, later } from './cursor.rules.js';
import { LaneWriter, type LaneWriterParts } from './lane-writer.js';
import type { InHand } from './in-hand.js';
import { cannot } from './pass.errors.js';
import type { Patience } from './patience.js';
import { MOST_READ_BY_ID, readById } from './read-by-id.js';
import { RevisionPass } from './revision-pass.js';
import { noCounts, type PassCounts, type PassMode, type PassOutcome } from './pass.types.js';

export interface PassParts extends LaneWriterParts {
  database: Database;
  store: ObservedStore;
  indexes: KeptIndexes;
  inHand: InHand;
  now: () => number;
}

/** One pass over one lane. */
export interface PassJob<Context> {
  kind: SyncKind<Context>;
  lane: Lane;
  claim: LaneClaim;
  mode: PassMode;
  context: Context;
  signal: AbortSignal;
  /** Ids that were read on their own since the pass began: what the pass has read of them may be older. */
  newer: ReadonlySet<string>;
  patience: Patience;
}

/** What a pass has come to, but for when the next one is due. */
export interface PassResult extends Pick<PassEnd, 'cursorAt' | 'present' | 'missing' | 'brake'> {
  outcome: Extract<PassOutcome, 'complete' | 'incomplete'>;
  refreshed: boolean;
  /** There is more than this pass could read. */
  fullSoon?: boolean;
  /** Of some objects little more than their ids was told: how they are shows only when they can be read again. */
  blind?: boolean;
}

/**
 * Reads a lane page by page and writes what is different. The counts grow while it runs, so that they hold also for a
 * pass that fails on the way.
 */
export class Pass<Context> {
  readonly counts: PassCounts = noCounts();
  private readonly writer: LaneWriter;
  private readonly absences: Absences<Context>;

  constructor(
    private readonly parts: PassParts,
    private readonly job: PassJob<Context>,
  ) {
    this.writer = new LaneWriter(parts, job.kind, job.claim);
    this.absences = new Absences(parts, job, this.writer, this.counts);
  }

  /** @throws what the cluster, the database or the loss of the lane made of it. */
  async run(): Promise<PassResult> {
    await this.writer.ask();
    const result = await this.read();
    await this.readAgain();
    return result;
  }

  private read(): Promise<PassResult> {
    switch (this.job.mode) {
      case 'full':
        return this.full();
      case 'changes':
        return this.changes();
      case 'ids':
        return this.ids();
      case 'confirm':
        return this.confirm();
    }
  }

  private async full(): Promise<PassResult> {
    const { kind, context } = this.job;
    const startedAt = this.parts.now();
    const index = await this.index();
    const listing = kind.list(context, index.known);
    let blind = false;
    for await (const page of ahead(listing, this.job.patience, this.parts.inHand)) {
      this.job.signal.throwIfAborted();
      blind ||= page.some(({ partial }) => partial);
      for (const { updatedAt } of page) index.newest = later(index.newest, updatedAt?.getTime() ?? null);
      this.counts.written += await this.writer.applyPage(index, this.current(page));
      this.counts.pages += 1;
      this.counts.seen = index.seen;
    }
    const cursorAt = cursorAfter({ startedAt, finishedAt: this.parts.now(), newest: index.newest });
    const { complete } = listing.report;
    // What a list that began anew did not show may have been on a page that was read before something was deleted.
    const absent = complete ? await this.absences.unseen(index) : await this.absences.asBefore();
    return { outcome: complete ? 'complete' : 'incomplete', refreshed: complete, cursorAt, blind, ...absent };
  }

  private async changes(): Promise<PassResult> {
    const { kind, context, lane } = this.job;
    if (lane.strategy.changes === 'revisions') return this.revisions();
    if (!kind.listChanged || lane.cursorAt === null) throw cannot(kind.kind, 'list what changed');
    const startedAt = this.parts.now();
    const deleted = new Set<string>();
    const seen = new Set<string>();
    let newest: number | null = null;
    let blind = false;
    const listing = kind.listChanged(context, lane.cursorAt);
    for await (const page of ahead(listing, this.job.patience, this.parts.inHand)) {
      this.job.signal.throwIfAborted();
      blind ||= page.some(({ partial }) => partial);
      for (const object of page) {
        newest = later(newest, object.updatedAt?.getTime() ?? null);
        seen.add(object.id);
        if (object.deleted) deleted.add(object.id);
      }
      await this.write(
        page.filter((object) => !object.deleted),
        seen.size,
      );
    }
    const cursorAt = cursorAfter({ startedAt, finishedAt: this.parts.now(), newest });
    const absent = await this.absences.deleted([...deleted]);
    // What is listed twice, because the list began anew, does no harm here: nothing follows from what is not listed.
    return { outcome: 'complete', refreshed: true, cursorAt, blind, ...absent };
  }

  private async revisions(): Promise<PassResult> {
    const index = await this.index();
    return new RevisionPass(this.parts, this.job, this.writer, this.absences, this.counts).run(index);
  }

  private async ids(): Promise<PassResult> {
    const { kind, context } = this.job;
    if (!kind.listIds) throw cannot(kind.kind, 'list the ids alone');
    const listing = kind.listIds(context);
    const index = await this.index();
    /** Not known, or missing until now. */
    const unread = new Set<string>();
    let unknown = 0;
    for await (const page of ahead(listing, this.job.patience)) {
      this.job.signal.throwIfAborted();
      this.counts.pages += 1;
      for (const id of page) {
        const wasMissing = index.meet(id);
        if (wasMissing === undefined && !unread.has(id)) unknown += 1;
        if (wasMissing !== false) unread.add(id);
      }
    }
    this.counts.seen = index.seen + unknown;
    if (unread.size > MOST_READ_BY_ID) return this.tooMuch();
    this.counts.written += await this.writer.apply(await readById(this.job, unread));
    const { complete } = listing.report;
    const absent = complete ? await this.absences.unseen(index) : await this.absences.asBefore();
    return { outcome: complete ? 'complete' : 'incomplete', refreshed: false, ...absent };
  }

  /** Nothing follows from this list: the full pass sees it all. */
  private async tooMuch(): Promise<PassResult> {
    const absent = await this.absences.asBefore();
    return { outcome: 'incomplete', refreshed: false, fullSoon: true, ...absent };
  }

  private async confirm(): Promise<PassResult> {
    await this.absences.confirm();
    return { outcome: 'complete', refreshed: false, ...(await this.absences.asBefore()) };
  }

  private index(): Promise<ObservedIndex> {
    const { indexes, database } = this.parts;
    return indexes.take(database.read, this.job.claim);
  }

  private async write(page: readonly ObservedObject[], seen: number): Promise<void> {
    this.counts.pages += 1;
    this.counts.seen = seen;
    this.counts.written += await this.writer.apply(this.current(page));
  }

  /** Without what was read on its own meanwhile: which of the two is younger cannot be told. */
  private current(page: readonly ObservedObject[]): readonly ObservedObject[] {
    const { newer } = this.job;
    if (newer.size === 0) return page;
    for (const { id } of page) if (newer.has(id)) this.writer.overtake(id);
    return page.filter(({ id }) => !newer.has(id));
  }

  /** What refreshes read or wrote while the pass was reading it. */
  private async readAgain(): Promise<void> {
    for (let ids = this.writer.takeOvertaken(); ids.length > 0; ids = this.writer.takeOvertaken()) {
      await this.writer.ask();
      this.counts.written += await this.writer.apply(await readById(this.job, ids));
    }
  }
}
