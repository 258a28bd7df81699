import { crc32 } from 'node:zlib';
import type { LaneWish } from './lane.types.js';

/** The same for the same lanes in whatever order; `LaneRepository.digest` is its counterpart in the database. */
export function digestOf(lanes: readonly LaneWish[]): string {
  let mix = 0;
  for (const lane of lanes) {
    const { clusterId, kind, domain, tier, strategy, slowness, resting } = lane;
    const text = [
      clusterId,
      kind,
      domain,
      tier,
      strategy.changes,
      strategy.deletions,
      slowness,
      resting ? 1 : 0,
    ];
    mix ^= crc32(text.join('/'));
  }
  // Bitwise operators give signed numbers.
  return `${lanes.length}/${mix >>> 0}`;
}
