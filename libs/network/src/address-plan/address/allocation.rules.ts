import { holds, lastOf, type Block } from '../block/block.js';
import { freeIn, isEmpty, type SegmentFacts } from '../plan.facts.js';

/** A segment from which addresses are handed out. */
export interface OpenSegment extends SegmentFacts {
  dealtAt: Date;
}

/**
 * The order in which segments are used: those in use before empty ones, then the oldest and the fullest, so that the
 * newer ones stay empty and can be taken back.
 */
export function allocationOrder<S extends OpenSegment>(segments: readonly S[]): S[] {
  return segments.toSorted(
    (a, b) =>
      // Those that are being built last: whoever gets an address of theirs has to wait.
      Number(a.state !== 'active') - Number(b.state !== 'active') ||
      Number(isEmpty(a)) - Number(isEmpty(b)) ||
      a.dealtAt.getTime() - b.dealtAt.getTime() ||
      freeIn(a) - freeIn(b) ||
      (a.block.base < b.block.base ? -1 : 1),
  );
}

/** The segments, in their order, that it takes to hand out so many addresses. */
export function segmentsFor<S extends OpenSegment>(count: number, ordered: readonly S[]): S[] {
  const chosen: S[] = [];
  let left = count;
  for (const segment of ordered) {
    if (left <= 0) break;
    if (freeIn(segment) <= 0) continue;
    chosen.push(segment);
    left -= freeIn(segment);
  }
  return chosen;
}

/** The lowest addresses of the block that are not taken; they count as taken from then on. */
export function pickLowest(block: Block, taken: Set<bigint>, count: number): bigint[] {
  const picked: bigint[] = [];
  const last = lastOf(block);
  for (let address = block.base; address <= last && picked.length < count; address++) {
    if (taken.has(address)) continue;
    taken.add(address);
    picked.push(address);
  }
  return picked;
}

export function segmentOf<S extends SegmentFacts>(segments: readonly S[], address: bigint): S | undefined {
  return segments.find(({ block }) => holds(block, address));
}
