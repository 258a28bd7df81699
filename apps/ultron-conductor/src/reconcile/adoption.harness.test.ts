import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Cloud } from '@ultron/openstack/cloud';
import type { Adoptable } from '@ultron/reconcile/adoption/adoptable';
import { AdoptionRepository } from '@ultron/reconcile/adoption/adoption.repository';
import { ADOPTION_TASK, adoptionTask, newAdoption } from '@ultron/reconcile/adoption/adoption.task';
import type { Saga } from '@ultron/tasks/saga/saga';
import { TaskRepository } from '@ultron/tasks/task/task.repository';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { driveTask } from '@ultron/testing/saga/drive-task';
import { longLife } from '@ultron/testing/saga/mortal-database';
import { problemsOf, runSagaHarness } from '@ultron/testing/saga/run-saga-harness';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import { eventually } from '@ultron/testing/world/eventually';
import { openComputeWorld, type ComputeWorld } from '../compute/compute-world.fixture.js';
import { builtVpc, type BuiltVpc } from '../compute/server-vpc.fixture.js';
import type { ConductorDeps } from '../conductor.deps.js';
import { classify } from '../openstack/openstack-fault.translate.js';
import { adoptionAdopt } from './adoption-adopt.saga.js';
import { adoptionRelease } from './adoption-release.saga.js';
import { reconcileServices } from './reconcile.fixture.js';

jest.setTimeout(300_000);

let world: ComputeWorld;
let vpc: BuiltVpc;
let cloud: Cloud;
let clusterId: string;
beforeAll(async () => {
  world = await openComputeWorld([{ name: 'only', release: 'zed' }]);
  vpc = await builtVpc(world);
  [clusterId = ''] = world.clusterIds.values();
  cloud = await world.conductorDeps().clouds.get(clusterId);
}, 120_000);
afterAll(() => world.close());

const adoptions = new AdoptionRepository();

/** All that there is of one thing that was adopted, or was to be. */
interface Everything {
  adoption: string | null;
  /** The mark that the server bears. */
  mark: string | null;
  /** Rows of servers and ports: their states. */
  rows: string[];
  nics: number;
  /** What the plan says of its address. */
  address: string | null;
  /** Held in the segment by the plan's own count, and by its rows. */
  held: [number, number];
  /** Of a network: the logical one, and whether its name decides. */
  network: { mapped: boolean; pinned: boolean; logical: number } | null;
}

interface Foreign {
  kind: Adoptable;
  id: string;
  address: string;
  remove(): Promise<void>;
}

async function foreignPort(): Promise<Foreign> {
  const [row] = await world.database.read.query<{ net: string; sub: string }[]>(
    'SELECT openstack_network_id AS net, openstack_id AS sub FROM cluster_subnet WHERE vpc_id = ?',
    [vpc.vpcId],
  );
  const port = await cloud.network.ports.create({
    network_id: row?.net ?? '',
    name: 'stranger',
    fixed_ips: [{ subnet_id: row?.sub ?? '' }],
  });
  const address = port.fixed_ips[0]?.ip_address ?? '';
  const remove = async () => {
    await cloud.network.ports.delete(port.id);
  };
  return { kind: 'port', id: port.id, address, remove };
}

async function foreignServer(): Promise<Foreign> {
  const port = await foreignPort();
  const [flavor] = await cloud.compute.flavors.list().all();
  const [image] = await cloud.image.images.list().all();
  const { id } = await cloud.compute.servers.create({
    name: 'stranger',
    flavorRef: flavor?.id ?? '',
    imageRef: image?.id ?? '',
    networks: [{ port: port.id }],
  });
  await eventually(
    () => cloud.compute.servers.find(id),
    (server) => server?.status === 'ACTIVE',
  );
  const remove = async () => {
    await cloud.compute.servers.delete(id);
    await port.remove();
  };
  return { kind: 'server', id, address: port.address, remove };
}

let networks = 0;
async function foreignNetwork(): Promise<Foreign> {
  const { id } = await cloud.network.networks.create({ name: `stranger-${networks++}` });
  const remove = async () => {
    await cloud.network.networks.delete(id);
  };
  return { kind: 'network', id, address: '', remove };
}

const count = async (sql: string, values: unknown[]): Promise<number> => {
  const [row] = await world.database.read.query<{ n: number | string | null }[]>(sql, values);
  return Number(row?.n ?? 0);
};

async function everythingOf({ id, kind, address }: Foreign): Promise<Everything> {
  const { read } = world.database;
  const adoption = await adoptions.findOf(read, { clusterId, subjectKind: kind, openstackId: id });
  const resourceId = adoption?.resourceId ?? '';
  const rows = await read.query<{ row: string }[]>(
    `SELECT CONCAT('server ', status) AS \`row\` FROM server WHERE id = ?
     UNION ALL SELECT CONCAT('port ', status) FROM port WHERE server_id = ? OR id = ?`,
    [resourceId, resourceId, resourceId],
  );
  const [planned] = await read.query<{ state: string; purpose: string | null }[]>(
    'SELECT state, purpose FROM address WHERE address = INET6_ATON(?)',
    [address],
  );
  const [mapping] = await read.query<{ network_id: string | null; pinned: number }[]>(
    'SELECT network_id, pinned FROM cluster_network WHERE cluster_id = ? AND openstack_id = ?',
    [clusterId, id],
  );
  const { metadata = {} } =
    world.simulator.control.state('only').servers.find((server) => server.id === id) ?? {};
  return {
    adoption: adoption?.status ?? null,
    mark:
      metadata['ultron_id'] === undefined ? null : metadata['ultron_id'] === resourceId ? 'ours' : 'other',
    rows: rows.map(({ row }) => row),
    nics: await count('SELECT COUNT(*) AS n FROM server_nic WHERE server_id = ?', [resourceId]),
    address: planned ? (planned.purpose ?? planned.state) : null,
    held: [
      await count('SELECT SUM(held) AS n FROM segment WHERE vpc_id = ?', [vpc.vpcId]),
      await count(
        'SELECT COUNT(*) AS n FROM address a JOIN segment s ON s.id = a.segment_id WHERE s.vpc_id = ?',
        [vpc.vpcId],
      ),
    ],
    network:
      kind === 'network'
        ? {
            mapped: mapping?.network_id != null,
            pinned: Number(mapping?.pinned ?? 0) === 1,
            logical: await count('SELECT COUNT(*) AS n FROM network WHERE id = ?', [resourceId]),
          }
        : null,
  };
}

