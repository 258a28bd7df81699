import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { neutronMark } from './neutron-marks.rules.js';
import { portCreate } from './port-create.saga.js';
import { portDelete } from './port-delete.saga.js';
import { harnessProblems } from './port-network-harness.fixture.js';
import {
  openPortWorld,
  type BuiltVpc,
  type PortWorld,
  type PortWorldDeps,
} from './port-network-world.fixture.js';
import { portUpdate } from './port-update.saga.js';

jest.setTimeout(300_000);

let world: PortWorld;
let vpc: BuiltVpc;
let policyId: string;
beforeAll(async () => {
  world = await openPortWorld([{ name: 'only', release: 'zed' }]);
  const policy = await world.database.transaction((tx) =>
    world.net.qosPolicyService.create(tx, {
      projectId: world.projectId,
      name: 'slow',
      description: '',
      bandwidthLimits: [{ direction: 'egress', max_kbps: 1000, max_burst_kbps: 0 }],
    }),
  );
  policyId = policy.id;
}, 120_000);
// A subnet of its own for each: the addresses of deleted ports cool for minutes.
beforeEach(async () => {
  vpc = await world.builtVpc();
}, 60_000);
afterAll(() => world.close());

/** All that there is of one port, in its cluster and in the tables. */
interface Everything {
  inCluster: {
    id: string;
    ip: string | undefined;
    up: boolean;
    pairs: number;
    tags: string[];
    policy: boolean;
  }[];
  row: {
    status: string;
    fault: string | null;
    up: boolean;
    pairs: number;
    openstackId: string | null;
  } | null;
  /** The states of its address in the plan. */
  addresses: { state: string; portId: string | null }[];
}

async function everythingOf(portId: string): Promise<Everything> {
  const { ports } = world.simulator.control.cluster('only').network;
  const row = await world.net.ports.find(world.database.read, portId);
  const addresses = await world.database.read.query<{ state: string; portId: string | null }[]>(
    'SELECT state, port_id AS portId FROM address WHERE reservation_id = ?',
    [row?.reservationId ?? ''],
  );
  return {
    inCluster: [...ports.values()]
      .filter(({ name }) => name === neutronMark(portId))
      .map((port) => ({
        id: port.id,
        ip: port.fixed_ips[0]?.ip_address,
        up: port.admin_state_up,
        pairs: port.allowed_address_pairs?.length ?? 0,
        tags: port.tags,
        policy: port.qos_policy_id != null,
      })),
    row: row && {
      status: row.status,
      fault: row.fault?.code ?? null,
      up: row.adminStateUp,
      pairs: row.allowedAddressPairs.length,
      openstackId: row.openstackId,
    },
    addresses,
  };
}

async function madePort(): Promise<string> {
  const made = await world.done((tx) =>
    world.net.portService.create(tx, world.wish({ subnet: vpc.subnetId }), world.from()),
  );
  expect(made.ended?.error).toBeNull();
  return made.port.id;
}

const problems = (
  saga: Saga<PortWorldDeps>,
  begin: () => Promise<{ id: string; task: NewTask }>,
  check: (run: ScenarioRun<Everything>) => void,
): Promise<string[]> => harnessProblems({ world, saga, begin, check, everythingOf });

describe('whatever fails and whenever the process dies', () => {
  it('a port is made once, with its address, or not at all', async () => {
    // Whoever is first under the policy waits for it; that is not what is tried here.
    await world.done((tx) =>
      world.net.portService.create(
        tx,
        world.wish({ subnet: vpc.subnetId, qosPolicyId: policyId }),
        world.from(),
      ),
    );
    const found = await problems(
      portCreate,
      async () => {
        let portId = '';
        const task = await world.begun(async (tx) => {
          const change = await world.net.portService.create(
            tx,
            world.wish({ subnet: vpc.subnetId, qosPolicyId: policyId }),
            world.from(),
          );
          portId = change.port.id;
          return change;
        });
        return { id: portId, task };
      },
      ({ status, after }) => {
        if (status === 'succeeded') {
          const [port] = after.inCluster;
          expect(after.inCluster).toEqual([expect.objectContaining({ policy: true, up: true })]);
          expect(port?.tags).toHaveLength(1);
          expect(after.row).toMatchObject({ status: 'active', fault: null, openstackId: port?.id });
          expect(after.addresses).toEqual([{ state: 'bound', portId: port?.id }]);
        } else {
          expect(after.inCluster).toEqual([]);
          expect(after.row).toMatchObject({ status: 'error', fault: 'injected_refusal', openstackId: null });
          expect(after.addresses.map(({ state }) => state)).toEqual(['cooling']);
        }
      },
    );
    expect(found).toEqual([]);
  });

  it('a change is told to the cluster, or taken back there and here', async () => {
    const found = await problems(
      portUpdate,
      async () => {
        const portId = await madePort();
        const allowedAddressPairs = [{ ip_address: '192.0.2.7' }];
        const task = await world.begun((tx) =>
          world.net.portService.update(
            tx,
            portId,
            { adminStateUp: false, allowedAddressPairs },
            world.from(),
            () => undefined,
          ),
        );
        return { id: portId, task };
      },
      ({ status, after }) => {
        const changed = status === 'succeeded';
        expect(after.inCluster).toEqual([expect.objectContaining({ up: !changed, pairs: changed ? 1 : 0 })]);
        expect(after.row).toMatchObject({ status: 'active', up: !changed, pairs: changed ? 1 : 0 });
        expect(after.row?.fault).toBe(changed ? null : 'injected_refusal');
        expect(after.addresses.map(({ state }) => state)).toEqual(['bound']);
      },
    );
    expect(found).toEqual([]);
  });

  it('a deletion leaves nothing, and its address cools, or says that it failed', async () => {
    const found = await problems(
      portDelete,
      async () => {
        const portId = await madePort();
        const task = await world.begun((tx) =>
          world.net.portService.delete(tx, portId, world.from(), () => undefined),
        );
        return { id: portId, task };
      },
      ({ status, after }) => {
        if (status !== 'succeeded') return expect(after.row?.status).toBe('error');
        expect(after.inCluster).toEqual([]);
        expect(after.addresses.map(({ state }) => state)).toEqual(['cooling']);
        return expect(after.row).toMatchObject({ status: 'deleted', fault: null });
      },
    );
    expect(found).toEqual([]);
  });
});
