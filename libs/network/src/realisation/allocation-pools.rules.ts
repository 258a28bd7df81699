import { formatAddress, lastOf, parseAddress, type Block, type Family } from '../address-plan/block/block.js';
import { infraOf, type InfraPolicy } from '../address-plan/segment/infra.rules.js';

/** A range of addresses, both ends included, as Neutron writes it. */
export interface AddressRange {
  start: string;
  end: string;
}

/** The addresses of the segment that servers and ports may have: all but those that the network needs for itself. */
export function usableRanges(policy: InfraPolicy, subnet: Block, segment: Block): AddressRange[] {
  const ranges: AddressRange[] = [];
  let next = segment.base;
  for (const { address } of infraOf(policy, subnet, segment)) {
    if (next < address) ranges.push(rangeOf(segment, next, address - 1n));
    next = address + 1n;
  }
  if (next <= lastOf(segment)) ranges.push(rangeOf(segment, next, lastOf(segment)));
  return ranges;
}

/** The addresses that the plan keeps for the DHCP and metadata ports of the segment. */
export function dhcpRanges(policy: InfraPolicy, subnet: Block, segment: Block): AddressRange[] {
  const kept = infraOf(policy, subnet, segment).filter(({ use }) => use === 'dhcp');
  const [first, last] = [kept[0], kept.at(-1)];
  // They stand next to each other.
  return first && last ? [rangeOf(segment, first.address, last.address)] : [];
}

/** In the order of the addresses, neighbours joined: two lists of ranges are the same when their texts are. */
export function normalRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = ranges.map(toNumbers).toSorted((a, b) => (a.start < b.start ? -1 : 1));
  const joined: NumberRange[] = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (before && range.start <= before.end + 1n)
      before.end = range.end > before.end ? range.end : before.end;
    else joined.push(range);
  }
  return joined.map(toRange);
}

export function joinRanges(a: readonly AddressRange[], b: readonly AddressRange[]): AddressRange[] {
  return normalRanges([...a, ...b]);
}

/** What of `from` is not in `taken`. */
export function subtractRanges(
  from: readonly AddressRange[],
  taken: readonly AddressRange[],
): AddressRange[] {
  let left = normalRanges(from).map(toNumbers);
  for (const { start, end } of taken.map(toNumbers)) {
    left = left.flatMap((range) =>
      [
        { ...range, end: range.end < start ? range.end : start - 1n },
        { ...range, start: range.start > end ? range.start : end + 1n },
      ].filter((piece) => piece.start <= piece.end),
    );
  }
  return left.map(toRange);
}

export function sameRanges(a: readonly AddressRange[], b: readonly AddressRange[]): boolean {
  return JSON.stringify(normalRanges(a)) === JSON.stringify(normalRanges(b));
}

function rangeOf({ family }: Block, start: bigint, end: bigint): AddressRange {
  return { start: formatAddress(family, start), end: formatAddress(family, end) };
}

interface NumberRange {
  start: bigint;
  end: bigint;
  family: Family;
}

function toRange({ start, end, family }: NumberRange): AddressRange {
  return { start: formatAddress(family, start), end: formatAddress(family, end) };
}

function toNumbers({ start, end }: AddressRange): NumberRange {
  const first = parseAddress(start, '/start');
  return { start: first.address, end: parseAddress(end, '/end').address, family: first.family };
}
