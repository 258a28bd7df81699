import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedIndex } from './observed-index.js';
import type { LaneKey, ObservedStore } from './observed-store.js';

interface Kept {
  index: ObservedIndex;
  /** Nobody has asked for it by then: its lane is another conductor's. */
  until: number;
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

  /**
   * The index of all that the lane has in the database, none of it met. One pass at a time may use it. It is given up
   * when nobody asks for it within `keptMs`.
   */
  async take(tx: Transaction, lane: LaneKey, keptMs: number): Promise<ObservedIndex> {
    this.giveUpUnused();
    const key = `${lane.clusterId}/${lane.kind}`;
    const kept = this.kept.get(key)?.index;
    const index = kept && (await this.holds(tx, lane, kept)) ? kept : await this.store.index(tx, lane);
    if (kept && index !== kept) index.adoptDigests(kept);
    index.begin();
    this.kept.set(key, { index, until: this.now() + keptMs });
    return index;
  }

  private async holds(tx: Transaction, lane: LaneKey, { checksum }: ObservedIndex): Promise<boolean> {
    const { count, missing, hashes } = await this.store.checksum(tx, lane);
    return count === checksum.count && missing === checksum.missing && hashes === checksum.hashes;
  }

  private giveUpUnused(): void {
    const now = this.now();
    for (const [key, { until }] of this.kept) if (until < now) this.kept.delete(key);
  }
}
