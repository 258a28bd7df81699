import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ServerChange, ServerOrigin } from '@ultron/compute/server/server.service';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Saga } from '@ultron/tasks/saga/saga';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { ConductorDeps } from '../conductor.deps.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { serverReboot, serverStop } from './server-action.saga.js';
import { serverDelete } from './server-delete.saga.js';
import {
  activeServers,
  begunChange,
  everythingOf,
  settleServer,
  type Everything,
} from './server-harness.fixture.js';
import { serverUpdate } from './server-update.saga.js';

jest.setTimeout(300_000);

let world: ComputeWorld;
let fresh: string[] = [];
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'train' }]);
  fresh = await activeServers(world, 150);
}, 300_000);
afterAll(() => world.close());

type Work = (tx: Transaction, id: string, origin: ServerOrigin) => Promise<ServerChange>;

/** The harness over a saga, each scenario with an active server of its own. */
async function problems(
  saga: Saga<ConductorDeps>,
  work: Work,
  check: (run: ScenarioRun<Everything>) => void,
) {
  const reports = await runSagaHarness<ConductorDeps, Everything>({
    saga,
    classify,
    check,
    open: async () => {
      const id = fresh.pop();
      if (id === undefined) throw new Error('there are too few servers for this harness');
      return {
        database: world.database,
        deps: () => world.conductorDeps(),
        begin: () => begunChange(world, (tx, origin) => work(tx, id, origin)),
        settle: (wait) => settleServer(world, wait),
        snapshot: () => everythingOf(world, id),
      };
    },
  });
  expect(reports.length).toBeGreaterThan(5);
  return problemsOf(reports);
}

/** Nothing was added, nothing was lost, and the server is in this state. */
function expectWhole({ inCluster, ports, portRows, reservations }: Everything, status: string): void {
  expect(inCluster).toEqual([{ id: expect.any(String), status }]);
  expect(ports).toHaveLength(1);
  expect(portRows).toEqual([ports[0]?.id]);
  expect(reservations).toBe(1);
}

const anyVersion = () => undefined;

describe('whatever fails and whenever the process dies', () => {
  it('a deletion leaves nothing, or says that it failed', async () => {
    const found = await problems(
      serverDelete,
      (tx, id, origin) => world.servers.delete(tx, id, origin, anyVersion),
      ({ status, after }) => {
        if (status !== 'succeeded') return expect(after.row?.status).toBe('error');
        expect(after).toMatchObject({ inCluster: [], ports: [], portRows: [], reservations: 0 });
        return expect(after.row?.status).toBe('deleted');
      },
    );
    expect(found).toEqual([]);
  });

  it('a stop ends with a stopped server, or with one that is shown as it is', async () => {
    const found = await problems(
      serverStop,
      (tx, id, origin) => world.servers.act(tx, id, 'stop', origin),
      ({ status, after }) => {
        if (status === 'succeeded') {
          expectWhole(after, 'SHUTOFF');
          expect(after.row).toMatchObject({ status: 'stopped', fault: null });
        } else {
          expect(after.row?.fault).toMatchObject({ code: 'injected_refusal' });
          const shown = after.row?.status === 'stopped' ? 'SHUTOFF' : 'ACTIVE';
          expectWhole(after, shown);
        }
      },
    );
    expect(found).toEqual([]);
  });

  it('a reboot ends with an active server', async () => {
    const found = await problems(
      serverReboot,
      (tx, id, origin) => world.servers.act(tx, id, 'reboot_hard', origin),
      ({ after }) => {
        expect(after.row?.status).toBe('active');
        expect(after.inCluster).toHaveLength(1);
      },
    );
    expect(found).toEqual([]);
  });

  it('an update is told to the cluster, or its fault shown', async () => {
    const found = await problems(
      serverUpdate,
      (tx, id, origin) =>
        world.servers.update(tx, id, { name: 'other', metadata: { a: '1' } }, origin, anyVersion),
      ({ status, after }) => {
        expectWhole(after, 'ACTIVE');
        const fault = status === 'succeeded' ? null : expect.objectContaining({ code: 'injected_refusal' });
        expect(after.row).toMatchObject({ status: 'active', fault });
      },
    );
    expect(found).toEqual([]);
    const named = world.simulator.control.state('only').servers.filter((server) => server.name === 'other');
    expect(named.length).toBeGreaterThan(5);
    for (const server of named) expect(server.metadata).toMatchObject({ a: '1' });
  });
});
