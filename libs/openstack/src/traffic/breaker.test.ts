import { beforeEach, describe, expect, it } from '@jest/globals';
import { Breaker } from './breaker.js';

let now = 0;
let breaker: Breaker;
beforeEach(() => {
  now = 1_000_000;
  breaker = new Breaker(
    { threshold: 3, openMs: 1000, maxOpenMs: 4000 },
    () => now,
    () => 0,
  );
});

function fail(times: number): void {
  for (let time = 0; time < times; time += 1) {
    expect(breaker.enter()).toBeNull();
    breaker.report('outage');
  }
}

describe('the breaker', () => {
  it('opens after outages in a row, and says when to come back', () => {
    fail(3);
    expect(breaker.state).toBe('open');
    now += 300;
    expect(breaker.enter()).toBe(1000);
  });

  it('does not open when answers come between the outages', () => {
    fail(2);
    breaker.report('answered');
    fail(2);
    expect(breaker.state).toBe('closed');
  });

  it('lets one probe through when the time is over, and closes when it is answered', () => {
    fail(3);
    now += 1000;
    expect(breaker.state).toBe('half_open');
    expect(breaker.enter()).toBeNull();
    expect(breaker.enter()).not.toBeNull();
    breaker.report('answered');
    expect(breaker.state).toBe('closed');
    expect(breaker.enter()).toBeNull();
  });

  it('stays open twice as long after each probe that fails, up to a bound', () => {
    fail(3);
    const waits: number[] = [];
    for (let probe = 0; probe < 4; probe += 1) {
      const from = now;
      while (breaker.state === 'open') now += 100;
      waits.push(now - from);
      fail(1);
    }
    expect(waits).toEqual([1000, 2000, 4000, 4000]);
  });

  it('gives the probe to the next one when its caller left before the answer', () => {
    fail(3);
    now += 1000;
    expect(breaker.enter()).toBeNull();
    breaker.report('unknown');
    expect(breaker.enter()).toBeNull();
  });

  it('is not moved by late outages of calls from before it opened', () => {
    fail(3);
    breaker.report('outage');
    now += 1000;
    expect(breaker.state).toBe('half_open');
  });
});
