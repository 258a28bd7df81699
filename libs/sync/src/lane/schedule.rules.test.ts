import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { modeOf, nextTimes, paceOf, type EndedPass } from './schedule.rules.js';
import { cursorAfter } from '../pass/cursor.rules.js';

const BRAKE = { atLeast: 5, share: 0.3 };
const TIER = {
  name: 'gold',
  objectiveMs: 15_000,
  changesMs: 5_000,
  idsMs: 30_000,
  fullMs: 300_000,
  brake: BRAKE,
};
const LISTS = { changes: 'changes_since', deletions: 'ids' } as const;
const REVISIONS = { changes: 'revisions', deletions: 'revisions' } as const;
const FULL = { changes: 'full', deletions: 'full' } as const;
const ended = (more: Partial<EndedPass> = {}): EndedPass => ({
  mode: 'changes',
  outcome: 'complete',
  durationMs: 100,
  failures: 1,
  missing: 0,
  ...more,
});

describe('when a lane is due again', () => {
  const pace = paceOf(TIER, LISTS, 1);

  it('follows from its tier, and for a lane without lists of changes from the objective', () => {
    expect(pace).toEqual({ full: 300_000, changes: 5_000, ids: 7_500 });
    expect(paceOf(TIER, FULL, 2)).toEqual({ full: 15_000, changes: null, ids: null });
    // A list of revisions is one of everything, however little it says of each.
    expect(paceOf(TIER, REVISIONS, 2)).toEqual({ full: 600_000, changes: 15_000, ids: null });
  });

  it('sees deletions within the objective, however seldom the tier would have lists of the ids', () => {
    const ms = fc.integer({ min: 1_000, max: 10_000_000 });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 1, max: 10 }), (objectiveMs, idsMs, slowness) => {
        const { ids } = paceOf({ ...TIER, objectiveMs, idsMs }, LISTS, slowness);
        expect(ids).toBeLessThanOrEqual((objectiveMs * slowness) / 2);
        expect(ids).toBeLessThanOrEqual(idsMs * slowness);
      }),
    );
  });

  it('is put off for all that a complete full pass has seen, and for nothing else', () => {
    expect(nextTimes(ended({ mode: 'full' }), pace, 0.5)).toEqual({
      full: 300_000,
      changes: 5_000,
      ids: 7_500,
      confirm: null,
    });
    expect(nextTimes(ended({ mode: 'ids' }), pace, 0.5)).toEqual({ ids: 7_500, confirm: null });
    // A lane that could list changes until lately is not due for them for ever.
    expect(nextTimes(ended({ mode: 'full' }), paceOf(TIER, FULL, 1), 0.5)).toEqual({
      full: 7_500,
      changes: null,
      ids: null,
      confirm: null,
    });
  });

  it('is within a tenth of the period, never sooner than twice as long as the pass took', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 0, max: 100_000 }),
        (random, durationMs) => {
          const { changes } = nextTimes(ended({ durationMs }), pace, random);
          const period = Math.max(5_000, 2 * durationMs);
          expect(changes).toBeGreaterThanOrEqual(Math.floor(period * 0.9));
          expect(changes).toBeLessThanOrEqual(Math.ceil(period * 1.1));
        },
      ),
    );
  });

  it('comes later with every failure up to a bound, and not before the cluster wants it', () => {
    const after = (failures: number, retryAfterMs?: number): number =>
      nextTimes(ended({ mode: 'full', outcome: 'failed', failures, retryAfterMs }), pace, 0.5).full ?? 0;
    expect([1, 2, 3].map((failures) => after(failures))).toEqual([1_000, 2_000, 4_000]);
    expect(after(50)).toBe(60_000);
    expect(after(1, 90_000)).toBe(90_000);
  });

  it('asks at once for what has just become missing, then after a while', () => {
    expect(nextTimes(ended({ missing: 3 }), pace, 0.5).confirm).toBeLessThan(1_000);
    expect(nextTimes(ended({ mode: 'confirm', missing: 3 }), pace, 0.5)).toEqual({ confirm: 3_000 });
    const failed = ended({ mode: 'confirm', outcome: 'failed', failures: 1, missing: undefined });
    expect(nextTimes(failed, pace, 0.5)).toEqual({ confirm: 3_000 });
  });

  it('leaves it as it is when what is missing was not counted', () => {
    expect(nextTimes(ended({ missing: undefined }), pace, 0.5)).toEqual({ changes: 5_000 });
  });

  it('begins anew at once elsewhere when a pass was cut off', () => {
    expect(nextTimes(ended({ mode: 'full', outcome: 'cut_off' }), pace, 0.5)).toEqual({ full: 0 });
  });
});

describe('which pass is done', () => {
  const never = { full: null, changes: null, ids: null, confirm: null };

  it('is the one that serves most of what is due, and one that the lane can do', () => {
    const choice = { askedFor: null, strategy: LISTS, hasCursor: true } as const;
    expect(modeOf({ ...choice, due: { full: -1, changes: -1, ids: -1, confirm: -1 } })).toBe('full');
    expect(modeOf({ ...choice, due: { ...never, full: 5, changes: -1, confirm: -1 } })).toBe('confirm');
    expect(modeOf({ ...choice, due: { ...never, full: 5, changes: -1 } })).toBe('changes');
    expect(modeOf({ ...choice, hasCursor: false, due: { ...never, full: 5, changes: -1 } })).toBe('full');
    expect(modeOf({ ...choice, strategy: FULL, askedFor: 'changes', due: never })).toBe('full');
    expect(modeOf({ ...choice, strategy: FULL, askedFor: 'ids', due: never })).toBe('full');
    const revisions = { ...choice, strategy: REVISIONS, hasCursor: false, due: { ...never, changes: -1 } };
    expect(modeOf(revisions)).toBe('changes');
    expect(modeOf({ ...revisions, askedFor: 'ids' })).toBe('changes');
  });
});

describe('the cursor', () => {
  it('misses no change that came after its page was read, however wrong the clock of the cluster', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -299_000, max: 3_600_000 }),
        fc.integer({ min: 0, max: 60_000 }),
        fc.array(fc.integer({ min: -600_000, max: 60_000 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 120_000 }),
        (skew, duration, seenAgo, later) => {
          const startedAt = 1_000_000_000;
          const finishedAt = startedAt + duration;
          // What a pass sees was changed before its end.
          const times = seenAgo.map((ago) => startedAt + Math.min(ago, duration) + skew);
          const newest = times.length > 0 ? Math.max(...times) : null;
          const cursor = cursorAfter({ startedAt, finishedAt, newest }).getTime();
          // Anything changed after the beginning of the list may have been missed by it.
          const changedAt = startedAt + later + skew;
          expect(changedAt).toBeGreaterThanOrEqual(cursor);
        },
      ),
    );
  });
});
