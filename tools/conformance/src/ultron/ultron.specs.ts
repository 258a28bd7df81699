import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import type { Target } from '../target/target.js';
import { conductorDeathSpec } from './conductor-death.spec.js';
import { lifeSpec } from './life.spec.js';
import { MainJob } from './main-job.js';
import { redisLossSpec } from './redis-loss.spec.js';
import { traceSpec } from './trace.spec.js';

/** The main job over the clusters of the target: asked for over HTTP, looked at in the clusters themselves. */
export function ultronSpecs(target: Target): void {
  describe(`Ultron over ${target.clusters.map(({ name }) => name).join(' and ')}`, () => {
    let job: MainJob | undefined;
    const theJob = () => {
      if (!job) throw new Error('Ultron is not running');
      return job;
    };
    beforeAll(async () => {
      job = await MainJob.start(target);
    }, 180_000);
    afterEach(() => job?.deleteAll(), 600_000);
    afterAll(() => job?.stop(), 60_000);

    lifeSpec(theJob);
    traceSpec(theJob);
    conductorDeathSpec(theJob, target);
    redisLossSpec(theJob, target);
  });
}