/** The adoption as the API would have written it, but for the task, which is returned. */
async function begunAdoption({ kind, id }: Foreign): Promise<NewTask> {
  const { projectId } = world;
  const wish = { clusterId, subjectKind: kind, openstackId: id, projectId, ruleId: null, mark: true };
  const [adoption] = await world.database.transaction((tx) => adoptions.ask(tx, [newAdoption(wish)]));
  if (!adoption) throw new Error('it is adopted already');
  return adoptionTask(adoption, ADOPTION_TASK.adopt, 'default', world.origin());
}

async function adopted(thing: Foreign): Promise<string> {
  const task = await begunAdoption(thing);
  await world.database.transaction((tx) => new TaskRepository().insertMany(tx, [task]));
  const status = await driveTask<ConductorDeps>({
    world: harnessWorld(thing, async () => task),
    saga: adoptionAdopt,
    taskId: task.id,
    classify,
    fate: longLife(),
  });
  expect(status).toBe('succeeded');
  const input = task.input as { adoption_id: string };
  return input.adoption_id;
}

async function begunRelease(thing: Foreign): Promise<NewTask> {
  const id = await adopted(thing);
  const { adoptions: service } = reconcileServices(world.database, world.tasks);
  const origin = { ...world.origin(), actor: 'token test' };
  return world.database.transaction(async (tx) => {
    const { task } = await service.release(tx, id, origin);
    await tx.query('DELETE FROM task WHERE id = ?', [task.id]);
    return task;
  });
}

const harnessWorld = (thing: Foreign, begin: () => Promise<NewTask>) => ({
  database: world.database,
  deps: () => world.conductorDeps(),
  begin,
  snapshot: () => everythingOf(thing),
  close: () => thing.remove(),
});

async function problems(
  saga: Saga<ConductorDeps>,
  make: () => Promise<Foreign>,
  begin: (thing: Foreign) => Promise<NewTask>,
  check: (run: ScenarioRun<Everything>) => void,
): Promise<string[]> {
  const reports = await runSagaHarness<ConductorDeps, Everything>({
    saga,
    classify,
    check: (run) => {
      expect(run.after.held[0]).toBe(run.after.held[1]);
      check(run);
    },
    open: async () => {
      const thing = await make();
      return harnessWorld(thing, () => begin(thing));
    },
  });
  expect(reports.length).toBeGreaterThan(10);
  return problemsOf(reports);
}

describe('whatever fails and whenever the process dies', () => {
  it('a server is adopted with its port, its address and the mark, or nothing is left of it', async () => {
    const found = await problems(adoptionAdopt, foreignServer, begunAdoption, ({ status, after }) =>
      expect(after).toMatchObject(
        status === 'succeeded'
          ? {
              ...{ adoption: 'adopted', mark: 'ours', nics: 1, address: 'bound' },
              rows: ['server active', 'port active'],
            }
          : // Nobody is handed the address: the port has it still.
            {
              ...{ adoption: 'failed', mark: null, nics: 0, rows: [] },
              address: after.address === null ? null : 'foreign',
            },
      ),
    );
    expect(found).toEqual([]);
  });

  it('a port is adopted with its address, or nothing is left of it', async () => {
    const found = await problems(adoptionAdopt, foreignPort, begunAdoption, ({ status, after }) =>
      expect(after).toMatchObject(
        status === 'succeeded'
          ? { adoption: 'adopted', rows: ['port active'], address: 'bound' }
          : { adoption: 'failed', rows: [], address: after.address === null ? null : 'foreign' },
      ),
    );
    expect(found).toEqual([]);
  });

  it('a network is mapped, or is as before', async () => {
    const found = await problems(adoptionAdopt, foreignNetwork, begunAdoption, ({ status, after }) =>
      expect(after).toMatchObject(
        status === 'succeeded'
          ? { adoption: 'adopted', network: { mapped: true, pinned: true, logical: 1 } }
          : { adoption: 'failed', network: { mapped: false, pinned: false, logical: 0 } },
      ),
    );
    expect(found).toEqual([]);
  });

  it('a server is given up without the mark, or stays adopted with it', async () => {
    const found = await problems(adoptionRelease, foreignServer, begunRelease, ({ status, after }) =>
      expect(after).toMatchObject(
        status === 'succeeded'
          ? {
              ...{ adoption: 'released', mark: null, address: 'foreign' },
              rows: ['server deleted', 'port deleted'],
            }
          : {
              ...{ adoption: 'adopted', mark: 'ours', address: 'bound' },
              rows: ['server active', 'port active'],
            },
      ),
    );
    expect(found).toEqual([]);
  });
});
