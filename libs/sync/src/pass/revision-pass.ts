import type { RevisionListing } from '../kind/observed.js';
import type { ObservedIndex } from '../observed/observed-index.js';
import type { Absences } from './absences.js';
import { ahead } from './ahead.js';
import type { LaneWriter } from './lane-writer.js';
import { cannot } from './pass.errors.js';
import type { PassJob, PassParts, PassResult } from './pass-runner.js';
import type { PassCounts } from './pass.types.js';
import { MOST_READ_BY_ID, readById } from './read-by-id.js';

/** A list of so many by their ids is one request, and so never dearer than a list of all. */
const ALWAYS_READ = 100;
/** Where a larger share has changed, the list of all takes fewer requests than the lists by ids. */
const MOST_READ = 0.1;

/**
 * Lists ids and revisions alone, and reads in full what is new or at another revision than what was written. What does
 * not raise the revision of its object is left to the next full pass.
 */
export class RevisionPass<Context> {
  constructor(
    private readonly parts: PassParts,
    private readonly job: PassJob<Context>,
    private readonly writer: LaneWriter,
    private readonly absences: Absences<Context>,
    private readonly counts: PassCounts,
  ) {}

  /** @throws what the cluster, the database or the loss of the lane made of it. */
  async run(index: ObservedIndex): Promise<PassResult> {
    const { kind, context, claim } = this.job;
    const { store, database } = this.parts;
    if (!kind.listRevisions) throw cannot(kind.kind, 'list the revisions alone');
    if (!index.hasRevisions) await store.loadRevisions(database.read, claim, index);
    const listing = kind.listRevisions(context);
    const news = await this.newsOf(listing, index);
    if (news.length > Math.max(ALWAYS_READ, index.size * MOST_READ)) return this.incomplete(true);
    const withheld = await this.read(news, index);
    if (!listing.report.complete || withheld.size > MOST_READ_BY_ID) return this.incomplete(false);
    await this.readWithheld(withheld, index);
    return { outcome: 'complete', refreshed: true, ...(await this.absences.unseen(index)) };
  }

  /** The ids of what must be read. A list that began anew shows some of it twice. */
  private async newsOf(listing: RevisionListing, index: ObservedIndex): Promise<string[]> {
    const news = new Set<string>();
    for await (const page of ahead(listing, this.job.patience)) {
      this.job.signal.throwIfAborted();
      for (const { id, revision } of page) if (index.meetAt(id, revision) !== 'same') news.add(id);
      this.counts.pages += 1;
      this.counts.seen = index.seen;
    }
    return [...news].filter((id) => !this.job.newer.has(id));
  }

  /** Returns those that were not given. */
  private async read(ids: readonly string[], index: ObservedIndex): Promise<Set<string>> {
    const { kind, context, newer } = this.job;
    const unread = new Set(ids);
    if (ids.length === 0) return unread;
    if (!kind.listThese) throw cannot(kind.kind, 'list some by their ids');
    const listing = kind.listThese(context, ids);
    for await (const page of ahead(listing, this.job.patience, this.parts.inHand)) {
      this.job.signal.throwIfAborted();
      for (const { id } of page) unread.delete(id);
      // Read on its own meanwhile.
      const current = page.filter(({ id }) => !newer.has(id));
      this.counts.written += await this.writer.applyPage(index, current);
      this.counts.pages += 1;
      this.counts.seen = index.seen;
    }
    return unread;
  }

  /**
   * What is listed and then not given has as a rule been deleted in between. Of each that is asked: what the cluster does
   * not know was not seen, like all else that is not listed.
   */
  private async readWithheld(ids: ReadonlySet<string>, index: ObservedIndex): Promise<void> {
    const found = await readById(this.job, ids);
    const current = found.filter(({ id }) => !this.job.newer.has(id));
    this.counts.written += await this.writer.applyPage(index, current);
    const there = new Set(found.map(({ id }) => id));
    for (const id of ids) if (!there.has(id)) index.unmeet(id);
    this.counts.seen = index.seen;
  }

  /** Nothing follows from this list; a full pass, or the next one of this kind, sees it all. */
  private async incomplete(fullSoon: boolean): Promise<PassResult> {
    const absent = await this.absences.asBefore();
    return { outcome: 'incomplete', refreshed: false, fullSoon, ...absent };
  }
}
