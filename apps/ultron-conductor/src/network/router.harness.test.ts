import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { RouterWish } from '@ultron/network/router/router.service';
import { neutronMark } from './neutron-marks.rules.js';
import { harnessProblems } from './port-network-harness.fixture.js';
import {
  openPortWorld,
  type BuiltVpc,
  type PortWorld,
  type PortWorldDeps,
} from './port-network-world.fixture.js';
import { routerRealise } from './router-realise.saga.js';
import { routerRemove } from './router-remove.saga.js';

jest.setTimeout(300_000);

let world: PortWorld;
let vpc: BuiltVpc;
beforeAll(async () => {
  world = await openPortWorld([{ name: 'only', release: 'zed' }]);
  vpc = await world.builtVpc();
}, 120_000);
afterAll(() => world.close());

/** All that there is of one router, in its cluster and in the tables. */
interface Everything {
  inCluster: { id: string; up: boolean; gateway: boolean; legs: number; tags: string[] }[];
  part: { status: string; fault: string | null; openstackId: string | null; gateway: boolean } | null;
  legRows: number;
  status: string | undefined;
}

async function everythingOf(routerId: string): Promise<Everything> {
  const { read } = world.database;
  const { routers, ports } = world.simulator.control.cluster('only').network;
  const row = await world.net.routers.find(read, routerId);
  const part = await world.net.clusterRouters.find(read, routerId, world.clusterIds[0] ?? '');
  const legsOf = (id: string) =>
    [...ports.values()].filter(
      (port) => port.device_id === id && port.device_owner === 'network:router_interface',
    );
  return {
    inCluster: [...routers.values()]
      .filter(({ name }) => name === neutronMark(routerId))
      .map((router) => ({
        id: router.id,
        up: router.admin_state_up,
        gateway: router.gateway !== null,
        legs: legsOf(router.id).length,
        tags: router.tags,
      })),
    part: part && {
      status: part.status,
      fault: part.fault?.code ?? null,
      openstackId: part.openstackId,
      gateway: part.externalAddresses.length > 0,
    },
    legRows: (await world.net.clusterRouters.interfacesOf(read, [routerId])).length,
    status: row?.status,
  };
}

const wish = ({ vpcId, subnetId }: BuiltVpc): RouterWish => ({
  projectId: world.projectId,
  vpc: vpcId,
  name: 'edge',
  description: '',
  adminStateUp: true,
  externalNetwork: 'public',
  enableSnat: null,
  subnetIds: [subnetId],
});

/** A router that a conductor has built. */
async function builtRouter(): Promise<{ routerId: string }> {
  await clear(vpc);
  const made = await world.done((tx) => world.net.routerService.create(tx, wish(vpc), world.from()));
  expect(made.ended?.error).toBeNull();
  return { routerId: made.router.id };
}

const problems = (
  saga: Saga<PortWorldDeps>,
  begin: () => Promise<{ id: string; task: NewTask }>,
  check: (run: ScenarioRun<Everything>) => void,
): Promise<string[]> => harnessProblems({ world, saga, begin, check, everythingOf });

describe('whatever fails and whenever the process dies', () => {
  it('a router is made once, with its gateway and legs, or not at all', async () => {
    const found = await problems(
      routerRealise,
      async () => {
        await clear(vpc);
        let routerId = '';
        const task = await world.begun(async (tx) => {
          const change = await world.net.routerService.create(tx, wish(vpc), world.from());
          routerId = change.router.id;
          return change;
        });
        return { id: routerId, task };
      },
      ({ status, after }) => {
        if (status === 'succeeded') {
          const [router] = after.inCluster;
          expect(after.inCluster).toEqual([expect.objectContaining({ up: true, gateway: true, legs: 1 })]);
          expect(router?.tags).toHaveLength(1);
          expect(after.part).toEqual({
            status: 'active',
            fault: null,
            openstackId: router?.id,
            gateway: true,
          });
          expect(after).toMatchObject({ legRows: 1, status: 'active' });
        } else {
          expect(after.inCluster).toEqual([]);
          expect(after.part).toEqual({
            status: 'error',
            fault: 'injected_refusal',
            openstackId: null,
            gateway: false,
          });
          expect(after).toMatchObject({ legRows: 0, status: 'error' });
        }
      },
    );
    expect(found).toEqual([]);
  });

  it('a change is told to the cluster, or taken back there', async () => {
    const found = await problems(
      routerRealise,
      async () => {
        const { routerId } = await builtRouter();
        const patch = { adminStateUp: false, externalNetwork: null };
        const task = await world.begun((tx) =>
          world.net.routerService.update(tx, routerId, patch, world.from(), () => undefined),
        );
        return { id: routerId, task };
      },
      ({ status, after }) => {
        const told = status === 'succeeded';
        expect(after.inCluster).toEqual([expect.objectContaining({ up: !told, gateway: !told, legs: 1 })]);
        expect(after.part).toMatchObject({ status: told ? 'active' : 'error', gateway: !told });
        expect(after).toMatchObject({ legRows: 1, status: told ? 'active' : 'error' });
      },
    );
    expect(found).toEqual([]);
  });

  it('a deletion leaves nothing, or says that it failed', async () => {
    const found = await problems(
      routerRemove,
      async () => {
        const { routerId } = await builtRouter();
        const task = await world.begun((tx) =>
          world.net.routerService.delete(tx, routerId, world.from(), () => undefined),
        );
        return { id: routerId, task };
      },
      ({ status, after }) => {
        if (status !== 'succeeded') return expect(after.part?.status).toBe('error');
        expect(after).toMatchObject({ inCluster: [], legRows: 0, status: 'deleted' });
        return expect(after.part).toMatchObject({ status: 'deleted', openstackId: null });
      },
    );
    expect(found).toEqual([]);
  });
});

/** A subnet has one router: that of the scenario before gives it up, in whatever state it was left. */
async function clear({ subnetId }: BuiltVpc): Promise<void> {
  await world.database.read.query('DELETE FROM router_interface WHERE subnet_id = ?', [subnetId]);
  const segments = await world.net.portPlaces.segmentsOf(world.database.read, [subnetId]);
  const { routers, ports } = (await world.portDeps().clouds.get(world.clusterIds[0] ?? '')).network;
  for (const { openstackSubnetId: subnet_id } of segments) {
    if (subnet_id === null) continue;
    for (const port of await ports.list({ subnetId: subnet_id }).all()) {
      if (port.device_owner === 'network:router_interface')
        await routers.removeInterface(port.device_id, { subnet_id });
    }
  }
}
