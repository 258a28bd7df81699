import type { RevisionListing } from '../kind/observed.js';
import type { ObservedIndex } from '../observed/observed-index.js';
import type { Absences } from './absences.js';
import { ahead } from './ahead.js';
import type { LaneWriter } from './lane-writer.js';
import type { PassJob, PassParts, PassResult } from './pass-runner.js';
import type { PassCounts } from './pass.types.js';

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
  async run(): Promise<PassResult> {
    const { kind, context } = this.job;
    if (!kind.listRevisions) throw cannot(kind.kind, 'list the revisions alone');
    const listing = kind.listRevisions(context);
    const index = await this.index();
    const news = await this.newsOf(listing, index);
    if (news.length > Math.max(ALWAYS_READ, index.size * MOST_READ)) return this.tooMuch();
    const unread = await this.read(news, index);
    // What is listed and then not given was deleted in between, or is withheld: the next list tells.
    const complete = listing.report.complete && unread.size === 0;
    const absent = complete ? await this.absences.unseen(index) : await this.absences.asBefore();
    return { outcome: complete ? 'complete' : 'incomplete', refreshed: complete, ...absent };
  }

  private async index(): Promise<ObservedIndex> {
    const { indexes, store, database } = this.parts;
    const index = await indexes.take(database.read, this.job.claim);
    if (!index.hasRevisions) await store.loadRevisions(database.read, this.job.claim, index);
    return index;
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
    for await (const page of ahead(kind.listThese(context, ids), this.job.patience)) {
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

  /** Nothing follows from this list: the full pass sees it all. */
  private async tooMuch(): Promise<PassResult> {
    return {
      outcome: 'incomplete',
      refreshed: false,
      fullSoon: true,
      ...(await this.absences.asBefore()),
    };
  }
}

const cannot = (kind: string, what: string): Error => new TypeError(`the kind ${kind} cannot ${what}`);
