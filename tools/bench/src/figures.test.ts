import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alternate, lines, median, medianRatio, quantile, table } from './figures.js';

describe('quantile', () => {
  it('lies between the least and the greatest value and grows with q', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
    const share = fc.double({ noNaN: true, min: 0, max: 1 });
    fc.assert(
      fc.property(values, share, share, (all, p, q) => {
        const [low, high] = [quantile(all, Math.min(p, q)), quantile(all, Math.max(p, q))];
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6);
        expect(high).toBeLessThanOrEqual(Math.max(...all) + 1e-6);
      }),
    );
  });

  it('refuses to speak of no values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('alternate', () => {
  it('lets neither side go first in every round', async () => {
    const order: string[] = [];
    const note = (name: string) => async (round: number) => {
      order.push(`${name}${round}`);
      return round;
    };
    expect(await alternate(3, note('a'), note('b'))).toEqual({ a: [0, 1, 2], b: [0, 1, 2] });
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  });
});

describe('medianRatio', () => {
  it('compares round by round, so that a slow round counts on both sides', () => {
    expect(medianRatio([10, 100, 12], [10, 100, 10])).toBe(1);
  });
});

describe('the report', () => {
  const figures = [
    { scenario: 'accept', metric: 'ratio', value: 0.8512, unit: 'x', aim: '>= 0.8' },
    { scenario: 'burst', metric: 'calls', value: 130, unit: 'calls' },
  ];

  it('has one line of four words for machines', () => {
    expect(lines(figures)).toBe('accept ratio 0.851 x\nburst calls 130 calls');
  });

  it('has a table for people', () => {
    expect(table(figures).split('\n')).toEqual([
      'scenario  metric  value  unit   aim',
      'accept    ratio   0.851  x      >= 0.8',
      'burst     calls     130  calls',
    ]);
  });
});
