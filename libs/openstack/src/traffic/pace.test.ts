import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Pace } from './pace.js';

const LIST = '/servers/detail';

describe('the pace of a cluster', () => {
  it('is judged by the best time of the same kind of call', () => {
    const pace = new Pace();
    const times = [300, 900, 2000, 6000];
    expect(times.map((ms) => pace.judge('GET', LIST, ms))).toEqual(['well', 'well', 'slow', 'overloaded']);
    expect(pace.judge('GET', '/flavors/detail', 6000)).toBe('well');
  });

  it('is judged by plain limits for changes, which are answered before they are done', () => {
    const pace = new Pace();
    const times = [2900, 3100, 10_100];
    expect(times.map((ms) => pace.judge('POST', '/servers', ms))).toEqual(['well', 'slow', 'overloaded']);
    // The first answer may be one of an overloaded cluster already.
    expect(new Pace().judge('POST', '/servers', 30_000)).toBe('overloaded');
  });

  it('is well within a second, whatever was seen before', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true })), (times) => {
        const pace = new Pace();
        for (const ms of times) expect(pace.judge('POST', '/servers', ms)).toBe('well');
      }),
    );
  });

  it('gets used to lists that stay slow', () => {
    const pace = new Pace();
    pace.judge('GET', LIST, 100);
    const answers = Array.from({ length: 100 }, () => pace.judge('GET', LIST, 3000));
    expect([answers[0], answers.at(-1)]).toEqual(['slow', 'well']);
  });
});
