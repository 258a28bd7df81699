import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { NewTask } from '@ultron/tasks/task/task.types';
import type { ConductorDeps } from '../conductor.deps.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { openComputeWorld, type ComputeWorld } from './compute-world.fixture.js';
import { serverCreate } from './server-create.saga.js';
import { serverDelete } from './server-delete.saga.js';
import {
  activeServers,
  begunChange,
  everythingOf,
  settleServer,
  type Everything,
} from './server-harness.fixture.js';
import { addressesOf, builtVpc, discordsOf, type AddressesOf, type BuiltVpc } from './server-vpc.fixture.js';

jest.setTimeout(300_000);

let world: ComputeWorld;
let vpc: BuiltVpc;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'zed' }]);
  vpc = await builtVpc(world);
}, 120_000);
afterAll(() => world.close());

type All = Everything & { addresses: AddressesOf };

const networks = () => [{ vpc: vpc.vpcId }, { network: 'private' }];
const snapshot = async (id: string): Promise<All> => ({
  ...(await everythingOf(world, id)),
  addresses: await addressesOf(world, id),
});

function expectThere({ after }: ScenarioRun<All>): void {
  const [server] = after.inCluster;
  const [nic] = after.addresses.rows;
  expect(after).toMatchObject({
    inCluster: [{ status: 'ACTIVE' }],
    row: { status: 'active', openstack_id: server?.id, fault: null },
    portRows: [expect.any(String), expect.any(String)],
    reservations: 1,
    tasks: 1,
    addresses: {
      rows: [{ address: expect.stringMatching(/^11\./), state: 'bound', own: true }],
      ports: [{ ip: nic?.address, deviceId: server?.id }],
    },
  });
}

const expectGone = ({ after }: ScenarioRun<All>, status: string) =>
  expect(after).toMatchObject({
    ...{ inCluster: [], ports: [], portRows: [], reservations: 0, row: { status } },
    addresses: { rows: [{ state: 'cooling' }], ports: [] },
  });

async function begunCreation(): Promise<{ serverId: string; task: NewTask }> {
  const { servers, task } = await world.create({ name: `v-${newId().slice(-12)}`, networks: networks() });
  await world.database.read.query('DELETE FROM task WHERE id = ?', [task.id]);
  return { serverId: servers[0]?.id ?? '', task };
}

it('makes a server with its address or leaves neither, whatever fails and whenever the process dies', async () => {
  const reports = await runSagaHarness<ConductorDeps, All>({
    saga: serverCreate,
    classify,
    check: (run) => (run.status === 'succeeded' ? expectThere(run) : expectGone(run, 'error')),
    open: async () => {
      const { serverId, task } = await begunCreation();
      return {
        database: world.database,
        deps: () => world.conductorDeps(),
        begin: async () => task,
        settle: (wait) => settleServer(world, wait),
        snapshot: () => snapshot(serverId),
      };
    },
  });
  expect(reports.length).toBeGreaterThan(30);
  expect(problemsOf(reports)).toEqual([]);
  expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
});

it('deletes a server and lets its address cool, whatever fails and whenever the process dies', async () => {
  const all = await activeServers(world, 40, { networks: networks() });
  const ids = [...all];
  const reports = await runSagaHarness<ConductorDeps, All>({
    saga: serverDelete,
    classify,
    check: (run) => {
      if (run.status === 'succeeded') expectGone(run, 'deleted');
      // What is not gone keeps its address.
      else expect(run.after.addresses.rows).toHaveLength(1);
    },
    open: async () => {
      const serverId = ids.pop() ?? '';
      const task = await begunChange(world, (tx, origin) =>
        world.servers.delete(tx, serverId, origin, () => undefined),
      );
      return {
        database: world.database,
        deps: () => world.conductorDeps(),
        begin: async () => task,
        settle: (wait) => settleServer(world, wait),
        snapshot: () => snapshot(serverId),
      };
    },
  });
  expect(reports.length).toBeGreaterThan(15);
  expect(problemsOf(reports)).toEqual([]);
  // A deletion that failed left the server to be deleted again.
  const engine = await world.conduct();
  for (const id of all) {
    const { taskId } = await world.change((tx, origin) =>
      world.servers.delete(tx, id, origin, () => undefined),
    );
    expect((await world.ended(taskId, 30_000)).status).toBe('succeeded');
  }
  await engine.stop();
  expect(await discordsOf(world, vpc.vpcId)).toEqual([]);
});
