import { describe, expect, it } from '@jest/globals';
import type { Switch } from './audit.js';
import type { Deed } from './disturber.js';
import { drained, ownerless, share, takenAfter } from './times.js';

const NEVER = { from: 0, until: 0 };

const gone = (from: string | null, to: string | null, at: number, more: Partial<Switch> = {}): Switch => ({
  clusterId: 'c',
  kind: 'server',
  from,
  to,
  epoch: 1,
  moved: false,
  at,
  ...more,
});

describe('how long lanes wait', () => {
  it('is told from the death of their owner, for those that were taken from it', () => {
    const deeds: Deed[] = [{ what: 'killed', id: 'a', at: 1_000, until: 9_000 }];
    const switches = [
      gone('a', 'b', 900),
      gone('a', 'b', 3_000),
      gone('b', 'c', 3_500),
      gone('a', 'b', 9_500),
    ];
    expect(takenAfter(deeds, 'killed', switches)).toEqual([2_000]);
    expect(takenAfter(deeds, 'frozen', switches)).toEqual([]);
  });

  it('without any owner is told apart by what took it away', () => {
    const switches = [
      gone(null, 'a', 0),
      gone('a', null, 100),
      gone(null, 'b', 150),
      gone('b', null, 1_000, { moved: true }),
      gone(null, 'x', 1_700),
      gone('x', 'y', 2_000),
    ];
    expect(ownerless(switches, NEVER)).toEqual({ ended: [50], moved: [700] });
    expect(ownerless(switches, { from: 1_200, until: 1_300 })).toEqual({ ended: [50], moved: [] });
  });

  it('is nothing for those that are handed over', () => {
    const deeds: Deed[] = [{ what: 'drained', id: 'a', at: 0, until: 100 }];
    const switches = [gone('a', 'b', 10), gone('a', 'b', 20), gone('a', null, 30), gone('b', 'a', 40)];
    switches.push(gone('a', null, 50, { moved: true }));
    expect(drained(deeds, switches)).toEqual({ lanes: 3, ownerless: 1 });
  });

  it('is 0 when nothing waited', () => {
    expect(share([], 0.95)).toBe(0);
    expect(share([10, 20], 1)).toBe(20);
  });
});
