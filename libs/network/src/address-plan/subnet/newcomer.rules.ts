import { byAddress } from '../block/block.js';
import { comesBack, freeIn, isEmpty, roomOf, type SegmentFacts } from '../plan.facts.js';
import { RETURNING } from '../segment/segment.state.js';

/** How a cluster that is new in an IDC comes by addresses in a VPC. */
export type Welcome =
  | { kind: 'has_some' }
  /** A unit of this spare segment. */
  | { kind: 'spare'; segment: SegmentFacts }
  /** The upper half of this empty segment: it must first be given up by its cluster. */
  | { kind: 'halve'; segment: SegmentFacts }
  /** A segment is on its way back, and will be spare. */
  | { kind: 'coming_back' }
  | { kind: 'next_subnet' };

/**
 * A spare unit first, because nothing has to be taken down for it; then half of an empty segment whose cluster keeps
 * its floor; else the cluster waits for the next subnet.
 */
export function welcome(
  segments: readonly SegmentFacts[],
  clusterId: string,
  unit: number,
  floor: (clusterId: string) => number,
): Welcome {
  const own = segments.filter((segment) => segment.clusterId === clusterId);
  if (own.some(({ state }) => !RETURNING.has(state))) return { kind: 'has_some' };
  const spares = segments.filter(({ state }) => state === 'spare');
  // A lone unit before a whole segment, which is worth more to a cluster that runs out.
  const [spare] = spares.toSorted((a, b) => b.block.prefix - a.block.prefix || byAddress(a.block, b.block));
  if (spare) return { kind: 'spare', segment: spare };
  // One at a time: what comes back is given to a newcomer before anybody gives up more.
  if (segments.some(comesBack)) return { kind: 'coming_back' };
  const segment = segments.find((one) => canHalve(segments, one, unit, floor));
  return segment ? { kind: 'halve', segment } : { kind: 'next_subnet' };
}

function canHalve(
  segments: readonly SegmentFacts[],
  segment: SegmentFacts,
  unit: number,
  floor: (clusterId: string) => number,
): boolean {
  const { clusterId, state, block } = segment;
  if (clusterId === null || state !== 'active' || block.prefix >= unit || !isEmpty(segment)) return false;
  const lost = Math.ceil(freeIn(segment) / 2) + segment.infra;
  return roomOf(segments, clusterId).free - lost >= floor(clusterId);
}
