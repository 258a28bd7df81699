import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAddress, parseBlock } from '../address-plan/block/block.js';
import {
  dhcpRanges,
  joinRanges,
  normalRanges,
  sameRanges,
  subtractRanges,
  usableRanges,
  type AddressRange,
} from './allocation-pools.rules.js';
import { retryAfterS } from './segment-retry.rules.js';

const block = (text: string) => parseBlock(text, '/cidr');
const routed = { realisation: 'routed', dhcpPorts: 1 } as const;
const stretched = { realisation: 'stretched', dhcpPorts: 1 } as const;

describe('the pools of a segment', () => {
  it('leave out what the network needs for itself', () => {
    const subnet = block('11.0.0.0/22');
    expect(usableRanges(routed, subnet, block('11.0.1.0/25'))).toEqual([
      { start: '11.0.1.3', end: '11.0.1.126' },
    ]);
    expect(dhcpRanges(routed, subnet, block('11.0.1.0/25'))).toEqual([
      { start: '11.0.1.2', end: '11.0.1.2' },
    ]);
    // In a stretched subnet only the first segment has the gateway, and only the last one the broadcast address.
    expect(usableRanges(stretched, subnet, block('11.0.1.0/24'))).toEqual([
      { start: '11.0.1.1', end: '11.0.1.255' },
    ]);
    expect(usableRanges(stretched, subnet, block('11.0.3.0/24'))).toEqual([
      { start: '11.0.3.1', end: '11.0.3.254' },
    ]);
  });

  it('need none for DHCP where there is none', () => {
    const subnet = block('11.0.0.0/22');
    expect(dhcpRanges({ ...routed, dhcpPorts: 0 }, subnet, block('11.0.0.0/25'))).toEqual([]);
  });
});

const BASE = Number(block('11.0.0.0/24').base);
const address = (at: number) => formatAddress(4, BigInt(BASE + at));
const range: fc.Arbitrary<AddressRange> = fc
  .tuple(fc.nat(255), fc.nat(255))
  .map(([a, b]) => ({ start: address(Math.min(a, b)), end: address(Math.max(a, b)) }));
const ranges = fc.array(range, { maxLength: 6 });

/** The addresses themselves, which need no cleverness. */
function spelled(some: readonly AddressRange[]): Set<number> {
  const last = (text: string) => Number(text.split('.')[3]);
  return new Set(
    some.flatMap(({ start, end }) =>
      Array.from({ length: last(end) - last(start) + 1 }, (_, i) => last(start) + i),
    ),
  );
}

describe('ranges of addresses', () => {
  it('are joined and taken away as their addresses are', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        expect(spelled(joinRanges(a, b))).toEqual(new Set([...spelled(a), ...spelled(b)]));
        const [left, taken] = [spelled(a), spelled(b)];
        expect(spelled(subtractRanges(a, b))).toEqual(new Set([...left].filter((one) => !taken.has(one))));
      }),
    );
  });

  it('have one normal form, however they are written down', () => {
    fc.assert(
      fc.property(ranges, (a) => {
        expect(sameRanges(a, a.toReversed())).toBe(true);
        expect(normalRanges(normalRanges(a))).toEqual(normalRanges(a));
        expect(sameRanges(a, joinRanges(a, a))).toBe(true);
      }),
    );
  });
});

describe('a segment that failed', () => {
  it('is tried again after longer and longer, and never later than after a quarter of an hour', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(retryAfterS)).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });
});
