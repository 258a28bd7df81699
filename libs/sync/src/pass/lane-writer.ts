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

const nothing: ObservedChanges = { written: [], missing: [], gone: [] };

/**
 * Writes what was seen of a lane. Nothing is written that is not different, and everything in a transaction that holds
 * the lane: who is not its owner any more changes nothing.
 */
export class LaneWriter {
  constructor(
    private readonly parts: LaneWriterParts,
    private readonly kind: Pick<SyncKind<never>, 'applied'>,
    private readonly claim: LaneClaim,
  ) {}

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
    await this.write(changed, back);
    return changed.length;
  }

  /** They were not seen; returns how many were not missing already. @throws LaneLost */
  async missing(ids: readonly string[]): Promise<number> {
    let marked = 0;
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      await this.held(async (tx) => {
        const count = await this.parts.store.markMissing(tx, this.claim, some);
        await this.tell(tx, { ...nothing, missing: some });
        return count;
      }).then((count) => (marked += count));
    }
    return marked;
  }

  /** They were asked for by id and not found; `gone` are those of them for which it was not the first time. */
  async notFound(ids: readonly string[], gone: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.held(async (tx) => {
      await this.parts.store.notFound(tx, this.claim, ids);
      if (gone.length === 0) return;
      await this.parts.store.markGone(tx, this.claim, gone);
      await this.tell(tx, { ...nothing, gone });
    });
  }

  /** @throws LaneLost */
  async held<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { database, lanes } = this.parts;
    return database.transaction(async (tx) => {
      await lanes.hold(tx, this.claim);
      return work(tx);
    });
  }

  private async applySome(objects: readonly ObservedObject[]): Promise<number> {
    const { database, store } = this.parts;
    const ids = objects.map(({ id }) => id);
    // Only the owner writes the objects of a lane, so what is read before the lane is held still is so afterwards.
    const known = await store.known(database.read, this.claim, ids);
    const changed = objects.map((object) => ({ object, hash: hashOf(object) })).filter(isNews(known));
    const news = new Set(changed.map(({ object }) => object.id));
    const back = ids.filter((id) => known.get(id)?.missing && !news.has(id));
    await this.write(
      changed,
      objects.filter(({ id }) => back.includes(id)),
    );
    return changed.length;
  }

  private async write(changed: readonly HashedObject[], back: readonly ObservedObject[]): Promise<void> {
    if (changed.length === 0 && back.length === 0) return;
    const { store } = this.parts;
    await this.held(async (tx) => {
      if (changed.length > 0) await store.write(tx, this.claim, changed);
      const ids = back.map(({ id }) => id);
      if (ids.length > 0) await store.seenAgain(tx, this.claim, ids);
      const returned = back.filter(({ partial }) => !partial);
      await this.tell(tx, { ...nothing, written: [...changed.map(({ object }) => object), ...returned] });
    });
  }

  private async tell(tx: Transaction, changes: ObservedChanges): Promise<void> {
    await this.kind.applied?.(tx, this.claim.clusterId, changes);
  }
}

const isNews =
  (known: ReadonlyMap<string, KnownObject>) =>
  ({ object, hash }: HashedObject): boolean => {
    // An id alone makes nothing known: a server of a cell that is down may long have been deleted.
    if (object.partial) return false;
    return known.get(object.id)?.hash !== hash;
  };
