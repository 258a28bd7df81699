import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@ultron/platform/database/database.service';
import type { Log } from '@ultron/platform/logging/logger';
import type { RoundRepository } from '@ultron/reconcile/round/round.repository';
import { Reconciler } from './reconciler.js';

const MINUTE_MS = 60_000;

/** As many clusters as there are are due at once and always; each is compared for so long. */
class Loop {
  /** When which cluster was begun, in milliseconds. */
  readonly begun: { at: number; clusterId: string }[] = [];
  private readonly reconciler: Reconciler;
  private next = 0;

  constructor(workMs: number) {
    const roundRows: Partial<RoundRepository> = {
      ensure: () => Promise.resolve(),
      due: (_, __, limit) => Promise.resolve(Array.from({ length: limit }, () => `cluster-${this.next++}`)),
      claim: () => Promise.resolve(true),
      fail: () => Promise.resolve(),
    };
    this.reconciler = new Reconciler({
      database: {} as Database,
      log: { warn: () => undefined } as Partial<Log> as Log,
      conductorGroup: 'default',
      roundRows: roundRows as RoundRepository,
      rounds: {
        run: async (clusterId) => {
          this.begun.push({ at: performance.now(), clusterId });
          await new Promise((resolve) => setTimeout(resolve, workMs));
          return { compared: 0, abstained: 0, found: 0, resolved: 0, repairs: 0, adoptions: 0 };
        },
      },
    });
  }

  async during(ms: number): Promise<number> {
    const begin = performance.now();
    this.reconciler.start();
    await jest.advanceTimersByTimeAsync(ms);
    void this.reconciler.stop();
    return this.begun.filter(({ at }) => at - begin <= ms).length;
  }
}

describe('the loop that compares clusters', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('compares two clusters at each look while that takes no time', async () => {
    const rounds = await new Loop(1).during(MINUTE_MS);
    // A look each two seconds, a tenth more or less.
    expect(rounds).toBeGreaterThanOrEqual(54);
    expect(rounds).toBeLessThanOrEqual(68);
  });

  it('works a tenth of the time where it takes long', async () => {
    const workMs = 10_000;
    const rounds = await new Loop(workMs).during(20 * MINUTE_MS);
    // Two places, each ten seconds at work and ninety at rest, and up to a look until it is found free.
    const most = (2 * 20 * MINUTE_MS) / (10 * workMs);
    expect(rounds).toBeLessThanOrEqual(most + 2);
    expect(rounds).toBeGreaterThanOrEqual(most - 4);
  });

  it('rests no longer than five minutes, also after a round of hours', async () => {
    const hourMs = 60 * MINUTE_MS;
    const loop = new Loop(hourMs);
    await loop.during(2 * hourMs);
    const [, , third] = loop.begun;
    const [first] = loop.begun;
    const pause = (third?.at ?? NaN) - (first?.at ?? NaN) - hourMs;
    expect(pause).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    expect(pause).toBeLessThan(5 * MINUTE_MS + 2_300);
  });
});
