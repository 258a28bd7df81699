import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Cloud } from '@ultron/openstack/cloud';
import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import { eventually } from '@ultron/testing/world/eventually';
import { openComputeWorld, type ComputeWorld } from '../compute/compute-world.fixture.js';
import { SyncWorld } from '../sync/sync-world.fixture.js';

jest.setTimeout(300_000);

const KINDS = ['port', 'network', 'floating_ip', 'security_group'] as const;
const CHANGES_AT_MOST = 25;

/** One change of something in the cluster; `pick` chooses among what there is. */
type Change = (pick: <T>(among: readonly T[]) => T) => Promise<unknown>;

function changesOf({ network, compute, image }: Cloud): Record<string, Change> {
  const { networks, subnets, ports, routers, floatingIps, securityGroups } = network;
  const ofOurs = async <T extends { name: string }>(listing: { all(): Promise<T[]> }): Promise<T[]> =>
    (await listing.all()).filter(({ name }) => name.startsWith('any'));
  const anyPort = () => ofOurs(ports.list());
  const anyNetwork = () => ofOurs(networks.list());
  const anyRouter = () => ofOurs(routers.list());
  const anyFloatingIp = () => floatingIps.list().all();
  const outside = async () => (await networks.list({ external: true }).all())[0]?.id ?? '';
  const anyGroup = () => ofOurs(securityGroups.list());
  let made = 0;
  const name = () => `any-${(made += 1)}`;
  return {
    makePort: async (pick) => ports.create({ name: name(), network_id: pick(await anyNetwork()).id }),
    renamePort: async (pick) => ports.update(pick(await anyPort()).id, { name: name() }),
    describePort: async (pick) => ports.update(pick(await anyPort()).id, { description: name() }),
    readdressPort: async (pick) => ports.update(pick(await anyPort()).id, { fixed_ips: [] }),
    regroupPort: async (pick) =>
      ports.update(pick(await anyPort()).id, { security_groups: [pick(await anyGroup()).id] }),
    pairPort: async (pick) =>
      ports.update(pick(await anyPort()).id, { allowed_address_pairs: [{ ip_address: '10.0.0.9' }] }),
    openPort: async (pick) =>
      ports.update(pick(await anyPort()).id, {
        security_groups: [],
        allowed_address_pairs: [],
        port_security_enabled: false,
      }),
    bindPort: async (pick) => ports.update(pick(await anyPort()).id, { 'binding:host_id': 'host-1' }),
    tagPort: async (pick) => ports.tags.replace(pick(await anyPort()).id, [name()]),
    deletePort: async (pick) => ports.delete(pick(await anyPort()).id),
    makeNetwork: async () => {
      const { id } = await networks.create({ name: name() });
      return subnets.create({ network_id: id, ip_version: 4, cidr: `10.${50 + made}.0.0/24` });
    },
    renameNetwork: async (pick) => networks.update(pick(await anyNetwork()).id, { name: name() }),
    shareNetwork: async (pick) => networks.update(pick(await anyNetwork()).id, { shared: made % 2 === 0 }),
    resubnetNetwork: async (pick) => {
      const { id } = pick(await anyNetwork());
      return subnets.create({ network_id: id, ip_version: 4, cidr: `10.${50 + (made += 1)}.1.0/24` });
    },
    deleteSubnet: async (pick) => subnets.delete(pick(pick(await anyNetwork()).subnets)),
    deleteNetwork: async (pick) => networks.delete(pick(await anyNetwork()).id),
    makeRouter: async () => routers.create({ name: name() }),
    gateRouter: async (pick) => {
      const { id } = pick(await anyRouter());
      const wanted = made % 2 === 0 ? { network_id: await outside() } : null;
      return routers.update(id, { name: name(), external_gateway_info: wanted });
    },
    legRouter: async (pick) =>
      routers.addInterface(pick(await anyRouter()).id, { subnet_id: pick(pick(await anyNetwork()).subnets) }),
    unlegRouter: async (pick) =>
      routers.removeInterface(pick(await anyRouter()).id, {
        subnet_id: pick(pick(await anyNetwork()).subnets),
      }),
    tagRouter: async (pick) => routers.tags.add(pick(await anyRouter()).id, name()),
    deleteRouter: async (pick) => routers.delete(pick(await anyRouter()).id),
    makeFloatingIp: async () => floatingIps.create({ floating_network_id: await outside() }),
    leadFloatingIp: async (pick) =>
      floatingIps.associate(pick(await anyFloatingIp()).id, { portId: pick(await anyPort()).id }),
    unleadFloatingIp: async (pick) => floatingIps.disassociate(pick(await anyFloatingIp()).id),
    tagFloatingIp: async (pick) => floatingIps.tags.add(pick(await anyFloatingIp()).id, name()),
    deleteFloatingIp: async (pick) => floatingIps.delete(pick(await anyFloatingIp()).id),
    // All that stands between a port and a floating IP that leads to it comes about by chance only seldom.
    leadThrough: async (pick) => {
      const network_id = await outside();
      const router = await routers.create({ name: name(), external_gateway_info: { network_id } });
      const inside = pick(await anyNetwork());
      await routers.addInterface(router.id, { subnet_id: pick(inside.subnets) });
      const port = await ports.create({ name: name(), network_id: inside.id });
      return floatingIps.create({ floating_network_id: network_id, port_id: port.id });
    },
    makeGroup: async () => securityGroups.create({ name: name() }),
    ruleGroup: async (pick) =>
      securityGroups.createRule({
        security_group_id: pick(await anyGroup()).id,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: (made += 1),
        port_range_max: made,
      }),
    unruleGroup: async (pick) => {
      const group = pick(await anyGroup());
      return securityGroups.deleteRule(pick(group.security_group_rules).id);
    },
    deleteGroup: async (pick) => securityGroups.delete(pick(await anyGroup()).id),
    makeServer: async (pick) => {
      const { id } = await compute.servers.create({
        name: name(),
        flavorRef: pick(await compute.flavors.list().all()).id,
        imageRef: pick(await image.images.list().all()).id,
        networks: [{ uuid: pick(await anyNetwork()).id }],
      });
      // Its port goes on changing until then.
      return eventually(
        () => compute.servers.get(id),
        ({ status }) => status === 'ACTIVE',
      );
    },
  };
}

