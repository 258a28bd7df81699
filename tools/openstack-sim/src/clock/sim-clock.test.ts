import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { draw, seededRandom } from './random.js';
import { SimClock } from './sim-clock.js';

describe('the clock of the clusters', () => {
  it('runs what falls due in order, each at its own time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 50 }),
        fc.integer({ min: 0, max: 1200 }),
        (delays, ms) => {
          const clock = new SimClock();
          clock.freeze();
          const start = clock.now();
          const seen: number[] = [];
          for (const delay of delays) clock.after(delay, () => seen.push(clock.now() - start));
          clock.advance(ms);
          expect(seen).toEqual(delays.filter((delay) => delay <= ms).sort((a, b) => a - b));
          expect(clock.now()).toBe(start + ms);
          clock.close();
        },
      ),
    );
  });

  it('also runs what is set while it is moved on', () => {
    const clock = new SimClock();
    clock.freeze();
    const seen: string[] = [];
    clock.after(10, () => {
      seen.push('one');
      clock.after(10, () => seen.push('two'));
    });
    clock.advance(20);
    expect(seen).toEqual(['one', 'two']);
    clock.close();
  });

  it('follows the real time again, from where it was', async () => {
    const clock = new SimClock();
    clock.freeze();
    clock.advance(3_600_000);
    const there = clock.now();
    clock.resume();
    await new Promise<void>((resolve) => void clock.after(20, resolve));
    expect(clock.now() - there).toBeGreaterThanOrEqual(20);
    expect(clock.now() - there).toBeLessThan(5000);
    clock.close();
  });
});

describe('random delays', () => {
  it('are the same for the same seed, and within their bounds', () => {
    const draws = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 100 }, () => draw({ min: 10, max: 20 }, random));
    };
    expect(draws(3)).toEqual(draws(3));
    expect(draws(3)).not.toEqual(draws(4));
    for (const delay of draws(5)) expect(delay >= 10 && delay <= 20).toBe(true);
  });

  it('have the median that they are given', () => {
    const random = seededRandom(1);
    const delays = Array.from({ length: 2001 }, () => draw({ median: 1000, sigma: 0.4 }, random)).sort(
      (a, b) => a - b,
    );
    expect(delays[1000]).toBeGreaterThan(930);
    expect(delays[1000]).toBeLessThan(1070);
  });
});
