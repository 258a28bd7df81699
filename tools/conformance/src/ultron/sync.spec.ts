import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../target/eventually.js';
import type { Target } from '../target/target.js';
import { SyncJob, type ObjectBody } from './sync/sync-job.js';

interface ServerShown {
  id: string;
  openstack_id: string | null;
  cluster: { id: string; name: string };
  observed: { status: string; name: string | null; host: string | null; presence: string } | null;
}

const KINDS = [
  ...[
    'availability_zone',
    'flavor',
    'floating_ip',
    'hypervisor',
    'image',
    'key_pair',
    'network',
    'port',
    'quota',
  ],
  ...['resource_provider', 'router', 'security_group', 'server', 'subnet'],
];

/** States of a lane that was read with success; a busy machine may make it late. */
const READ = new Set(['well', 'late']);

/** What is changed, made and deleted behind the back of Ultron, by the real `openstack` command, shows by itself. */
export function syncSpecs(target: Target): void {
  const clusterNames = target.clusters.map(({ name }) => name);

  describe.each(clusterNames)('what somebody does in %s with the openstack command', (clusterName) => {
    let sync: SyncJob;
    beforeAll(async () => {
      const clusters = target.clusters.filter(({ name }) => name === clusterName);
      sync = await SyncJob.start({ ...target, clusters });
    }, 240_000);
    afterEach(() => sync.job.deleteAll(), 300_000);
    afterAll(() => sync.stop(), 120_000);

    const shows = (kind: string, id: string, what: string, good: (object: ObjectBody) => boolean) =>
      sync.shows(kind, { id }, what, good);

    it('is looked for in every kind of thing that the cluster has', async () => {
      const lanes = await eventually('every lane was read', async () => {
        const all = await sync.lanes();
        return all.length > 0 && all.every(({ state }) => READ.has(state)) ? all : undefined;
      });
      expect(lanes.map(({ kind }) => kind).toSorted()).toEqual(KINDS);
    }, 180_000);

    it('appears: servers with their ports, networks, subnets and security groups', async () => {
      const network = await sync.made('network', 'create', 'theirs');
      const subnet = await sync.made(
        'subnet',
        'create',
        '--network',
        network.id,
        '--subnet-range',
        '10.99.0.0/24',
        'theirs',
      );
      const group = await sync.made('security', 'group', 'create', 'theirs');
      const server = await sync.made(
        ...['server', 'create', '--flavor', 'm1.tiny', '--image', 'cirros', '--nic', `net-id=${network.id}`],
        ...['--wait', 'theirs'],
      );
      await shows('network', network.id, 'appears', ({ name }) => name === 'theirs');
      await shows('subnet', subnet.id, 'appears', ({ parent }) => parent === network.id);
      await shows('security_group', group.id, 'appears', ({ name }) => name === 'theirs');
      const seen = await shows('server', server.id, 'is ACTIVE', ({ status }) => status === 'ACTIVE');
      expect(seen).toMatchObject({ name: 'theirs', presence: 'present', ultron_id: null });
      const port = await eventually('the port of the server appears', async () => {
        const ports = await sync.objects('port');
        return ports.find(({ parent }) => parent === server.id);
      });

      await sync.openstack('server', 'set', '--name', 'still-theirs', server.id);
      await sync.openstack('port', 'set', '--name', 'their-port', port.id);
      await sync.openstack('server', 'stop', server.id);
      await shows(
        'server',
        server.id,
        'is renamed and stopped',
        ({ name, status }) => name === 'still-theirs' && status === 'SHUTOFF',
      );
      await shows('port', port.id, 'is renamed', ({ name }) => name === 'their-port');

      await sync.openstack('server', 'delete', '--wait', server.id);
      await sync.openstack('network', 'delete', network.id);
      await sync.openstack('security', 'group', 'delete', group.id);
      for (const [kind, id] of [
        ['server', server.id],
        ['port', port.id],
        ['network', network.id],
        ['subnet', subnet.id],
        ['security_group', group.id],
      ] as const) {
        await sync.isGone(kind, id);
      }
    }, 600_000);

    it('shows in the servers that Ultron made, and at once to who asks for it', async () => {
      const { job } = sync;
      const { body } = await job.create(1);
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded' });
      const id = body.servers[0]?.id ?? '';
      const shown = (query = '') => job.ultron.must<ServerShown>('GET', `/v1/servers/${id}${query}`);
      const openstackId = (await shown()).openstack_id ?? '';
      await shows('server', openstackId, 'is known as ours', ({ ultron_id: owner }) => owner === id);

      await sync.openstack('server', 'set', '--name', 'renamed-by-others', openstackId);
      expect((await shown('?fresh=0s')).observed).toMatchObject({
        name: 'renamed-by-others',
        status: 'ACTIVE',
      });

      await sync.openstack('server', 'stop', openstackId);
      await eventually('the server is seen to be off', async () => {
        const { observed } = await shown();
        return observed?.status === 'SHUTOFF' ? true : undefined;
      });

      await sync.openstack('server', 'delete', '--wait', openstackId);
      await eventually('the server is seen to be gone', async () => {
        const { observed } = await shown();
        return observed?.presence === 'gone' ? true : undefined;
      });
    }, 600_000);
  });
}
