import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAddress, formatCidr, parseAddress, parseCidr } from './address.rules.js';

describe('addresses', () => {
  it('are read and written the same', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(formatAddress(4, parseAddress(text)?.value ?? -1n)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
        const text = formatAddress(6, value);
        expect(isIPv6(text)).toBe(true);
        expect(parseAddress(text)).toEqual({ version: 6, value });
      }),
    );
  });

  it('of the sixth version are written in the shortest way (RFC 5952)', () => {
    // The URL parser of the platform writes them so.
    const sparse = fc.array(fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sparse, (groups) => {
        const value = groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
        expect(`[${formatAddress(6, value)}]`).toBe(
          new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname,
        );
      }),
    );
  });

  it('are refused when they are none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIPv4(text) || isIPv6(text));
      }),
    );
    for (const text of ['1.2.3', '1.2.3.256', '1::2::3', '1:2:3:4:5:6:7', '12345::', 'elsewhere'])
      expect(parseAddress(text)).toBeUndefined();
  });

  it('make networks whose host bits are clear', () => {
    expect(formatCidr(parseCidr('10.1.2.3/16') ?? { version: 4, first: 0n, last: 0n, prefix: 0 })).toBe(
      '10.1.0.0/16',
    );
    expect(parseCidr('10.0.0.0/33')).toBeUndefined();
    expect(parseCidr('10.0.0.0')).toBeUndefined();
  });
});
