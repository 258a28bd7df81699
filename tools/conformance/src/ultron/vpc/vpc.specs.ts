import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Target } from '../../target/target.js';
import { MainJob } from '../main-job.js';
import { VpcJob } from './vpc-job.js';

/** Ports that are really made of the addresses that are used up, at each go. */
const PORTS = { sim: 60, lab: 10 };
const SERVERS = { sim: 40, lab: 6 };
const BUILD_STEPS = ['turn', 'network', 'subnet', 'pools'];
/** At which steps the conductor dies: at all of them, and again at those in which the other realisation differs. */
const KILLS = {
  routed: { build: BUILD_STEPS, supplement: BUILD_STEPS, drain: ['turn', 'take_down', 'network'] },
  stretched: { build: ['subnet', 'pools'], supplement: ['pools'], drain: ['take_down'] },
};

/** VPCs over the clusters of the target: planned over HTTP, compared with what the clusters themselves say. */
export function vpcSpecs(target: Target, realisations: readonly (keyof typeof KILLS)[]): void {
  describe(`VPCs over ${target.clusters.length} clusters: ${target.clusters.map(({ name }) => name).join(', ')}`, () => {
    let main: MainJob | undefined;
    let opened: VpcJob | undefined;
    const theJob = () => {
      if (!opened) throw new Error('Ultron is not running');
      return opened;
    };
    beforeAll(async () => {
      main = await MainJob.start(target);
      opened = await VpcJob.over(main);
    }, 240_000);
    afterAll(async () => {
      await opened?.close();
      await main?.stop();
    }, 120_000);
    const hot = target.clusters[0]?.name ?? '';
    const ports = PORTS[target.kind];

    describe.each(realisations)('%s', (realisation) => {
      const kills = KILLS[realisation];

      it('supplements a cluster that is filled, twice, and the clusters agree with the plan', async () => {
        const job = theJob();
        const vpc = await job.createVpc({ realisation });
        const { taskId } = await job.createSubnet(vpc.id);
        expect(await job.main.ended(taskId)).toMatchObject({ status: 'succeeded' });
        expect(await job.disagreements(vpc.id)).toEqual([]);
        const handedOut: string[] = [];
        for (let filled = 0; filled < 2; filled++) {
          const clusterId = job.clusterIds.get(hot) ?? '';
          const before = (await job.states(vpc.id, clusterId)).length;
          // All but a few: below its low-water mark the cluster is given more without anybody asking.
          const free = await job.free(vpc.id, clusterId);
          handedOut.push(...(await job.use(vpc.id, hot, free - 20, ports)));
          await job.grown(vpc.id, clusterId, before);
          await job.settled(vpc.id);
          expect(await job.disagreements(vpc.id)).toEqual([]);
        }
        expect(new Set(handedOut).size).toBe(handedOut.length);
        await job.remove(vpc.id);
        expect(await job.left(vpc.id)).toEqual([]);
      }, 900_000);

      it('gives each server an address that is its own, and has them all back', async () => {
        const job = theJob();
        const vpc = await job.createVpc({ realisation });
        const { taskId } = await job.createSubnet(vpc.id);
        expect(await job.main.ended(taskId)).toMatchObject({ status: 'succeeded' });
        const batch = await job.createServers(vpc.id, SERVERS[target.kind]);
        expect(await job.main.ended(batch)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
        expect(await job.disagreements(vpc.id)).toEqual([]);
        const shown = (await job.main.servers()).flatMap(({ addresses }) => addresses);
        expect(new Set(shown.map((one) => one.ip_address)).size).toBe(SERVERS[target.kind]);
        await job.main.deleteAll();
        expect(await job.disagreements(vpc.id)).toEqual([]);
        await job.remove(vpc.id);
        expect(await job.left(vpc.id)).toEqual([]);
      }, 600_000);

      it('makes, grows and removes a VPC once when its conductor is killed at every step', async () => {
        const job = theJob();
        const vpc = await job.createVpc({ realisation });
        const { subnetId, taskId } = await job.createSubnet(vpc.id);
        expect(await job.killAtEach('segment.build', kills.build, vpc.id)).toEqual(kills.build);
        expect(await job.main.ended(taskId)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
        await job.settled(vpc.id);
        expect(await job.disagreements(vpc.id)).toEqual([]);

        const clusterId = job.clusterIds.get(hot) ?? '';
        const before = (await job.states(vpc.id, clusterId)).length;
        // The supplement begins as soon as the addresses are promised, while their ports are still being made.
        const killed = job.killAtEach('segment.build', kills.supplement, vpc.id);
        const used = await job.use(vpc.id, hot, (await job.free(vpc.id, clusterId)) - 20, ports);
        expect(await killed).toEqual(kills.supplement);
        await job.grown(vpc.id, clusterId, before);
        await job.settled(vpc.id);
        expect(await job.disagreements(vpc.id)).toEqual([]);
        const more = await job.use(vpc.id, hot, 30, ports);
        expect(new Set([...used, ...more]).size).toBe(used.length + more.length);
        expect(await job.disagreements(vpc.id)).toEqual([]);

        await job.clear(vpc.id);
        const removal = await job.beginDeleteSubnet(subnetId);
        expect(await job.killAtEach('segment.drain', kills.drain, vpc.id)).toEqual(kills.drain);
        expect(await job.main.ended(removal)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
        await job.remove(vpc.id);
        expect(await job.left(vpc.id)).toEqual([]);
      }, 1_200_000);
    });
  });
}
