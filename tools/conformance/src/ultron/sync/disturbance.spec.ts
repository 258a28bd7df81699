import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../target/eventually.js';
import type { Target } from '../../target/target.js';
import { expectExactly } from '../exactly.js';
import type { ExtraConductor } from '../extra-conductor.js';
import { CONDUCTOR } from '../main-job.js';
import { expectOneOwnerAtATime, expectSameObjects } from './lanes.check.js';
import { Sightings } from './sightings.js';
import { SyncJob } from './sync-job.js';
import { gone, named, present } from './thing.js';

/** Longer than the leases of tasks and of lanes. */
const HANGS_MS = 12_000;
const SEEN_WITHIN_S = 120;

/** Conductors die, hang and are drained while Ultron makes servers and somebody else makes other things. */
export function disturbanceSpecs(target: Target): void {
  describe(`two conductors of ${target.clusters.map(({ name }) => name).join(' and ')}`, () => {
    let sync: SyncJob;
    let second: ExtraConductor;
    beforeAll(async () => {
      sync = await SyncJob.start(target);
      second = await sync.job.ultron.addConductor('default');
    }, 300_000);
    afterEach(() => sync.job.deleteAll(), 600_000);
    afterAll(() => sync.stop(), 120_000);

    const first = () => sync.job.ultron.pid(CONDUCTOR);
    const drained = async (pid: number) => {
      await sync.drain(pid, 'drain');
      await eventually('a drained conductor has no lanes', async () => {
        const conductor = (await sync.conductors()).find((each) => each.pid === pid && each.alive);
        return conductor?.lanes === 0 ? true : undefined;
      });
      await sync.drain(pid, 'undrain');
    };
    const hangs = async (signal: (name: NodeJS.Signals) => void | Promise<void>) => {
      await signal('SIGSTOP');
      await sleep(HANGS_MS);
      await signal('SIGCONT');
    };
    const disturbances: [string, () => Promise<void>][] = [
      ['one is killed', () => sync.job.ultron.signal(CONDUCTOR, 'SIGKILL')],
      ['the other hangs', () => hangs((name) => second.signal(name))],
      ['one is drained', async () => drained(await first())],
      ['it hangs', () => hangs((name) => sync.job.ultron.signal(CONDUCTOR, name))],
      ['the other is drained', () => drained(second.pid)],
    ];

    it('lose nothing, do nothing twice and see all that others do', async () => {
      const { job } = sync;
      const sightings = new Sightings(sync);
      const { body } = await job.create(job.batch);
      await job.progressed(body.task.id, 0.05);
      for (const [what, disturb] of disturbances) {
        const disturbing = disturb();
        await comesAndGoes(sync, sightings, what);
        await disturbing;
      }
      await sightings.ended();
      expect(sightings.missed).toEqual([]);
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
      await expectExactly(job, job.batch);
      await expectOneOwnerAtATime(sync);
      await expectSameObjects(sync);
    }, 1_200_000);
  });
}

/** A network is made, renamed and removed, and is seen to be each of it. */
async function comesAndGoes(sync: SyncJob, sightings: Sightings, what: string): Promise<void> {
  const { id } = await sync.made('network', 'create', `while ${what}`);
  sightings.watch(what, 'make', [present('network', { id })], SEEN_WITHIN_S);
  await sightings.ended();
  await sync.openstack('network', 'set', '--name', `after ${what}`, id);
  sightings.watch(what, 'change', [named('network', id, `after ${what}`)], SEEN_WITHIN_S);
  await sightings.ended();
  await sync.openstack('network', 'delete', id);
  sightings.watch(what, 'remove', [gone('network', id)], SEEN_WITHIN_S);
}
