import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedIndex } from './observed-index.js';
import type { LaneKey, ObservedStore } from './observed-store.js';

/** An index that nobody asked for so long is given up: its lane is another conductor's by now, or seldom read. */
const UNUSED_MS = 60 * 60_000;

interface Kept {
  index: ObservedIndex;
  usedAt: number;
}

/**
 * Keeps the indexes of lanes from pass to pass, so that a pass over what has not changed neither loads nor parses it.
 * The database may have changed meanwhile: a refresh wrote, a saga did, another conductor had the lane. A checksum
 * tells; then the index is loaded anew.
 */
export class KeptIndexes {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly store: Pick<ObservedStore, 'index' | 'checksum'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The index of all that the lane has in the database, none of it met. One pass at a time may use it. */
  async take(tx: Transaction, lane: LaneKey): Promise<ObservedIndex> {
    this.giveUpUnused();
    const key = `${lane.clusterId}/${lane.kind}`;
    const kept = this.kept.get(key)?.index;
    const index = kept && (await this.holds(tx, lane, kept)) ? kept : await this.store.index(tx, lane);
    if (kept && index !== kept) index.adoptDigests(kept);
    index.begin();
    this.kept.set(key, { index, usedAt: this.now() });
    return index;
  }

  private async holds(tx: Transaction, lane: LaneKey, { checksum }: ObservedIndex): Promise<boolean> {
    const { count, missing, hashes } = await this.store.checksum(tx, lane);
    return count === checksum.count && missing === checksum.missing && hashes === checksum.hashes;
  }

  private giveUpUnused(): void {
    const since = this.now() - UNUSED_MS;
    for (const [key, { usedAt }] of this.kept) if (usedAt < since) this.kept.delete(key);
  }
}
