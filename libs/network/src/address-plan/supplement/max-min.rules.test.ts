import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxMin } from './max-min.rules.js';

describe('max-min shares', () => {
  it('follow the textbook', () => {
    expect(maxMin(8, [8, 8])).toEqual([4, 4]);
    expect(maxMin(7, [8, 8])).toEqual([4, 3]);
    expect(maxMin(7, [1, 8, 8])).toEqual([1, 3, 3]);
    expect(maxMin(7, [2, 2])).toEqual([2, 2]);
    expect(maxMin(0, [3])).toEqual([0]);
  });

  it('waste nothing, exceed no want and leave nobody behind', () => {
    const wants = fc.array(fc.nat(12), { maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(40), wants, (units, list) => {
        const shares = maxMin(units, list);
        const wanted = list.reduce((sum, want) => sum + want, 0);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.min(units, wanted));
        const open = shares.filter((share, i) => share < (list[i] ?? 0));
        // Whoever is not satisfied has as much as anybody, but for the one that does not divide.
        for (const share of open) expect(share).toBeGreaterThanOrEqual(Math.max(...shares) - 1);
        shares.forEach((share, i) => expect(share).toBeLessThanOrEqual(list[i] ?? 0));
      }),
    );
  });
});
