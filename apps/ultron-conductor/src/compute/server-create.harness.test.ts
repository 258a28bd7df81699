import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { ConductorDeps } from '../conductor.deps.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { serverCreate } from './server-create.saga.js';
import { begunCreation, everythingOf, settleServer, type Everything } from './server-harness.fixture.js';

jest.setTimeout(300_000);

let world: ComputeWorld;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'zed' }]);
});
afterAll(() => world.close());

function check({ status, after }: ScenarioRun<Everything>): void {
  expect(after.tasks).toBe(1);
  if (status === 'succeeded') {
    const [server] = after.inCluster;
    const [port] = after.ports;
    expect(after).toEqual({
      inCluster: [{ id: expect.any(String), status: 'ACTIVE' }],
      ports: [{ id: expect.any(String), deviceId: server?.id }],
      row: { status: 'active', openstack_id: server?.id, fault: null },
      portRows: [port?.id],
      reservations: 1,
      tasks: 1,
    });
  } else {
    expect(after).toEqual({
      inCluster: [],
      ports: [],
      row: {
        status: 'error',
        openstack_id: null,
        fault: expect.objectContaining({ code: 'injected_refusal' }),
      },
      portRows: [],
      reservations: 0,
      tasks: 1,
    });
  }
}

it('makes one server or none, whatever fails and whenever the process dies', async () => {
  const reports = await runSagaHarness<ConductorDeps, Everything>({
    saga: serverCreate,
    classify,
    check,
    open: async () => {
      const { serverId, task } = await begunCreation(world);
      return {
        database: world.database,
        deps: () => world.conductorDeps(),
        begin: async () => task,
        settle: (wait) => settleServer(world, wait),
        snapshot: () => everythingOf(world, serverId),
      };
    },
  });
  expect(reports.length).toBeGreaterThan(30);
  expect(problemsOf(reports)).toEqual([]);
});
