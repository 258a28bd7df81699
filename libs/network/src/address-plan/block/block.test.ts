import { describe, expect, it } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import fc from 'fast-check';
import {
  bitsOf,
  buddyOf,
  childAt,
  contains,
  formatAddress,
  formatBlock,
  fromBytes,
  halvesOf,
  lastOf,
  overlaps,
  parentOf,
  parseAddress,
  parseBlock,
  sameBlock,
  sizeOf,
  toBytes,
  type Block,
} from './block.js';
import { mergeBuddies, takeBlock } from './buddy.rules.js';

const family = fc.constantFrom(4 as const, 6 as const);
const anyBlock: fc.Arbitrary<Block> = family.chain((which) =>
  fc
    .tuple(fc.bigInt(0n, (1n << BigInt(bitsOf(which))) - 1n), fc.integer({ min: 1, max: bitsOf(which) - 1 }))
    .map(([address, prefix]) => {
      const size = sizeOf({ family: which, base: 0n, prefix });
      return { family: which, base: address - (address % size), prefix };
    }),
);

describe('a block', () => {
  it('is written and read alike, in both families', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        expect(parseBlock(formatBlock(block), '/cidr')).toEqual(block);
        const { address } = parseAddress(formatAddress(block.family, lastOf(block)), '/ip');
        expect(address).toBe(lastOf(block));
        expect(fromBytes(toBytes(block.family, block.base))).toBe(block.base);
      }),
    );
  });

  it('is made of its halves, which are buddies', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        const [low, high] = halvesOf(block);
        expect(buddyOf(low)).toEqual(high);
        expect(buddyOf(high)).toEqual(low);
        expect(parentOf(low)).toEqual(block);
        expect(parentOf(high)).toEqual(block);
        expect(contains(block, low) && contains(block, high) && !overlaps(low, high)).toBe(true);
        expect(sizeOf(low) + sizeOf(high)).toBe(sizeOf(block));
      }),
    );
  });

  it('sorts as bytes as it sorts as a number', () => {
    const address = fc.bigInt(0n, (1n << 32n) - 1n);
    fc.assert(
      fc.property(address, address, (a, b) => {
        expect(Math.sign(toBytes(4, a).compare(toBytes(4, b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('has as many children as fit, and no more', () => {
    const pool = parseBlock('11.0.0.0/8', '');
    expect(formatBlock(childAt(pool, 20, 4095))).toBe('11.255.240.0/20');
    expect(() => childAt(pool, 20, 4096)).toThrow(RangeError);
  });

  it.each([
    ['10.0.0.0', 'cidr_invalid'],
    ['10.0.0/8', 'cidr_invalid'],
    ['010.0.0.0/8', 'cidr_invalid'],
    ['10.0.0.0/08', 'cidr_invalid'],
    ['10.0.0.0/33', 'cidr_invalid'],
    ['10.0.0.0/8/8', 'cidr_invalid'],
    ['fe80::%eth0/64', 'cidr_invalid'],
    ['0x0a000000/8', 'cidr_invalid'],
    ['10.1.0.0/8', 'cidr_host_bits'],
    ['2001:db8::1/64', 'cidr_host_bits'],
  ])('%s is refused as %s', (text, code) => {
    let caught: unknown;
    try {
      parseBlock(text, '/cidr');
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Fault);
    expect(caught).toMatchObject({ code, category: 'invalid', fields: [{ pointer: '/cidr' }] });
  });

  it('says which block an address with host bits lies in', () => {
    expect(() => parseBlock('10.1.2.3/16', '/cidr')).toThrow('its block is 10.1.0.0/16');
  });
});

describe('buddies', () => {
  const root = parseBlock('10.0.0.0/22', '');

  it('are taken and merged back without loss, in any order', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 22, max: 28 }), fc.nat()), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (walk) => {
        let free: Block[] = [root];
        const held: Block[] = [];
        for (const [take, prefix, which] of walk) {
          if (take) {
            const taken = takeBlock(free, prefix);
            // Refused only when no free block is large enough.
            expect(taken === null).toBe(!free.some((block) => block.prefix <= prefix));
            if (!taken) continue;
            held.push(taken.block);
            free = taken.free;
          } else if (held.length > 0) {
            free = mergeBuddies([...free, ...held.splice(which % held.length, 1)], 22);
          }
          const all = [...free, ...held];
          expect(all.reduce((sum, block) => sum + sizeOf(block), 0n)).toBe(sizeOf(root));
          expect(all.some((a, i) => all.slice(i + 1).some((b) => overlaps(a, b)))).toBe(false);
        }
        expect(mergeBuddies([...free, ...held], 22)).toEqual([root]);
      }),
    );
  });

  it('never merge into more than the largest block', () => {
    const units = Array.from({ length: 8 }, (_, i) => childAt(root, 25, i));
    expect(mergeBuddies(units, 24).map(formatBlock)).toEqual([
      '10.0.0.0/24',
      '10.0.1.0/24',
      '10.0.2.0/24',
      '10.0.3.0/24',
    ]);
  });

  it('leave large blocks whole where a small one will do', () => {
    const [low, high] = halvesOf(root);
    const [, unit] = halvesOf(low);
    const taken = takeBlock([high, unit], 24);
    expect(taken && sameBlock(taken.block, unit)).toBe(true);
  });
});
