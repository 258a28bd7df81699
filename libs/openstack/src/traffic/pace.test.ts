import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('the pace of a cluster', () => {
  it('calls an answer slow by the best of its own kind', () => {
    const pace = new Pace();
    expect([300, 900, 2000].map((ms) => pace.isSlow('POST /servers', ms))).toEqual([false, false, true]);
    expect(pace.isSlow('GET /limits', 2000)).toBe(false);
  });

  it('never calls an answer within a second slow', () => {
    const pace = new Pace();
    expect([1, 10, 100, 1000].map((ms) => pace.isSlow('GET /', ms))).toEqual([false, false, false, false]);
  });

  it('gets used to a cluster that stays slow', () => {
    const pace = new Pace();
    pace.isSlow('GET /', 100);
    const answers = Array.from({ length: 100 }, () => pace.isSlow('GET /', 3000));
    expect([answers[0], answers.at(-1)]).toEqual([true, false]);
  });
});
