import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { grow, initialConcurrency, shrink } from './concurrency.rules.js';

const bounds = { initial: 16, min: 2, max: 128 };

describe('the limit of what may be in flight', () => {
  it('stays within its bounds, whatever the answers say', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (answers) => {
        let state = initialConcurrency(bounds);
        for (const good of answers) {
          state = good ? grow(state, state.limit, bounds) : shrink(state, state.generation, bounds);
          expect(state.limit).toBeGreaterThanOrEqual(bounds.min);
          expect(state.limit).toBeLessThanOrEqual(bounds.max);
        }
      }),
    );
  });

  it('doubles with each round of good answers until the first congestion, then grows by one a round', () => {
    let state = initialConcurrency(bounds);
    for (let answer = 0; answer < 16; answer += 1) state = grow(state, state.limit, bounds);
    expect(state.limit).toBe(32);
    state = shrink(state, state.generation, bounds);
    expect(state.limit).toBeCloseTo(22.4);
    for (let answer = 0; answer < 22; answer += 1) state = grow(state, state.limit, bounds);
    expect(state.limit).toBeGreaterThan(23);
    expect(state.limit).toBeLessThan(24);
  });

  it('does not grow while it is not used', () => {
    const state = initialConcurrency(bounds);
    expect(grow(state, 3, bounds)).toBe(state);
  });

  it('shrinks once for all the refusals of one round', () => {
    let state = initialConcurrency(bounds);
    const { generation } = state;
    for (let refusal = 0; refusal < 10; refusal += 1) state = shrink(state, generation, bounds);
    expect(state.limit).toBeCloseTo(16 * 0.7);
  });
});
