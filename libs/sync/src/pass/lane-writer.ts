import { databaseTime, type DatabaseTime } from '@ultron/platform/database/database-time';
import type { Database } from '@ultron/platform/database/database.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedObject } from '../kind/observed.js';
import type { ObservedChanges, SyncKind } from '../kind/sync-kind.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneClaim } from '../lane/lane.types.js';
import { hashOf } from '../observed/observed-hash.rules.js';
import type { ObservedIndex } from '../observed/observed-index.js';
import type { HashedObject, KnownObject, ObservedStore } from '../observed/observed-store.js';

/** Objects that are compared and written at once. */
const AT_ONCE = 1_000;

export interface LaneWriterParts {
  database: Database;
  lanes: LaneRepository;
  store: ObservedStore;
}

/**
 * Writes what was seen of a lane. Nothing is written that is not different, and everything in a transaction that holds
 * the lane: who is not its owner any more changes nothing.
 *
 * A pass and any number of refreshes of one owner read a lane at the same time, and who asked first may be the last to
 * write. So nobody writes an object that another has written since it asked the cluster: which of the two sightings is the
 * younger cannot be told, and who comes too late reads it once more.
 */
export class LaneWriter {
  private askedAt: DatabaseTime | undefined;
  private readonly overtaken = new Set<string>();

  constructor(
    private readonly parts: LaneWriterParts,
    private readonly kind: Pick<SyncKind<never>, 'applied'>,
    private readonly claim: LaneClaim,
  ) {}

  /** The cluster is asked from now on for what is written next. */
  async ask(): Promise<void> {
    this.askedAt = await databaseTime(this.parts.database.read);
  }

  /** Another has read it since: it is taken for overtaken. */
  overtake(id: string): void {
    this.overtaken.add(id);
  }

  /** Those that another has written since the cluster was asked, and that so were not written: to be read once more. */
  takeOvertaken(): string[] {
    const ids = [...this.overtaken];
    this.overtaken.clear();
    return ids;
  }

  /** Returns how many were new or different. @throws LaneLost */
  async apply(objects: readonly ObservedObject[]): Promise<number> {
    let written = 0;
    for (let from = 0; from < objects.length; from += AT_ONCE) {
      written += await this.applySome(objects.slice(from, from + AT_ONCE));
    }
    return written;
  }

  /**
   * The same for a page of a pass over everything, which holds all that is known in memory. The index takes the page for
   * written: it ends with the pass. @throws LaneLost
   */
  async applyPage(index: ObservedIndex, objects: readonly ObservedObject[]): Promise<number> {
    const changed: HashedObject[] = [];
    const back: ObservedObject[] = [];
    for (const object of objects) {
      if (object.partial) {
        if (index.meet(object.id)) back.push(object);
        continue;
      }
      const hash = hashOf(object);
      const how = index.see(object.id, hash, object.digest, object.revision);
      if (how === 'back') back.push(object);
      else if (how !== 'same') changed.push({ object, hash });
    }
    return this.write(changed, back);
  }

  /** They were not seen; returns how many were not missing already. @throws LaneLost */
  async missing(ids: readonly string[]): Promise<number> {
    let marked = 0;
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      marked += await this.heldFor(some, async (tx, left) => {
        const missing = [...left];
        const count = await this.parts.store.markMissing(tx, this.claim, missing);
        await this.tell(tx, { missing });
        return count;
      });
    }
    return marked;
  }

  /** They were asked for by id and not found; `gone` are those of them for which it was not the first time. */
  async notFound(ids: readonly string[], gone: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.heldFor(ids, async (tx, left) => {
      const { store } = this.parts;
      const goneNow = gone.filter((id) => left.has(id));
      await store.notFound(tx, this.claim, [...left]);
      if (goneNow.length === 0) return;
      await store.markGone(tx, this.claim, goneNow);
      await this.tell(tx, { gone: goneNow });
    });
  }

  /** They were asked for by id, and the cluster did not say whether they are there. @throws LaneLost */
  async notAnswered(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.heldFor(ids, (tx, left) => this.parts.store.asked(tx, this.claim, [...left]));
  }

  /** They were asked for by id and not found, for the first time and outside of a pass. @throws LaneLost */
  async vanished(ids: readonly string[]): Promise<void> {
    await this.heldFor(ids, async (tx, left) => {
      const missing = [...left];
      await this.parts.store.markMissing(tx, this.claim, missing);
      await this.parts.store.notFound(tx, this.claim, missing);
      await this.tell(tx, { missing });
    });
  }

  private async applySome(objects: readonly ObservedObject[]): Promise<number> {
    const { database, store } = this.parts;
    const ids = objects.map(({ id }) => id);
    // Compared before the lane is held, since as a rule nothing is different. Whatever is written from here on by others
    // of the owner is overtaken when the lane is held.
    const known = await store.known(database.read, this.claim, ids);
    const changed = objects.map((object) => ({ object, hash: hashOf(object) })).filter(isNews(known));
    const news = new Set(changed.map(({ object }) => object.id));
    const back = ids.filter((id) => known.get(id)?.missing && !news.has(id));
    return this.write(
      changed,
      objects.filter(({ id }) => back.includes(id)),
    );
  }

  /** How many of the changed were written. */
  private async write(changed: readonly HashedObject[], back: readonly ObservedObject[]): Promise<number> {
    const ids = [...changed.map(({ object }) => object.id), ...back.map(({ id }) => id)];
    if (ids.length === 0) return 0;
    const { store } = this.parts;
    return this.heldFor(ids, async (tx, left) => {
      const news = changed.filter(({ object }) => left.has(object.id));
      const again = back.filter(({ id }) => left.has(id));
      await store.write(tx, this.claim, news);
      await store.seenAgain(
        tx,
        this.claim,
        again.map(({ id }) => id),
      );
      const returned = again.filter(({ partial }) => !partial);
      await this.tell(tx, { written: [...news.map(({ object }) => object), ...returned] });
      return news.length;
    });
  }

  /**
   * Does the work for those of the ids that nobody has written since the cluster was asked; the others are overtaken.
   * @throws LaneLost
   */
  private async heldFor<T>(
    ids: readonly string[],
    work: (tx: Transaction, left: ReadonlySet<string>) => Promise<T>,
  ): Promise<T> {
    const { database, lanes, store } = this.parts;
    const { result, late } = await database.transaction(async (tx) => {
      await lanes.hold(tx, this.claim);
      const since = await store.writtenSince(tx, this.claim, ids, this.asked);
      return { result: await work(tx, new Set(ids.filter((id) => !since.has(id)))), late: since };
    });
    for (const id of late) this.overtaken.add(id);
    return result;
  }

  private async tell(tx: Transaction, changes: Partial<ObservedChanges>): Promise<void> {
    const all = { written: [], missing: [], gone: [], ...changes, askedAt: this.asked };
    if (all.written.length + all.missing.length + all.gone.length === 0) return;
    await this.kind.applied?.(tx, this.claim.clusterId, all);
  }

  private get asked(): DatabaseTime {
    if (this.askedAt === undefined) throw new Error('what was never asked for cannot be written');
    return this.askedAt;
  }
}

const isNews =
  (known: ReadonlyMap<string, KnownObject>) =>
  ({ object, hash }: HashedObject): boolean => {
    // An id alone makes nothing known: a server of a cell that is down may long have been deleted.
    if (object.partial) return false;
    return known.get(object.id)?.hash !== hash;
  };
