import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Limiter, type Lane, type Permit, type Verdict } from './limiter.js';

const NEVER = new AbortController().signal;
const fixed = (limit: number) => new Limiter({ initial: limit, min: limit, max: limit, offlineShare: 0.25 });

/** Lets what has been resolved run. */
const settle = () => new Promise((go) => setImmediate(go));

describe('the limiter', () => {
  it('lets as many through as the limit says and the rest one by one', async () => {
    const limiter = fixed(2);
    const order: number[] = [];
    const permits: Permit[] = [];
    for (let call = 0; call < 4; call += 1) {
      void limiter.acquire('online', 'a', NEVER).then((permit) => {
        order.push(call);
        permits.push(permit);
      });
    }
    await settle();
    expect(order).toEqual([0, 1]);
    expect(limiter.gauge).toEqual({
      limit: 2,
      online: { inFlight: 2, queued: 2 },
      offline: { inFlight: 0, queued: 0 },
    });
    permits[0]?.release('neutral');
    await settle();
    expect(order).toEqual([0, 1, 2]);
  });

  it('never makes online work wait for offline work, nor the other way round', async () => {
    const limiter = fixed(4);
    for (let call = 0; call < 50; call += 1) void limiter.acquire('offline', 'sync', NEVER);
    const online = await Promise.all([1, 2, 3, 4].map(() => limiter.acquire('online', 'a', NEVER)));
    expect(online).toHaveLength(4);
    expect(limiter.gauge.offline).toEqual({ inFlight: 1, queued: 49 });
    const full = fixed(1);
    for (let call = 0; call < 9; call += 1) void full.acquire('online', 'a', NEVER);
    await full.acquire('offline', 'sync', NEVER);
    expect(full.gauge.offline.inFlight).toBe(1);
  });

  it('lets flows take turns: one call is not behind the hundred of another', async () => {
    const limiter = fixed(1);
    const order: string[] = [];
    const first = await limiter.acquire('online', 'big', NEVER);
    const run = (flow: string) =>
      void limiter.acquire('online', flow, NEVER).then((permit) => {
        order.push(flow);
        permit.release('neutral');
      });
    for (let call = 0; call < 100; call += 1) run('big');
    run('small');
    first.release('neutral');
    await settle();
    expect(order.indexOf('small')).toBeLessThanOrEqual(1);
    expect(order).toHaveLength(101);
  });

  it('forgets a call whose signal ends it in the queue', async () => {
    const limiter = fixed(1);
    const held = await limiter.acquire('online', 'a', NEVER);
    const leaver = new AbortController();
    const left = limiter.acquire('online', 'a', leaver.signal);
    leaver.abort(new Error('gone home'));
    await expect(left).rejects.toThrow('gone home');
    await expect(limiter.acquire('online', 'a', leaver.signal)).rejects.toThrow('gone home');
    held.release('neutral');
    expect(limiter.gauge.online).toEqual({ inFlight: 0, queued: 0 });
  });

  it('counts a permit that is released twice once', async () => {
    const limiter = fixed(1);
    const permit = await limiter.acquire('online', 'a', NEVER);
    permit.release('good');
    permit.release('good');
    expect(limiter.gauge.online.inFlight).toBe(0);
  });

  it('shrinks on congestion and grows again on good answers', async () => {
    const limiter = new Limiter({ initial: 10, min: 2, max: 20, offlineShare: 0.25 });
    const permits = await Promise.all(
      Array.from({ length: 10 }, () => limiter.acquire('online', 'a', NEVER)),
    );
    for (const permit of permits) permit.release('congested');
    expect(limiter.gauge.limit).toBe(7);
    for (let round = 0; round < 40; round += 1) {
      const { limit } = limiter.gauge;
      const held = await Promise.all(
        Array.from({ length: limit }, () => limiter.acquire('online', 'a', NEVER)),
      );
      for (const permit of held) permit.release('good');
    }
    expect(limiter.gauge.limit).toBeGreaterThan(12);
  });

  it('lets offline work do less when the cluster says so to it, and more again', async () => {
    const limiter = new Limiter({ initial: 40, min: 2, max: 40, offlineShare: 0.25 });
    const mayBegin = async () => {
      const leaver = new AbortController();
      const asked = Array.from({ length: 40 }, () => limiter.acquire('offline', 'sync', leaver.signal));
      const { inFlight } = limiter.gauge.offline;
      const held = await Promise.all(asked.slice(0, inFlight));
      leaver.abort();
      await Promise.allSettled(asked);
      return held;
    };
    const release = (held: Permit[], verdict: Verdict) => held.forEach((permit) => permit.release(verdict));
    const before = await mayBegin();
    expect(before).toHaveLength(10);
    release(before, 'congested');
    // Once for all that were sent before it was known.
    const after = await mayBegin();
    expect(after).toHaveLength(7);
    release(after, 'congested');
    for (let round = 0; round < 20; round += 1) release(await mayBegin(), 'good');
    expect(await mayBegin()).toHaveLength(10);
  });

  it('lets online work do what it does whatever becomes of offline requests', async () => {
    const event = fc.record({
      lane: fc.constantFrom<Lane>('online', 'offline'),
      verdict: fc.constantFrom<Verdict>('good', 'congested', 'neutral'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const options = { initial: 8, min: 2, max: 32, offlineShare: 0.25 };
        const [both, onlineAlone] = [new Limiter(options), new Limiter(options)];
        for (const { lane, verdict } of events) {
          const limiters = lane === 'online' ? [both, onlineAlone] : [both];
          const held = await Promise.all(limiters.map((limiter) => limiter.acquire(lane, 'a', NEVER)));
          for (const permit of held) permit.release(verdict);
          expect(both.gauge.limit).toBe(onlineAlone.gauge.limit);
        }
      }),
    );
  });

  it('never lets more than the budget of a lane be in flight and loses no one, in any order of events', async () => {
    const event = fc.record({
      lane: fc.constantFrom<Lane>('online', 'offline'),
      flow: fc.constantFrom('a', 'b', 'c'),
      release: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), async (events) => {
        const limiter = fixed(4);
        const held: Permit[] = [];
        let admitted = 0;
        for (const { lane, flow, release } of events) {
          void limiter.acquire(lane, flow, NEVER).then((permit) => {
            admitted += 1;
            held.push(permit);
          });
          await Promise.resolve();
          if (release) held.shift()?.release('neutral');
          expect(limiter.gauge.online.inFlight).toBeLessThanOrEqual(4);
          expect(limiter.gauge.offline.inFlight).toBeLessThanOrEqual(1);
        }
        for (;;) {
          await settle();
          const permit = held.shift();
          if (!permit) break;
          permit.release('neutral');
        }
        expect(admitted).toBe(events.length);
        expect(limiter.gauge.online).toEqual({ inFlight: 0, queued: 0 });
        expect(limiter.gauge.offline).toEqual({ inFlight: 0, queued: 0 });
      }),
      { numRuns: 50 },
    );
  });
});
