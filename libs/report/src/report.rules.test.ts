import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvOf } from './csv.rules.js';
import { forecast } from './forecast.rules.js';
import { dueHours, hourOf, KEEP_DAYS, nextHour } from './hour.rules.js';
import { percentile } from './percentile.rules.js';

const HOUR = 3_600_000;
const levels = (used: readonly number[], total = 1000) =>
  used.map((value, index) => ({ at: index * HOUR, total, used: value, observedAt: index * HOUR }));

describe('a forecast', () => {
  it('is when a straight line reaches the end', () => {
    const said = forecast(levels([100, 110, 120, 130]));
    expect(said.growthPerHour).toBeCloseTo(10);
    expect(said.exhaustedAt?.getTime()).toBeCloseTo(3 * HOUR + 87 * HOUR);
  });

  it('says nothing of what does not grow, or of what little is known', () => {
    expect(forecast(levels([130, 120, 110])).exhaustedAt).toBeNull();
    expect(forecast(levels([100, 200])).exhaustedAt).toBeNull();
    expect(forecast([]).exhaustedAt).toBeNull();
  });

  it('is never before the last hour that is known', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 3 }), (used) => {
        const { exhaustedAt } = forecast(levels(used));
        if (exhaustedAt) expect(exhaustedAt.getTime()).toBeGreaterThanOrEqual((used.length - 1) * HOUR);
      }),
    );
  });
});

describe('a forecast of what was not seen anew', () => {
  it('is that of what was known before: copies of it are no hours without growth', () => {
    const copies = fc.array(fc.tuple(fc.nat(1000), fc.nat(5)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(copies, (parts) => {
        let at = 0;
        const all = parts.flatMap(([used, copied]) => {
          const observedAt = (at += HOUR);
          const copy = () => ({ at: (at += HOUR), total: 1000, used, observedAt });
          return [{ at: observedAt, total: 1000, used, observedAt }, ...Array.from({ length: copied }, copy)];
        });
        expect(forecast(all)).toEqual(forecast(all.filter((level) => level.at === level.observedAt)));
      }),
    );
  });

  it('is none', () => {
    const never = levels([0, 0, 0, 0]).map((level) => ({ ...level, observedAt: null }));
    expect(forecast(never)).toEqual({ growthPerHour: 0, exhaustedAt: null, hours: 0, observedAt: null });
  });
});

describe('a percentile', () => {
  it('is one of the values, and no smaller than so many of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, share) => {
          const value = percentile(all, share);
          expect(all).toContain(value);
          expect(all.filter((one) => one <= (value ?? 0)).length).toBeGreaterThanOrEqual(
            share * all.length - 1e-9,
          );
        },
      ),
    );
    expect(percentile([], 0.5)).toBeNull();
  });
});

describe('hours', () => {
  const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });

  it('begin at the hour', () => {
    expect(hourOf(new Date('2026-05-01T12:59:59.999Z')).toISOString()).toBe('2026-05-01T12:00:00.000Z');
    expect(nextHour(new Date('2026-05-01T23:00:00Z')).toISOString()).toBe('2026-05-02T00:00:00.000Z');
  });

  it('are due when they are over, and not when they would be forgotten at once', () => {
    fc.assert(
      fc.property(time, (now) => {
        const due = dueHours(now, new Date(0), new Set()).map((hour) => hour.getTime());
        expect(Math.max(...due)).toBeLessThanOrEqual(now.getTime() - HOUR);
        expect(Math.min(...due)).toBeGreaterThanOrEqual(now.getTime() - KEEP_DAYS * 24 * HOUR);
        // Of 90 days two hours at most are not there: the oldest, and the one that is not over.
        expect(due.length).toBeGreaterThanOrEqual(KEEP_DAYS * 24 - 2);
      }),
    );
  });

  it('are due once, and from the first thing that happened on', () => {
    fc.assert(
      fc.property(time, fc.nat(92 * 24), fc.array(fc.nat(92 * 24)), (now, age, hoursDone) => {
        const first = new Date(now.getTime() - age * HOUR);
        const done = new Set(hoursDone.map((hours) => hourOf(now).getTime() - hours * HOUR));
        const due = dueHours(now, first, done);
        expect(due.filter((hour) => done.has(hour.getTime()) || nextHour(hour) <= first)).toEqual([]);
        expect(dueHours(now, first, new Set([...done, ...due.map((hour) => hour.getTime())]))).toEqual([]);
      }),
    );
  });
});

describe('CSV', () => {
  it('quotes what needs it and disarms formulas', () => {
    expect(
      csvOf(
        ['a', 'b'],
        [
          { a: 'x,"y"', b: 1 },
          { a: '=SUM(A1)', b: null },
        ],
      ),
    ).toBe('a,b\r\n"x,""y""",1\r\n\'=SUM(A1),\r\n');
    expect(csvOf(['n'], [{ n: -1 }])).toBe('n\r\n-1\r\n');
  });

  it('has a line for each row', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.string(), b: fc.integer() })), (rows) => {
        const quoted = csvOf(['a', 'b'], rows).replaceAll(/"([^"]|"")*"/g, 'q');
        expect(quoted.split('\r\n')).toHaveLength(rows.length + 2);
      }),
    );
  });
});
