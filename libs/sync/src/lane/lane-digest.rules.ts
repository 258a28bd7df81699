import { hash } from 'node:crypto';
import type { LaneWish } from './lane.types.js';

/** Hexadecimal digits of each lane's hash: what fits into a number of the database. */
export const DIGITS = 15;

/**
 * The same for the same lanes in whatever order; `LaneRepository.digest` is its counterpart in the database. No checksum
 * would do: the same change in an even number of lanes would cancel itself out, as when a cluster ceases to rest. (MySQL
 * has no MD5 and no SHA1 any more.)
 */
export function digestOf(lanes: readonly LaneWish[]): string {
  let mix = 0n;
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
    mix ^= BigInt(`0x${hash('sha256', text.join('/')).slice(0, DIGITS)}`);
  }
  return `${lanes.length}/${mix}`;
}
