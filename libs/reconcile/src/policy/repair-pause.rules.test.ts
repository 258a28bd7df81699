import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FIRST_PAUSE_MS, LAST_PAUSE_MS, pauseAfter } from './repair-pause.rules.js';

describe('the pause after a failure', () => {
  it('is five minutes at first, and twice as long after the next', () => {
    expect([1, 2, 3].map(pauseAfter)).toEqual([FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS, 4 * FIRST_PAUSE_MS]);
  });

  it('never gets shorter, and never longer than six hours', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (failures) => {
        expect(pauseAfter(failures + 1)).toBeGreaterThanOrEqual(pauseAfter(failures));
        expect(pauseAfter(failures)).toBeLessThanOrEqual(LAST_PAUSE_MS);
        expect(pauseAfter(failures)).toBeGreaterThanOrEqual(FIRST_PAUSE_MS);
      }),
    );
  });
});
