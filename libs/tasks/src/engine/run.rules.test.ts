import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENGINE_TIMES } from './engine-times.js';
import { afterFault, nextMove } from './run.rules.js';

const anyPosition = fc
  .record({
    stepCount: fc.integer({ min: 1, max: 8 }),
    unwinding: fc.boolean(),
    begun: fc.boolean(),
    cancelRequested: fc.boolean(),
    at: fc.nat(9),
  })
  .map(({ at, ...rest }) => ({
    ...rest,
    step: rest.unwinding ? (at % (rest.stepCount + 1)) - 1 : at % (rest.stepCount + 1),
  }));

describe('the next move of a run', () => {
  it('is never forward once it unwinds', () => {
    fc.assert(
      fc.property(anyPosition, (at) => {
        const { kind } = nextMove(at);
        return !at.unwinding || kind === 'undo' || kind === 'unwound';
      }),
    );
  });

  it('turns round at once when a cancel was heard', () => {
    fc.assert(
      fc.property(anyPosition, (at) => at.unwinding || !at.cancelRequested || nextMove(at).kind === 'cancel'),
    );
  });

  it('undoes a begun step too, and never one that was not begun', () => {
    const at = { unwinding: false, stepCount: 3, cancelRequested: true };
    expect(nextMove({ ...at, step: 1, begun: true })).toEqual({ kind: 'cancel', from: 1 });
    expect(nextMove({ ...at, step: 1, begun: false })).toEqual({ kind: 'cancel', from: 0 });
    expect(nextMove({ ...at, step: 0, begun: false })).toEqual({ kind: 'cancel', from: -1 });
    expect(nextMove({ ...at, step: 3, begun: true })).toEqual({ kind: 'cancel', from: 2 });
  });

  it('names only steps that there are', () => {
    fc.assert(
      fc.property(anyPosition, (at) => {
        const move = nextMove(at);
        return !('step' in move) || (move.step >= 0 && move.step < at.stepCount);
      }),
    );
  });
});

describe('what follows a fault', () => {
  const random = fc.double({ min: 0, max: 0.999, noNaN: true });
  const count = fc.integer({ min: 1, max: 499 });

  it('is another try for a retryable one until the deadline of the step', () => {
    const sinceMs = fc.integer({ min: 0, max: ENGINE_TIMES.stepDeadline * 2 });
    fc.assert(
      fc.property(count, sinceMs, random, (tries, since, chance) => {
        const after = afterFault(
          { retryable: true },
          { count: tries, sinceMs: since },
          false,
          ENGINE_TIMES,
          chance,
        );
        return (after.kind === 'retry') === since < ENGINE_TIMES.stepDeadline;
      }),
    );
  });

  it('is the end for a final one, after a few tries of an undo', () => {
    const at = (tries: number, undoing: boolean) =>
      afterFault({ retryable: false }, { count: tries, sinceMs: 0 }, undoing, ENGINE_TIMES, 0.5).kind;
    expect(at(1, false)).toBe('give_up');
    expect([at(1, true), at(2, true), at(3, true)]).toEqual(['retry', 'retry', 'give_up']);
  });

  it('never pauses for longer than the cap, unless it was asked to', () => {
    fc.assert(
      fc.property(count, random, (tries, chance) => {
        const after = afterFault(
          { retryable: true },
          { count: tries, sinceMs: 0 },
          false,
          ENGINE_TIMES,
          chance,
        );
        return after.kind === 'retry' && after.delayMs > 0 && after.delayMs <= ENGINE_TIMES.maxBackoff;
      }),
    );
  });

  it('honours Retry-After', () => {
    fc.assert(
      fc.property(count, random, fc.integer({ min: 1, max: 600_000 }), (tries, chance, retryAfterMs) => {
        const fault = { retryable: true, retryAfterMs };
        const after = afterFault(fault, { count: tries, sinceMs: 0 }, false, ENGINE_TIMES, chance);
        return after.kind === 'retry' && after.delayMs >= retryAfterMs;
      }),
    );
  });
});
