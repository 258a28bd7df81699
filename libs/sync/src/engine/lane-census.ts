import type { SyncKind } from '../kind/sync-kind.js';
import { digestOf } from '../lane/lane-digest.rules.js';
import { LaneTierRepository } from '../lane/lane-tier.repository.js';
import type { LaneRepository } from '../lane/lane.repository.js';
import type { LaneWish } from '../lane/lane.types.js';
import type { SyncCluster, SyncEngineOptions } from './sync-engine.options.js';

export interface LaneCensusParts<Context> extends Pick<
  SyncEngineOptions<Context>,
  'database' | 'clusters' | 'conductorGroup' | 'kinds'
> {
  lanes: LaneRepository;
  /** The first passes of new lanes begin within this time. */
  spreadMs: number;
}

/** Sees to it that there is a lane for every kind in every cluster of the group, and none for what is no more. */
export class LaneCensus<Context> {
  private readonly tiers = new LaneTierRepository();

  constructor(private readonly parts: LaneCensusParts<Context>) {}

  /** Every conductor of the group does it: they all write the same, and nothing where nothing differs. */
  async take(): Promise<void> {
    const { database, lanes, conductorGroup, kinds, spreadMs } = this.parts;
    if (digestOf(await this.wishes()) === (await lanes.digest(database.read, conductorGroup))) return;
    // The lanes first, then the clusters: one that comes to the group in between must not be taken for one that has gone.
    const present = new Map(
      (await lanes.ofGroup(database.read, conductorGroup)).map((lane) => [keyOf(lane), lane]),
    );
    const wishes = await this.wishes();
    const different = wishes.filter((wish) => !same(wish, present.get(keyOf(wish))));
    const ofOtherTier = different.filter(
      (wish) => (present.get(keyOf(wish))?.tier ?? wish.tier) !== wish.tier,
    );
    if (different.length > 0) {
      await database.transaction(async (tx) => {
        await this.tiers.hasten(tx, ofOtherTier);
        await lanes.ensure(tx, different, spreadMs);
      });
    }
    for (const wish of wishes) present.delete(keyOf(wish));
    // Conductors of a newer or older release may know kinds that this one does not.
    const known = new Set(kinds.map(({ kind }) => kind));
    const surplus = [...present.values()].filter(({ kind }) => known.has(kind));
    if (surplus.length > 0) await database.transaction((tx) => lanes.remove(tx, surplus));
  }

  private async wishes(): Promise<LaneWish[]> {
    const { clusters, kinds, conductorGroup } = this.parts;
    return (await clusters()).flatMap((cluster) => wishesFor(cluster, kinds, conductorGroup));
  }
}

function wishesFor<Context>(
  cluster: SyncCluster,
  kinds: readonly SyncKind<Context>[],
  conductorGroup: string,
): LaneWish[] {
  return kinds.flatMap((kind) => {
    const strategy = kind.strategy(cluster.caps);
    if (!strategy && !cluster.resting) return [];
    return {
      clusterId: cluster.id,
      kind: kind.kind,
      domain: kind.domain,
      conductorGroup,
      tier: cluster.tier,
      strategy: strategy ?? { changes: 'full', deletions: 'full' },
      slowness: kind.slowness ?? 1,
      resting: cluster.resting,
    };
  });
}

const keyOf = ({ clusterId, kind }: LaneWish): string => `${clusterId}/${kind}`;

function same(wish: LaneWish, lane: LaneWish | undefined): boolean {
  return (
    lane !== undefined &&
    lane.domain === wish.domain &&
    lane.tier === wish.tier &&
    lane.strategy.changes === wish.strategy.changes &&
    lane.strategy.deletions === wish.strategy.deletions &&
    lane.slowness === wish.slowness &&
    lane.resting === wish.resting
  );
}
