import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { childAt, contains, formatBlock, overlaps, parseBlock, sizeOf } from '../block/block.js';
import { DEFAULT_PREFIXES as policy } from '../pool/pool.rules.js';
import { usableOf } from '../segment/infra.rules.js';
import { splitEvenly } from './split.rules.js';

const vpc = parseBlock('10.0.0.0/20', '');
const subnet = (slot: number) => childAt(vpc, 22, slot);
const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
const infra = { realisation: 'routed' as const, dhcpPorts: 1 };

describe('a subnet that is cut evenly', () => {
  // The table of the design: clusters, segment, assigned units, spare units, usable addresses of each.
  it.each([
    [1, 24, 2, 6, 252],
    [2, 24, 4, 4, 252],
    [3, 24, 6, 2, 252],
    [4, 24, 8, 0, 252],
    [5, 25, 5, 3, 124],
    [8, 25, 8, 0, 124],
  ])(
    'among %i clusters gives /%i: %i units dealt, %i spare, %i usable',
    (n, prefix, dealt, spare, usable) => {
      const split = splitEvenly(subnet(0), policy, names(n), 0);
      expect(split.deals.map(({ block }) => block.prefix)).toEqual(Array.from({ length: n }, () => prefix));
      const unitsOf = (blocks: { prefix: number }[]) =>
        blocks.reduce((sum, b) => sum + 2 ** (25 - b.prefix), 0);
      expect(unitsOf(split.deals.map(({ block }) => block))).toBe(dealt);
      expect(unitsOf(split.spares)).toBe(spare);
      expect(split.deals.map(({ block }) => usableOf(infra, subnet(0), block))).toEqual(
        Array.from({ length: n }, () => usable),
      );
    },
  );

  it('loses nothing and overlaps nowhere, whatever the number and the place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 3 }), (n, slot) => {
        const { deals, spares } = splitEvenly(subnet(slot), policy, names(n), slot);
        const all = [...deals.map(({ block }) => block), ...spares];
        expect(all.reduce((sum, block) => sum + sizeOf(block), 0n)).toBe(1024n);
        expect(all.every((block) => contains(subnet(slot), block))).toBe(true);
        expect(all.some((a, i) => all.slice(i + 1).some((b) => overlaps(a, b)))).toBe(false);
        expect(new Set(deals.map(({ clusterId }) => clusterId)).size).toBe(n);
      }),
    );
  });

  it('does not give the low range to the same cluster each time', () => {
    const first = [0, 1, 2, 3].map((slot) => splitEvenly(subnet(slot), policy, names(5), slot).deals[0]);
    expect(first.map((deal) => deal?.clusterId)).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(first.map((deal) => deal && formatBlock(deal.block))).toEqual([
      '10.0.0.0/25',
      '10.0.4.0/25',
      '10.0.8.0/25',
      '10.0.12.0/25',
    ]);
  });

  it('is refused without clusters and with more than it has units', () => {
    const attempt = (n: number) => () => splitEvenly(subnet(0), policy, names(n), 0);
    expect(attempt(0)).toThrow(
      expect.objectContaining({ code: 'idc_without_clusters', category: 'invalid' }),
    );
    expect(attempt(9)).toThrow(
      expect.objectContaining({ code: 'too_many_clusters', extra: { clusters: 9, most: 8 } }),
    );
  });
});

describe('what the network itself needs', () => {
  const whole = childAt(subnet(0), 24, 0);
  it('is the same in every segment of a routed subnet', () => {
    expect(usableOf(infra, subnet(0), whole)).toBe(252);
    expect(usableOf(infra, subnet(0), childAt(subnet(0), 25, 3))).toBe(124);
    expect(usableOf({ ...infra, dhcpPorts: 3 }, subnet(0), whole)).toBe(250);
  });
  it('is network, gateway and broadcast once in a stretched subnet', () => {
    const stretched = { realisation: 'stretched' as const, dhcpPorts: 1 };
    const usable = [0, 1, 2, 3].map((i) => usableOf(stretched, subnet(0), childAt(subnet(0), 24, i)));
    expect(usable).toEqual([253, 255, 255, 254]);
  });
});
