import { formatAddress, parseAddress } from '../block/block.js';
import { freeIn } from '../plan.facts.js';
import {
  countInvalid,
  fixedCount,
  fixedOutside,
  fixedTaken,
  lowWaterReached,
  tooFew,
} from './address.faults.js';
import type { AllocatedAddress, AllocationRequest } from './address.types.js';
import { allocationOrder, pickLowest, segmentOf, segmentsFor, type OpenSegment } from './allocation.rules.js';

export interface Picked<S> {
  segment: S;
  address: bigint;
}

/** @throws Fault `address_count_invalid`, `fixed_addresses_count` */
export function checkRequest(request: AllocationRequest): void {
  const { count, minCount = count, fixed } = request;
  const whole = Number.isInteger(count) && Number.isInteger(minCount);
  if (!whole || minCount < 1 || count < minCount) throw countInvalid();
  if (fixed && (new Set(fixed).size !== count || fixed.length !== count)) throw fixedCount(request);
}

/** The segments in which the request may find its addresses, in the order in which they are used. */
export function candidatesOf<S extends OpenSegment>(request: AllocationRequest, open: readonly S[]): S[] {
  const own = open.filter(
    ({ clusterId, subnetId, state }) =>
      clusterId === request.clusterId &&
      (request.subnetId === undefined || subnetId === request.subnetId) &&
      (state === 'active' || request.coming === true),
  );
  if (!request.fixed) return allocationOrder(own);
  const named = request.fixed.map((text) => segmentOf(own, parseAddress(text, '/fixed_ips').address));
  return [...new Set(named.filter((segment) => segment !== undefined))];
}

/**
 * The segments whose held addresses must be known before the requests of one cluster can be answered one after the
 * other. Whatever the others take, each finds its own within the first segments that have room for all: using a segment
 * only moves it further to the front.
 */
export function neededSegments<S extends OpenSegment>(
  requests: readonly AllocationRequest[],
  open: readonly S[],
): S[] {
  const total = requests.reduce((sum, { count }) => sum + count, 0);
  const chosen = requests.flatMap((request) => {
    const candidates = candidatesOf(request, open);
    return request.fixed ? candidates : segmentsFor(total, candidates);
  });
  return [...new Set(chosen)];
}

/**
 * Answers one request out of the segments; what it takes is added to `taken`, and counted in the segments.
 * @throws Fault `cluster_addresses_exhausted`, `cluster_addresses_low`, `fixed_address_outside`, `fixed_address_taken`
 */
export function pickFor<S extends OpenSegment>(
  asked: AllocationRequest,
  open: readonly S[],
  taken: Set<bigint>,
  lowWater = 0,
): Picked<S>[] {
  const request = asked.preemptible ? aboveLowWater(asked, open, lowWater) : asked;
  const candidates = candidatesOf(request, open);
  const picked = request.fixed
    ? pickFixed(request.fixed, candidates, taken)
    : pickAny(request, candidates, taken);
  for (const { segment } of picked) segment.held += 1;
  return picked;
}

/** As much of the request as leaves the cluster at its low-water mark: what is below is for those that stay. */
function aboveLowWater(
  request: AllocationRequest,
  open: readonly OpenSegment[],
  lowWater: number,
): AllocationRequest {
  const free = open.reduce((sum, one) => sum + (one.state === 'active' ? freeIn(one) : 0), 0);
  const least = request.fixed ? request.count : (request.minCount ?? request.count);
  if (free - least < lowWater) throw lowWaterReached(request, free, lowWater);
  return { ...request, count: Math.min(request.count, free - lowWater), minCount: least };
}

function pickFixed<S extends OpenSegment>(
  fixed: readonly string[],
  candidates: readonly S[],
  taken: Set<bigint>,
): Picked<S>[] {
  const picked = fixed.map((text) => {
    const { address } = parseAddress(text, '/fixed_ips');
    const segment = segmentOf(candidates, address);
    if (!segment) throw fixedOutside(text);
    if (taken.has(address)) throw fixedTaken(text);
    return { segment, address };
  });
  for (const { address } of picked) taken.add(address);
  return picked;
}

function pickAny<S extends OpenSegment>(
  request: AllocationRequest,
  candidates: readonly S[],
  taken: Set<bigint>,
): Picked<S>[] {
  const free = candidates.reduce((sum, segment) => sum + freeIn(segment), 0);
  if (free < (request.minCount ?? request.count)) throw tooFew(request, free);
  const picked: Picked<S>[] = [];
  for (const segment of candidates) {
    const missing = Math.min(request.count - picked.length, freeIn(segment));
    const addresses = pickLowest(segment.block, taken, missing);
    picked.push(...addresses.map((address) => ({ segment, address })));
  }
  return picked.sort((a, b) => (a.address < b.address ? -1 : 1));
}

export function shown({ segment, address }: Picked<OpenSegment>): AllocatedAddress {
  const { id, subnetId, block, state } = segment;
  return { address: formatAddress(block.family, address), segmentId: id, subnetId, segmentState: state };
}
