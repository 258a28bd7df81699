import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brakeAfter, isImprobable, type BrakeState, type Vanishing } from './brake.rules.js';

const BRAKE = { atLeast: 5, share: 0.3 };
const whole = (known: number, unseen: number): Vanishing => ({ known, unseen, whole: true });
const told = (known: number, unseen: number): Vanishing => ({ known, unseen, whole: false });

const state = fc.constantFrom<BrakeState>('off', 'on', 'released');
const accepted = fc.option(fc.nat(200));
const vanishing = fc
  .record({ known: fc.nat(200), share: fc.double({ min: 0, max: 1, noNaN: true }), whole: fc.boolean() })
  .map(({ known, share, ...more }): Vanishing => ({ known, unseen: Math.round(known * share), ...more }));
const policy = fc.record({
  atLeast: fc.integer({ min: 1, max: 50 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('the brake', () => {
  it('is off for few, on for an improbable share, and lets through what was released', () => {
    expect(isImprobable({ known: 4, unseen: 4 }, BRAKE)).toBe(false);
    expect(isImprobable({ known: 100, unseen: 30 }, BRAKE)).toBe(false);
    expect(brakeAfter('off', whole(100, 31), null, BRAKE)).toBe('on');
    expect(brakeAfter('on', whole(100, 31), 31, BRAKE)).toBe('on');
    expect(brakeAfter('released', whole(100, 33), 31, BRAKE)).toBe('released');
    expect(brakeAfter('released', whole(100, 60), 31, BRAKE)).toBe('on');
    expect(brakeAfter('on', whole(100, 0), 31, BRAKE)).toBe('off');
    expect(brakeAfter('released', whole(70, 0), 31, BRAKE)).toBe('off');
  });

  it('is put on by deletions that are told as well, and not lifted by there being few of them', () => {
    expect(brakeAfter('off', told(100, 31), null, BRAKE)).toBe('on');
    expect(brakeAfter('off', told(100, 1), null, BRAKE)).toBe('off');
    expect(brakeAfter('on', told(100, 1), 31, BRAKE)).toBe('on');
    expect(brakeAfter('released', told(100, 0), 31, BRAKE)).toBe('released');
  });

  it('is lifted by nothing but a complete list that misses little, or a person', () => {
    fc.assert(
      fc.property(vanishing, accepted, policy, (seen, most, limits) => {
        if (brakeAfter('on', seen, most, limits) === 'on') return;
        expect(seen.whole).toBe(true);
        expect(isImprobable(seen, limits)).toBe(false);
      }),
    );
  });

  it('is released by nothing but a person', () => {
    fc.assert(
      fc.property(state, vanishing, accepted, policy, (before, seen, most, limits) => {
        const after = brakeAfter(before, seen, most, limits);
        if (after === 'released') expect(before).toBe('released');
      }),
    );
  });

  it('is on after whatever is improbable and was not released', () => {
    fc.assert(
      fc.property(fc.constantFrom<BrakeState>('off', 'on'), vanishing, policy, (before, seen, limits) => {
        const after = brakeAfter(before, seen, null, limits);
        if (isImprobable(seen, limits)) expect(after).toBe('on');
      }),
    );
  });
});
