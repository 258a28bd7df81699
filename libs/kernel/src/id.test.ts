import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isId, newId } from './id.js';

describe('newId', () => {
  it('is a UUID of version 7 and of the RFC 9562 variant', () => {
    for (let i = 0; i < 2000; i++) {
      expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('is never handed out twice', () => {
    const ids = new Set(Array.from({ length: 50_000 }, () => newId(0)));
    expect(ids.size).toBe(50_000);
  });

  it('sorts by the time it was made', () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(time, time, (a, b) => {
        fc.pre(a !== b);
        expect(newId(a) < newId(b)).toBe(a < b);
      }),
    );
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
