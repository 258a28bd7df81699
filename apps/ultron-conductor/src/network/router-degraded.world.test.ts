import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { openPortWorld, type BuiltVpc, type PortWorld } from './port-network-world.fixture.js';

jest.setTimeout(120_000);

let world: PortWorld;
let vpc: BuiltVpc;
beforeAll(async () => {
  world = await openPortWorld([
    { name: 'good', release: 'zed' },
    { name: 'full', release: 'zed', quota: { router: 0 } },
  ]);
  vpc = await world.builtVpc();
}, 120_000);
afterAll(() => world.close());

const partsOf = async (routerId: string) => {
  const router = await world.net.routerService.get(routerId, world.projectId);
  const parts = router.clusters.map(({ clusterId, status, fault, openstackId }) => ({
    cluster: world.simulator.control.clusterNames()[world.clusterIds.indexOf(clusterId)],
    status,
    fault: fault?.code ?? null,
    made: openstackId !== null,
  }));
  return {
    status: router.status,
    parts: parts.toSorted((a, b) => ((a.cluster ?? '') < (b.cluster ?? '') ? -1 : 1)),
  };
};

it('shows which cluster could not have its router, and has it once the reason is gone', async () => {
  const made = await world.done((tx) =>
    world.net.routerService.create(
      tx,
      {
        projectId: world.projectId,
        vpc: vpc.vpcId,
        name: 'edge',
        description: '',
        adminStateUp: true,
        externalNetwork: 'public',
        enableSnat: null,
        subnetIds: [vpc.subnetId],
      },
      world.from(),
    ),
  );
  expect(made.ended?.status).toBe('failed');
  expect(await partsOf(made.router.id)).toEqual({
    status: 'degraded',
    parts: [
      { cluster: 'full', status: 'error', fault: 'openstack_quota', made: false },
      { cluster: 'good', status: 'active', fault: null, made: true },
    ],
  });

  world.simulator.control.cluster('full').settings.quota.router = -1;
  // An empty change tells all clusters anew.
  const again = await world.done((tx) =>
    world.net.routerService.update(tx, made.router.id, {}, world.from(), () => undefined),
  );
  expect(again.ended?.error).toBeNull();
  expect(await partsOf(made.router.id)).toEqual({
    status: 'active',
    parts: [
      { cluster: 'full', status: 'active', fault: null, made: true },
      { cluster: 'good', status: 'active', fault: null, made: true },
    ],
  });
});