/** Nothing there to choose from. */
class Nothing extends Error {}

describe.each(['zed', '2025.1'] as const)(
  'the network of a cluster of %s, listed by its revisions',
  (release) => {
    let world: ComputeWorld;
    let sync: SyncWorld;
    let clusterId: string;
    let cloud: Cloud;

    beforeAll(async () => {
      world = await openComputeWorld([{ name: 'one', release }]);
      clusterId = world.clusterIds.get('one') ?? '';
      await world.conduct();
      const { clouds } = world.conductorDeps();
      cloud = await clouds.get(clusterId);
      sync = await SyncWorld.start(world, clouds);
      // From now on passes are made when the test wants them.
      await sync.slowDown();
      await sync.fullPass(clusterId);
    });
    afterAll(() => world.close());

    const shown = async (kind: string) => {
      const objects = await sync.list(clusterId, kind, { presence: 'present' });
      return objects.map(({ id, name, status, projectId, parentId, revision, fields }) => ({
        ...{ id, name, status, projectId, parentId, revision, fields },
      }));
    };
    const listsOf = (collection: string): string[] =>
      world.simulator.control
        .requests({ cluster: 'one', service: 'network', method: 'GET' })
        .map(({ url }) => url)
        .filter((url) => url.includes(`/v2.0/${collection}?`));

    it('is read in full where a revision does not tell enough', async () => {
      const rows = await world.database.read.query<{ kind: string; changes: string; deletions: string }[]>(
        `SELECT kind, changes_by AS changes, deletions_by AS deletions FROM lane
       WHERE cluster_id = ? AND domain = 'network' ORDER BY kind`,
        [clusterId],
      );
      expect(rows.map(({ kind, changes, deletions }) => [kind, changes, deletions])).toEqual([
        ['floating_ip', 'revisions', 'revisions'],
        ['network', 'revisions', 'revisions'],
        ['port', 'revisions', 'revisions'],
        ['router', 'full', 'full'],
        ['security_group', 'revisions', 'revisions'],
        ['subnet', 'full', 'full'],
      ]);
    });

    it('is asked for ids and revisions, and for what is at another one by its id', async () => {
      const [network] = await cloud.network.networks.list({ name: 'private' }).all();
      const made = await cloud.network.ports.createBulk(
        Array.from({ length: 3 }, () => ({ network_id: network?.id ?? '' })),
      );
      await sync.pass(clusterId, 'port', 'changes');
      world.simulator.control.clearRequests();
      expect(await sync.pass(clusterId, 'port', 'changes')).toMatchObject({
        outcome: 'complete',
        written: 0,
      });
      expect(listsOf('ports')).toEqual([expect.stringMatching(/fields=id&fields=revision_number$/)]);
      const id = made[1]?.id ?? '';
      await cloud.network.ports.update(id, { name: 'mine' });
      expect(await sync.pass(clusterId, 'port', 'changes')).toMatchObject({
        outcome: 'complete',
        written: 1,
      });
      expect(await sync.find(clusterId, 'port', id)).toMatchObject({ name: 'mine' });
      expect(listsOf('ports').at(-1)).toMatch(new RegExp(`[?&]id=${id}`));
      for (const port of made) await cloud.network.ports.delete(port.id);
    });

    it('shows the same after any changes as if all of it had been read', async () => {
      const changes = changesOf(cloud);
      const step = fc.record({ what: fc.constantFrom(...Object.keys(changes)), which: fc.nat(1_000) });
      let done = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: CHANGES_AT_MOST }), async (steps) => {
          for (const { what, which } of [
            { what: 'makeNetwork', which: 0 },
            { what: 'makeGroup', which: 0 },
            ...steps,
          ]) {
            if (await isDone(changes[what], which)) done += 1;
          }
          for (const kind of KINDS) {
            await sync.pass(clusterId, kind, 'changes');
            const before = await shown(kind);
            expect(await sync.pass(clusterId, kind, 'full')).toMatchObject({
              outcome: 'complete',
              written: 0,
            });
            expect(await shown(kind)).toEqual(before);
          }
        }),
        { numRuns: 12 },
      );
      expect(done).toBeGreaterThan(50);
    });
  },
);

/** False when there is nothing of which it could be done, or the cluster does not let it be. */
async function isDone(change: Change | undefined, which: number): Promise<boolean> {
  const pick = <T>(among: readonly T[]): T => {
    const one = among[which % Math.max(1, among.length)];
    if (one === undefined) throw new Nothing();
    return one;
  };
  try {
    await change?.(pick);
    return true;
  } catch (error) {
    if (error instanceof Nothing) return false;
    if (error instanceof OpenStackError && ['conflict', 'invalid', 'gone'].includes(error.kind)) return false;
    throw error;
  }
}
