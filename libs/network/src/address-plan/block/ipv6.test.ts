import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pickLowest } from '../address/allocation.rules.js';
import { subnetsPerVpc, unitsPerSubnet, vpcsPerPool } from '../pool/pool.rules.js';
import { infraOf, usableOf } from '../segment/infra.rules.js';
import { splitEvenly, wholeSegments } from '../subnet/split.rules.js';
import { shareOut } from '../supplement/share-out.rules.js';
import { childAt, contains, formatBlock, indexOf, lastOf, overlaps, parseBlock, sizeOf } from './block.js';

/** The plan of the default pool, with 96 bits before it. */
const policy = { vpc: 116, subnet: 118, segment: 121 };
const pool = parseBlock('fd00:11::/104', '');
const infra = { realisation: 'routed' as const, dhcpPorts: 1 };
const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
const subnetAt = fc
  .tuple(fc.nat(4095), fc.nat(3))
  .map(([vpc, slot]) => childAt(childAt(pool, policy.vpc, vpc), policy.subnet, slot));

describe('the arithmetic of the plan, with IPv6', () => {
  it('divides a pool as it divides one of IPv4', () => {
    expect(vpcsPerPool(pool, policy)).toBe(4096n);
    expect(subnetsPerVpc(policy)).toBe(4);
    expect(unitsPerSubnet(policy)).toBe(8);
    expect(vpcsPerPool(parseBlock('fd00::/8', ''), { ...policy, vpc: 72 })).toBe(2n ** 64n);
  });

  it('cuts subnets so that nothing is lost and nothing overlaps', () => {
    fc.assert(
      fc.property(subnetAt, fc.integer({ min: 1, max: 8 }), (subnet, n) => {
        const { deals, spares } = splitEvenly(subnet, policy, names(n), n % 4);
        const all = [...deals.map(({ block }) => block), ...spares];
        expect(all.reduce((sum, block) => sum + sizeOf(block), 0n)).toBe(1024n);
        expect(all.every((block) => contains(subnet, block))).toBe(true);
        expect(all.some((a, i) => all.slice(i + 1).some((b) => overlaps(a, b)))).toBe(false);
        expect(all.every((block) => parseBlock(formatBlock(block), '').base === block.base)).toBe(true);
      }),
    );
  });

  it('keeps what the network needs, which is no broadcast address', () => {
    fc.assert(
      fc.property(subnetAt, (subnet) => {
        const [segment] = wholeSegments(subnet, policy);
        if (!segment) throw new RangeError('a subnet has segments');
        const kept = infraOf(infra, subnet, segment);
        expect(kept.map(({ use }) => use)).toEqual(['network', 'gateway', 'dhcp']);
        expect(kept.map(({ address }) => address - segment.base)).toEqual([0n, 1n, 2n]);
        expect(usableOf(infra, subnet, segment)).toBe(253);
        const taken = new Set(kept.map(({ address }) => address));
        const picked = pickLowest(segment, taken, 300);
        expect(picked).toHaveLength(253);
        expect(picked.at(-1)).toBe(lastOf(segment));
      }),
    );
  });

  it('shares pieces out until the wants are covered', () => {
    fc.assert(
      fc.property(subnetAt, fc.array(fc.nat(300), { minLength: 1, maxLength: 5 }), (subnet, wants) => {
        const pieces = wholeSegments(subnet, policy).map((block) => ({ block, subnet, segmentId: null }));
        const asked = wants.map((addresses, i) => ({ clusterId: `c${i}`, addresses }));
        const { deals, left } = shareOut(pieces, asked, { infra, unit: policy.segment });
        const all = [...deals, ...left].map(({ block }) => block);
        expect(all.reduce((sum, block) => sum + sizeOf(block), 0n)).toBe(1024n);
        const open = asked.some(({ clusterId, addresses }) => {
          const own = deals.filter((deal) => deal.clusterId === clusterId);
          return own.reduce((sum, { block }) => sum + usableOf(infra, subnet, block), 0) < addresses;
        });
        if (open) expect(left).toEqual([]);
      }),
    );
  });

  it('finds the place of a block, however far it is', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (place) => {
        const far = childAt(parseBlock('fd00::/8', ''), 64, place);
        expect(indexOf(parseBlock('fd00::/8', ''), far)).toBe(place);
      }),
    );
  });
});
