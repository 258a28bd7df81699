import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../target/eventually.js';
import type { Target } from '../../target/target.js';
import { expectExactly } from '../exactly.js';
import type { ExtraConductor } from '../extra-conductor.js';
import { CONDUCTOR, type MainJob } from '../main-job.js';
import { computeThings } from './compute.things.js';
import { expectOneOwnerAtATime, expectSameObjects } from './lanes.check.js';
import { networkThings } from './network.things.js';
import { Sightings } from './sightings.js';
import { SyncJob } from './sync-job.js';
import { workshopIn, type Workshop } from './thing.js';

/** Longer than the leases of tasks and of lanes. */
const HANGS_MS = 12_000;
const SEEN_WITHIN_S = 120;

/** Of all that can be made, what makes the lanes of both services move; each needs those before it. */
const MADE = ['network', 'subnet', 'port', 'server'];

/** Conductors die, hang and are drained while Ultron makes servers and somebody else makes other things. */
export function disturbanceSpecs(target: Target): void {
  describe(`two conductors of ${target.clusters.map(({ name }) => name).join(' and ')}`, () => {
    let syncs: SyncJob[];
    let job: MainJob;
    let second: ExtraConductor;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ultron-upset-'));
      syncs = await SyncJob.startEverywhere(target);
      job = anyOf(syncs).job;
      second = await job.ultron.addConductor('default');
    }, 300_000);
    afterEach(() => job.deleteAll(), 600_000);
    afterAll(async () => {
      await job.stop();
      await rm(folder, { recursive: true, force: true });
    }, 120_000);

    const first = () => job.ultron.pid(CONDUCTOR);
    const drained = async (pid: number) => {
      const sync = anyOf(syncs);
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
      ['one is killed', () => job.ultron.signal(CONDUCTOR, 'SIGKILL')],
      ['the other hangs', () => hangs((name) => second.signal(name))],
      ['one is drained', async () => drained(await first())],
      ['it hangs', () => hangs((name) => job.ultron.signal(CONDUCTOR, name))],
      ['the other is drained', () => drained(second.pid)],
    ];

    it('lose nothing, do nothing twice and see all that others do', async () => {
      const { body } = await job.create(job.batch);
      await job.progressed(body.task.id, 0.05);
      const missed: unknown[] = [];
      for (const [what, disturb] of disturbances) {
        const disturbing = disturb();
        const seen = await Promise.all(syncs.map((sync) => comeChangeAndGo(workshopIn(sync, folder), what)));
        missed.push(...seen.flatMap((sightings) => sightings.missed));
        await disturbing;
      }
      expect(missed).toEqual([]);
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
      await expectExactly(job, job.batch);
      for (const sync of syncs) {
        await expectOneOwnerAtATime(sync);
        await expectSameObjects(sync);
      }
    }, 2_400_000);
  });
}

/** A few things are made, changed and removed, and are seen to be each of it. */
async function comeChangeAndGo(shop: Workshop, what: string): Promise<Sightings> {
  const sightings = new Sightings(shop.sync);
  const things = [...networkThings(shop), ...computeThings(shop)].filter(({ name }) => MADE.includes(name));
  for (const step of ['make', 'change', 'remove'] as const) {
    for (const thing of step === 'remove' ? things.toReversed() : things)
      sightings.watch(`${thing.name} while ${what}`, step, await thing[step](), SEEN_WITHIN_S);
    await sightings.ended();
  }
  return sightings;
}

function anyOf(syncs: readonly SyncJob[]): SyncJob {
  const [sync] = syncs;
  if (!sync) throw new Error('the target has no cluster');
  return sync;
}
