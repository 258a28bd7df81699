import type { Transaction } from '@ultron/platform/database/transaction';
import type { ObservedIndex } from './observed-index.js';
import type { LaneKey, ObservedStore } from './observed-store.js';

/**
 * Keeps the indexes of lanes from pass to pass, so that a pass over what has not changed neither loads nor parses it.
 * The database may have changed meanwhile: a refresh wrote, a saga did, another conductor had the lane. A checksum
 * tells; then the index is loaded anew.
 */
export class KeptIndexes {
  private readonly kept = new Map<string, { lane: LaneKey; index: ObservedIndex }>();

  constructor(private readonly store: Pick<ObservedStore, 'index' | 'checksum'>) {}

  /** The index of all that the lane has in the database, none of it met. One pass at a time may use it. */
  async take(tx: Transaction, { clusterId, kind }: LaneKey): Promise<ObservedIndex> {
    const lane = { clusterId, kind };
    const key = `${clusterId}/${kind}`;
    const kept = this.kept.get(key)?.index;
    const index = kept && (await this.holds(tx, lane, kept)) ? kept : await this.store.index(tx, lane);
    if (kept && index !== kept) index.adoptDigests(kept);
    index.begin();
    this.kept.set(key, { lane, index });
    return index;
  }

  /** Gives up those of other lanes: they have another owner. */
  keepOnly(isOwned: (lane: LaneKey) => boolean): void {
    for (const [key, { lane }] of this.kept) if (!isOwned(lane)) this.kept.delete(key);
  }

  private async holds(tx: Transaction, lane: LaneKey, { checksum }: ObservedIndex): Promise<boolean> {
    const { count, missing, hashes } = await this.store.checksum(tx, lane);
    return count === checksum.count && missing === checksum.missing && hashes === checksum.hashes;
  }
}
