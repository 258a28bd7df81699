import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { expectExactly } from './exactly.js';
import type { MainJob } from './main-job.js';

export function redisLossSpec(theJob: () => MainJob): void {
  it('loses nothing when Redis is wiped in the middle of a call', async () => {
    const job = theJob();
    const redis = new Redis(await job.ultron.redisUrl());
    try {
      const { body } = await job.create(job.batch);
      for (const share of [0.02, 0.3, 0.7]) {
        await job.progressed(body.task.id, share);
        await redis.flushall();
      }
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
      await expectExactly(job, job.batch);
    } finally {
      redis.disconnect();
    }
  }, 900_000);

  it('goes on without Redis, and takes new requests meanwhile', async () => {
    const job = theJob();
    const half = Math.ceil(job.batch / 2);
    const first = await job.create(half);
    await job.progressed(first.body.task.id, 0.2);
    await job.ultron.signal('redis', 'SIGSTOP');
    const second = await job.create(half);
    try {
      // Long enough for what hangs on Redis to be noticed.
      await sleep(15_000);
    } finally {
      await job.ultron.signal('redis', 'SIGCONT');
    }
    for (const { body } of [first, second]) {
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
    }
    await expectExactly(job, 2 * half);
  }, 900_000);

  it('loses nothing when Redis dies', async () => {
    const job = theJob();
    const { body } = await job.create(job.batch);
    await job.progressed(body.task.id, 0.2);
    await job.ultron.signal('redis', 'SIGKILL');
    expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
    await expectExactly(job, job.batch);
  }, 900_000);
}
