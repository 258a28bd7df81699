import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { OpenstackClient } from '@ultron/openstack-sim/testing/openstack-client';
import type { ClusterAccess } from '../shape/raw-cloud.js';
import { eventually } from '../target/eventually.js';
import type { Target } from '../target/target.js';
import { MainJob } from './main-job.js';

/** What of an object of a cluster the suite looks at. */
interface ObjectBody {
  id: string;
  name: string | null;
  status: string | null;
  presence: 'present' | 'missing' | 'gone';
  parent: string | null;
  ultron_id: string | null;
  fields: Record<string, unknown>;
}

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
    let job: MainJob;
    let client: OpenstackClient;
    let access: ClusterAccess;
    let clusterId: string;

    beforeAll(async () => {
      client = await OpenstackClient.find();
      job = await MainJob.start({
        ...target,
        clusters: target.clusters.filter(({ name }) => name === clusterName),
      });
      const [cluster] = job.target.clusters;
      if (!cluster) throw new Error(`the target has no cluster ${clusterName}`);
      access = cluster;
      const { clusters } = await job.ultron.must<{ clusters: { id: string }[] }>('GET', '/v1/clusters');
      clusterId = clusters[0]?.id ?? '';
      await job.ultron.must('PUT', `/v1/sync_tier_assignments/cluster/${clusterId}`, { tier: 'gold' });
    }, 240_000);
    afterEach(() => job.deleteAll(), 300_000);
    afterAll(() => job.stop(), 120_000);

    const openstack = (...args: string[]) => client.openstack({ ...access, idc: undefined }, args);
    const made = (...args: string[]) => client.json<{ id: string }>({ ...access, idc: undefined }, args);
    const object = async (kind: string, id: string, query = ''): Promise<ObjectBody | undefined> => {
      const reply = await job.ultron.call<ObjectBody>(
        'GET',
        `/v1/clusters/${clusterId}/objects/${kind}/${id}${query}`,
      );
      return reply.status === 200 ? reply.body : undefined;
    };
    const shows = (kind: string, id: string, what: string, good: (object: ObjectBody) => boolean) =>
      eventually(`${kind} ${id} ${what}`, async () => {
        const found = await object(kind, id);
        return found && good(found) ? found : undefined;
      });

    it('is looked for in every kind of thing that the cluster has', async () => {
      const lanes = await eventually('every lane was read', async () => {
        const page = await job.ultron.must<{ syncs: { kind: string; state: string }[] }>(
          'GET',
          '/v1/syncs?limit=100',
        );
        return page.syncs.length > 0 && page.syncs.every(({ state }) => READ.has(state))
          ? page.syncs
          : undefined;
      });
      expect(lanes.map(({ kind }) => kind).toSorted()).toEqual(KINDS);
    }, 180_000);

    it('appears: servers with their ports, networks, subnets and security groups', async () => {
      const network = await made('network', 'create', 'theirs');
      const subnet = await made(
        'subnet',
        'create',
        '--network',
        network.id,
        '--subnet-range',
        '10.99.0.0/24',
        'theirs',
      );
      const group = await made('security', 'group', 'create', 'theirs');
      const server = await made(
        ...['server', 'create', '--flavor', 'm1.tiny', '--image', 'cirros', '--nic', `net-id=${network.id}`],
        ...['--wait', 'theirs'],
      );
      await shows('network', network.id, 'appears', ({ name }) => name === 'theirs');
      await shows('subnet', subnet.id, 'appears', ({ parent }) => parent === network.id);
      await shows('security_group', group.id, 'appears', ({ name }) => name === 'theirs');
      const seen = await shows('server', server.id, 'is ACTIVE', ({ status }) => status === 'ACTIVE');
      expect(seen).toMatchObject({ name: 'theirs', presence: 'present', ultron_id: null });
      const port = await eventually('the port of the server appears', async () => {
        const { objects } = await job.ultron.must<{ objects: ObjectBody[] }>(
          'GET',
          `/v1/clusters/${clusterId}/objects?kind=port&parent=${server.id}`,
        );
        return objects[0];
      });

      await openstack('server', 'set', '--name', 'still-theirs', server.id);
      await openstack('port', 'set', '--name', 'their-port', port.id);
      await openstack('server', 'stop', server.id);
      await shows(
        'server',
        server.id,
        'is renamed and stopped',
        ({ name, status }) => name === 'still-theirs' && status === 'SHUTOFF',
      );
      await shows('port', port.id, 'is renamed', ({ name }) => name === 'their-port');

      await openstack('server', 'delete', '--wait', server.id);
      await openstack('network', 'delete', network.id);
      await openstack('security', 'group', 'delete', group.id);
      for (const [kind, id] of [
        ['server', server.id],
        ['port', port.id],
        ['network', network.id],
        ['subnet', subnet.id],
        ['security_group', group.id],
      ] as const) {
        await shows(kind, id, 'is gone', ({ presence }) => presence === 'gone');
      }
    }, 600_000);

    it('shows in the servers that Ultron made, and at once to who asks for it', async () => {
      const { body } = await job.create(1);
      expect(await job.ended(body.task.id)).toMatchObject({ status: 'succeeded' });
      const id = body.servers[0]?.id ?? '';
      const shown = (query = '') => job.ultron.must<ServerShown>('GET', `/v1/servers/${id}${query}`);
      const openstackId = (await shown()).openstack_id ?? '';
      await shows('server', openstackId, 'is known as ours', ({ ultron_id: owner }) => owner === id);

      await openstack('server', 'set', '--name', 'renamed-by-others', openstackId);
      expect((await shown('?fresh=0s')).observed).toMatchObject({
        name: 'renamed-by-others',
        status: 'ACTIVE',
      });

      await openstack('server', 'stop', openstackId);
      await eventually('the server is seen to be off', async () => {
        const { observed } = await shown();
        return observed?.status === 'SHUTOFF' ? true : undefined;
      });

      await openstack('server', 'delete', '--wait', openstackId);
      await eventually('the server is seen to be gone', async () => {
        const { observed } = await shown();
        return observed?.presence === 'gone' ? true : undefined;
      });
    }, 600_000);
  });
}
