import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChangeLog } from './change-log.js';

describe('the log of changes', () => {
  it('finds what changed since, each once, however often it changed', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 3000 }),
        fc.integer({ min: 0, max: 400 }),
        (changes, since) => {
          const log = new ChangeLog<{ id: number; updatedAt: number }>();
          const items = Array.from({ length: 10 }, (_, id) => ({ id, updatedAt: -1 }));
          let now = 0;
          for (const [id, later] of changes) {
            now += later;
            const item = items[id];
            if (!item) continue;
            item.updatedAt = now;
            log.record(item);
          }
          const expected = items.filter((item) => item.updatedAt >= since).map((item) => item.id);
          expect(
            log
              .since(since)
              .map((item) => item.id)
              .sort(),
          ).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('forgets', () => {
    const log = new ChangeLog<{ updatedAt: number }>();
    const item = { updatedAt: 5 };
    log.record(item);
    log.forget(item);
    expect(log.since(0)).toEqual([]);
  });
});
