import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isIdempotent, pauseBefore } from './retry.rules.js';

const chance = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('the pause before another try', () => {
  it('doubles up to a bound, with its upper half left to chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), chance, (attempt, random) => {
        const pause = pauseBefore(attempt, undefined, () => random);
        const ceiling = Math.min(200 * 2 ** (attempt - 1), 10_000);
        expect(pause).toBeGreaterThanOrEqual(ceiling / 2);
        expect(pause).toBeLessThan(ceiling);
      }),
    );
  });

  it('is never shorter than what the service asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 60_000 }),
        chance,
        (n, asked, random) => {
          expect(pauseBefore(n, asked, () => random)).toBeGreaterThanOrEqual(asked);
        },
      ),
    );
  });
});

it('only methods whose repetition changes nothing more are idempotent', () => {
  const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'] as const;
  expect(methods.filter(isIdempotent)).toEqual(['GET', 'HEAD', 'PUT', 'DELETE']);
});
