import { describe, expect, it } from '@jest/globals';
import { systemClock } from './clock.js';

describe('systemClock.sleep', () => {
  it('ends when the time has passed', async () => {
    const before = performance.now();
    await systemClock.sleep(20);
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
  });

  it('ends at once, without an error, when the signal aborts', async () => {
    const controller = new AbortController();
    const slept = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await slept;
    await systemClock.sleep(60_000, controller.signal);
  });
});
