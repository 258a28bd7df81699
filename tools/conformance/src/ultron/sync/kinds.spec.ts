import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../target/eventually.js';
import type { Target } from '../../target/target.js';
import { computeThings } from './compute.things.js';
import { networkThings } from './network.things.js';
import { Sightings, type Step } from './sightings.js';
import { SyncJob } from './sync-job.js';
import { workshopIn, type Thing, type Workshop } from './thing.js';

/** A full pass of zones, the seldomest read of all, and the questions for what is missing. */
const BY_ITSELF_S = 150;
/** Half of what a person counts as at once; the lanes are not read for hours meanwhile. */
const WHEN_TOLD_S = 15;
const HOURS_MS = 6 * 3_600_000;

/** Everything that the `openstack` command can make, change and remove in a cluster, behind Ultron's back. */
export function kindSpecs(target: Target): void {
  describe(`every kind of thing in ${target.clusters[0]?.name}`, () => {
    let sync: SyncJob;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ultron-things-'));
      sync = await SyncJob.start(target);
    }, 240_000);
    afterAll(async () => {
      await sync.stop();
      await rm(folder, { recursive: true, force: true });
    }, 120_000);

    const workshop = () => workshopIn(sync, folder);
    const thingsOf = (shop: Workshop): Thing[] => [...networkThings(shop), ...computeThings(shop)];

    /** Makes all, changes all and removes all, and looks after each step how long it takes to be seen. */
    const doAll = async (things: Thing[], seconds: (thing: Thing) => number): Promise<Sightings> => {
      const sightings = new Sightings(sync);
      const left = new Set<Thing>();
      const step = async (name: Step, inOrder: Thing[]) => {
        for (const thing of inOrder) {
          left.add(thing);
          sightings.watch(thing.name, name, await thing[name](), seconds(thing));
          if (name === 'remove') left.delete(thing);
        }
        await sightings.ended();
      };
      try {
        await step('make', things);
        await step('change', things);
        await step('remove', things.toReversed());
      } finally {
        // Of a run that failed nothing is to stay in the cluster.
        for (const thing of [...left].toReversed()) await thing.remove().catch(() => undefined);
      }
      return sightings;
    };

    it('is seen to appear, to change and to vanish, by itself', async () => {
      const sightings = await doAll(thingsOf(workshop()), () => BY_ITSELF_S);
      sightings.print(`${sync.access.name}, gold, by itself`);
      expect(sightings.missed).toEqual([]);
    }, 1_200_000);

    it('is seen soon when the cluster tells of it', async () => {
      const url = target.broker(sync.access);
      if (url === null) throw new Error(`${sync.access.name} tells nothing`);
      await listens(sync, url);
      // From here on nothing but what the cluster tells has a lane read.
      await sync.job.ultron.must('PATCH', '/v1/sync_tiers/gold', {
        objective_ms: HOURS_MS,
        changes_ms: HOURS_MS,
        ids_ms: HOURS_MS,
        full_ms: HOURS_MS,
      });
      await lanesRest(sync);
      const told = thingsOf(workshop()).filter((thing) => thing.told);
      const sightings = await doAll(told, () => WHEN_TOLD_S);
      sightings.print(`${sync.access.name}, when told`);
      expect(sightings.missed).toEqual([]);
    }, 1_200_000);
  });
}

async function listens(sync: SyncJob, url: string): Promise<void> {
  const { ultron } = sync.job;
  await ultron.must('POST', '/v1/notification_sources', { cluster: sync.access.name, url });
  await eventually(
    'a conductor listens',
    async () => {
      const source = await ultron.must<{ connected_since: string | null }>(
        'GET',
        `/v1/notification_sources/${sync.clusterId}`,
      );
      return source.connected_since ?? undefined;
    },
    { seconds: 60 },
  );
}

/** Each lane takes up a tier with its next pass. */
async function lanesRest(sync: SyncJob): Promise<void> {
  for (const { kind } of await sync.lanes()) {
    await sync.job.ultron.must('POST', `/v1/syncs/${sync.clusterId}/${kind}/actions`, {
      action: 'run_now',
      mode: 'full',
    });
  }
  await eventually(
    'no lane is due within the hour',
    async () => {
      const late = (await sync.lanes()).filter(
        ({ next_due_at: due, running }) => running !== null || Date.parse(due) < Date.now() + 3_600_000,
      );
      return late.length === 0 ? true : undefined;
    },
    { seconds: 180, everyMs: 1_000 },
  );
}
