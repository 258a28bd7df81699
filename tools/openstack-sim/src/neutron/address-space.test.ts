import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressSpace } from './address-space.js';

describe('the addresses of a subnet', () => {
  const space = () => new AddressSpace('10.0.0.0/24', [{ start: '10.0.0.2', end: '10.0.0.5' }]);

  it('are given from the pools, each once, until there are no more', () => {
    const addresses = space();
    const given = [1, 2, 3, 4].map(() => {
      const address = addresses.free() ?? '';
      addresses.take(address);
      return address;
    });
    expect(given).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']);
    expect(addresses.free()).toBeUndefined();
    addresses.release('10.0.0.4');
    expect(addresses.free()).toBe('10.0.0.4');
  });

  it('are never given while they are taken', () => {
    const step = fc.oneof(
      fc.constant('take' as const),
      fc.integer({ min: 2, max: 5 }).map((last) => `10.0.0.${last}`),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const addresses = space();
        const held = new Set<string>();
        for (const one of steps) {
          if (one !== 'take') {
            addresses.release(one);
            held.delete(one);
            continue;
          }
          const address = addresses.free();
          expect(address === undefined).toBe(held.size === 4);
          if (address === undefined) continue;
          expect(held.has(address)).toBe(false);
          addresses.take(address);
          held.add(address);
        }
      }),
    );
  });
});
