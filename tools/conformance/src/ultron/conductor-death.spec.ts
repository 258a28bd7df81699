import { expect, it } from '@jest/globals';
import { expectExactly } from './exactly.js';
import { CONDUCTOR, type MainJob } from './main-job.js';
import type { Target } from '../target/target.js';

export function conductorDeathSpec(theJob: () => MainJob, { kind }: Target): void {
  // On the simulator also just after the beginning and shortly before the end, where it costs seconds.
  const shares = kind === 'sim' ? [0.02, 0.4, 0.9] : [0.4];
  it.each(shares)(
    'makes each server once when its conductor is killed at %d of a call',
    async (share) => {
      const job = theJob();
      const { body } = await job.create(job.batch);
      await job.progressed(body.task.id, share);
      await job.ultron.signal(CONDUCTOR, 'SIGKILL');
      expect(await job.ended(body.task.id)).toMatchObject({
        status: 'succeeded',
        progress: { succeeded: job.batch, failed: 0 },
      });
      expect(job.ultron.progress).toMatch(new RegExp(`${CONDUCTOR} \\(pid \\d+\\) ended with SIGKILL`));
      await expectExactly(job, job.batch);
    },
    900_000,
  );
}
