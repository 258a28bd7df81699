import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { expectExactly } from './exactly.js';
import type { Target } from '../target/target.js';
import type { MainJob } from './main-job.js';

/** Long enough for whatever hangs on Redis to be noticed. */
const SILENCE_MS = 15_000;

/** Redis dies everywhere, which also wipes it; its other ways to fail differ only within Ultron: the simulator serves. */
export function redisLossSpec(theJob: () => MainJob, { kind }: Target): void {
  const withRedis = async (job: MainJob, work: (redis: Redis) => Promise<void>) => {
    // Without a second try: a SHUTDOWN sent again would end Redis each time it comes back.
    const redis = new Redis(await job.ultron.redisUrl(), { retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await work(redis);
    } finally {
      redis.disconnect();
    }
  };
  const allMade = async (job: MainJob, taskIds: string[], count: number) => {
    for (const id of taskIds) {
      expect(await job.ended(id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
    }
    await expectExactly(job, count);
  };

  it('loses nothing when Redis dies', async () => {
    const job = theJob();
    const { body } = await job.create(job.batch);
    await job.progressed(body.task.id, 0.2);
    await withRedis(job, async (redis) => {
      // Redis answers its own end with a broken connection.
      await redis.shutdown('NOSAVE').catch(() => undefined);
    });
    await allMade(job, [body.task.id], job.batch);
  }, 900_000);

  if (kind === 'lab') return;

  it('loses nothing when Redis is wiped in the middle of a call', async () => {
    const job = theJob();
    const { body } = await job.create(job.batch);
    await withRedis(job, async (redis) => {
      for (const share of [0.02, 0.3, 0.7]) {
        await job.progressed(body.task.id, share);
        await redis.flushall();
      }
    });
    await allMade(job, [body.task.id], job.batch);
  }, 900_000);

  it('goes on while Redis answers nobody, and takes new requests', async () => {
    const job = theJob();
    const half = Math.ceil(job.batch / 2);
    const first = await job.create(half);
    await job.progressed(first.body.task.id, 0.2);
    await withRedis(job, async (redis) => {
      await redis.client('PAUSE', SILENCE_MS, 'ALL');
    });
    const second = await job.create(half);
    await sleep(SILENCE_MS);
    await allMade(job, [first.body.task.id, second.body.task.id], 2 * half);
  }, 900_000);
}
