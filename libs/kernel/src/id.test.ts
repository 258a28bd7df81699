import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { isId, newId } from './id.js';

describe('newId', () => {
  it('is a UUID of version 7 and of the RFC 9562 variant', () => {
    for (let i = 0; i < 2000; i++) {
      expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('is never handed out twice, and sorts in the order in which it was made', () => {
    const ids = Array.from({ length: 50_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });

  it('bears the time', () => {
    const before = Date.now();
    const time = parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    // Fifty thousand ids above took their milliseconds in advance.
    expect(time).toBeLessThanOrEqual(Date.now() + 50);
  });

  it('goes on sorting when the clock is set back', () => {
    const now = jest.spyOn(Date, 'now');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 2 }), (times) => {
        const ids = times.map((time) => {
          now.mockReturnValue(time);
          return newId();
        });
        expect(ids.toSorted()).toEqual(ids);
      }),
    );
    now.mockRestore();
  });
});

describe('isId', () => {
  it('accepts what newId makes', () => {
    expect(isId(newId())).toBe(true);
  });

  it.each(['', 'web-1', '018F0000-0000-7000-8000-000000000000', '018f0000-0000-7000-8000-00000000000g'])(
    'refuses %j',
    (text) => {
      expect(isId(text)).toBe(false);
    },
  );
});
