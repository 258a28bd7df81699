import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../target/eventually.js';
import type { Target } from '../target/target.js';
import { expectExactly } from './exactly.js';
import type { ExtraConductor } from './extra-conductor.js';
import { CONDUCTOR } from './main-job.js';
import { expectOneOwnerAtATime, expectSameObjects } from './sync/lanes.check.js';
import { SyncJob } from './sync/sync-job.js';

const MOST = 40;

/** A cluster goes from one conductor group to another while servers are made and deleted in it. */
export function groupMoveSpecs(target: Target): void {
  describe(`a move of ${target.clusters[0]?.name} to another conductor group`, () => {
    let sync: SyncJob;
    let other: ExtraConductor;
    let made = 0;
    beforeAll(async () => {
      sync = await SyncJob.start(target);
      await sync.job.ultron.must('POST', '/v1/conductor_groups', { name: 'other' });
      other = await sync.job.ultron.addConductor('other');
    }, 300_000);
    afterAll(async () => {
      await sync.job.deleteAll();
      await sync.stop();
    }, 600_000);

    const count = () => Math.min(MOST, sync.job.batch);
    const move = (group: string) =>
      sync.job.ultron.must('PATCH', `/v1/clusters/${sync.clusterId}`, { conductor_group: group });
    const idOf = async (pid: number) =>
      (await sync.conductors()).find((conductor) => conductor.pid === pid && conductor.alive)?.id;
    /** Every lane of the cluster is read by this one. */
    const belongsTo = async (pid: number, group: string) => {
      const id = await idOf(pid);
      await eventually(
        `the conductor of ${group} has all lanes`,
        async () => {
          const lanes = await sync.lanes();
          const taken = lanes.filter((lane) => lane.conductor_group === group && lane.owner?.id === id);
          return taken.length === lanes.length ? true : undefined;
        },
        { seconds: 30 },
      );
    };

    it('loses nothing and does nothing twice while servers are made', async () => {
      const { job } = sync;
      const { body } = await job.create(count());
      await job.progressed(body.task.id, 0.2);
      await move('other');
      const network = await sync.made('network', 'create', 'made during the move');
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
      made += count();
      await expectExactly(job, made);
      await belongsTo(other.pid, 'other');
      await sync.shows('network', network, 'appears', ({ presence }) => presence === 'present');
      await sync.openstack('network', 'delete', network.id);
      await sync.isGone('network', network.id);
    }, 900_000);

    it('leaves nothing to those who served it before', async () => {
      const { job } = sync;
      await job.ultron.signal(CONDUCTOR, 'SIGSTOP');
      try {
        const network = await sync.made('network', 'create', 'made after the move');
        await sync.shows('network', network, 'appears', ({ presence }) => presence === 'present');
        const [server] = (await job.servers()).filter(({ cluster }) => cluster.name === sync.access.name);
        await job.ultron.must('DELETE', `/v1/servers/${server?.id}`);
        made -= 1;
        await eventually('a server is deleted by the other group', async () =>
          (await job.servers()).length === made ? true : undefined,
        );
        await sync.openstack('network', 'delete', network.id);
        await sync.isGone('network', network.id);
      } finally {
        await job.ultron.signal(CONDUCTOR, 'SIGCONT');
      }
    }, 600_000);

    it('loses nothing and does nothing twice on the way back, while servers are deleted and made', async () => {
      const { job } = sync;
      const before = await job.servers();
      for (const { id } of before) await job.ultron.must('DELETE', `/v1/servers/${id}`);
      const { body } = await job.create(count());
      await move('default');
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } });
      await eventually(
        'the servers from before are deleted',
        async () => ((await job.servers()).length === count() ? true : undefined),
        { seconds: 300, everyMs: 500 },
      );
      await expectExactly(job, count());
      await belongsTo(await job.ultron.pid(CONDUCTOR), 'default');
      await expectOneOwnerAtATime(sync);
      await expectSameObjects(sync);
    }, 900_000);
  });
}
