import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderedIndex } from './ordered-index.js';

describe('an ordered index', () => {
  it('is what a sorted array would be, whatever is put in and taken out', () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: -1, max: 31 }), (steps, marker) => {
        const index = new OrderedIndex<number>((a, b) => a - b);
        const model = new Set<number>();
        for (const [add, value] of steps) {
          if (add && !model.has(value)) index.insert(value);
          if (!add) index.remove(value);
          if (add) model.add(value);
          else model.delete(value);
        }
        const sorted = [...model].sort((a, b) => a - b);
        expect([...index.after()]).toEqual(sorted);
        expect([...index.before()]).toEqual(sorted.toReversed());
        expect([...index.after(marker)]).toEqual(sorted.filter((value) => value > marker));
        expect([...index.before(marker)]).toEqual(sorted.filter((value) => value < marker).toReversed());
      }),
    );
  });
});
