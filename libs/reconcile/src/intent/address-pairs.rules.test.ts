import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalPairs } from './address-pairs.rules.js';

const MAC = 'fa:16:3e:00:00:01';

describe('address pairs', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.5/32', '10.0.0.5'],
    ['10.0.0.0/24', '10.0.0.0/24'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['no address', 'no address'],
  ])('%s is %s', (given, normal) => {
    expect(normalPairs([{ ip_address: given }], MAC)).toEqual([{ ip_address: normal, mac_address: MAC }]);
  });

  it('are the same however they are written, and twice as once', () => {
    const pair = fc.record({
      ip_address: fc.oneof(fc.ipV4(), fc.ipV6()),
      mac_address: fc.option(fc.constantFrom(MAC, MAC.toUpperCase()), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const once = normalPairs(pairs, MAC.toUpperCase());
        expect(normalPairs(once, null)).toEqual(once);
        expect(once.every(({ mac_address: mac }) => mac === MAC)).toBe(true);
      }),
    );
  });
});
