import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ScenarioRun } from '@ultron/testing/saga/saga-harness';
import type { FloatingIpWish } from '@ultron/network/floating-ip/floating-ip.service';
import type { Saga } from '@ultron/tasks/saga/saga';
import type { NewTask } from '@ultron/tasks/task/task.types';
import { floatingIpCreate } from './floating-ip-create.saga.js';
import { floatingIpDelete } from './floating-ip-delete.saga.js';
import { floatingIpUpdate } from './floating-ip-update.saga.js';
import { neutronMark } from './neutron-marks.rules.js';
import { harnessProblems } from './port-network-harness.fixture.js';
import { openPortWorld, type PortWorld, type PortWorldDeps } from './port-network-world.fixture.js';

jest.setTimeout(300_000);

let world: PortWorld;
let subnetId: string;
/** Where floating IPs may lead; each leads to one. */
let ports: string[];
beforeAll(async () => {
  world = await openPortWorld([{ name: 'only', release: 'zed' }]);
  const vpc = await world.builtVpc();
  subnetId = vpc.subnetId;
  const router = await world.done((tx) =>
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
        subnetIds: [subnetId],
      },
      world.from(),
    ),
  );
  expect(router.ended?.error).toBeNull();
  ports = [];
  const asked = await world.database.transaction(async (tx) => {
    const changes = [];
    for (let i = 0; i < 80; i++)
      changes.push(await world.net.portService.create(tx, world.wish({ subnet: subnetId }), world.from()));
    return changes;
  });
  await world.done(async () => ({
    task: asked.at(-1)?.task ?? null,
    ring: asked.flatMap(({ ring }) => ring),
  }));
  for (const { task, port } of asked) {
    expect((await world.ended(task?.id ?? '', 30_000)).error).toBeNull();
    ports.push(port.id);
  }
}, 180_000);
afterAll(() => world.close());

/** All that there is of one floating IP, in its cluster and in the tables. */
interface Everything {
  inCluster: { id: string; address: string; leads: string | null; tags: string[] }[];
  row: { status: string; fault: string | null; openstackId: string | null; portId: string | null } | null;
}

async function everythingOf(id: string): Promise<Everything> {
  const { floatingIps } = world.simulator.control.cluster('only').network;
  const row = await world.net.floatingIps.find(world.database.read, id);
  return {
    inCluster: [...floatingIps.values()]
      .filter(({ description }) => description === neutronMark(id))
      .map((ip) => ({ id: ip.id, address: ip.floating_ip_address, leads: ip.port_id, tags: ip.tags })),
    row: row && {
      status: row.status,
      fault: row.fault?.code ?? null,
      openstackId: row.openstackId,
      portId: row.portId,
    },
  };
}

async function openstackIdOf(portId: string | null | undefined): Promise<string | null> {
  return portId ? ((await world.net.ports.find(world.database.read, portId))?.openstackId ?? null) : null;
}

const wish = (portId: string | null): FloatingIpWish => ({
  projectId: world.projectId,
  network: 'public',
  description: 'shop',
  portId,
  fixedIpAddress: null,
  qosPolicyId: null,
});

function freshPort(): string {
  const id = ports.pop();
  if (id === undefined) throw new Error('there are too few ports for this harness');
  return id;
}

async function allocated(portId: string): Promise<string> {
  const made = await world.done((tx) => world.net.floatingIpService.create(tx, wish(portId), world.from()));
  expect(made.ended?.error).toBeNull();
  return made.floatingIp.id;
}

const problems = (
  saga: Saga<PortWorldDeps>,
  begin: () => Promise<{ id: string; task: NewTask }>,
  check: (run: ScenarioRun<Everything>) => Promise<void>,
): Promise<string[]> => harnessProblems({ world, saga, begin, check, everythingOf });

describe('whatever fails and whenever the process dies', () => {
  it('a floating IP is allocated once, and leads to its port, or not at all', async () => {
    const found = await problems(
      floatingIpCreate,
      async () => {
        let id = '';
        const task = await world.begun(async (tx) => {
          const change = await world.net.floatingIpService.create(tx, wish(freshPort()), world.from());
          id = change.floatingIp.id;
          return change;
        });
        return { id, task };
      },
      async ({ status, after }) => {
        if (status === 'succeeded') {
          const [ip] = after.inCluster;
          expect(after.inCluster).toHaveLength(1);
          expect(ip?.leads).toBe(await openstackIdOf(after.row?.portId));
          expect(ip?.leads).not.toBeNull();
          expect(ip?.tags).toHaveLength(1);
          expect(after.row).toMatchObject({ status: 'active', fault: null, openstackId: ip?.id });
        } else {
          expect(after.inCluster).toEqual([]);
          expect(after.row).toMatchObject({ status: 'error', fault: 'injected_refusal', openstackId: null });
        }
      },
    );
    expect(found).toEqual([]);
  });

  it('it is led to another port, or leads where it led', async () => {
    // Free again after each scenario, whichever way that ended.
    const [from, to] = [freshPort(), freshPort()];
    const found = await problems(
      floatingIpUpdate,
      async () => {
        await world.database.read.query('UPDATE floating_ip SET port_id = NULL WHERE port_id IN (?)', [
          [from, to],
        ]);
        const { floatingIps } = (await world.portDeps().clouds.get(world.clusterIds[0] ?? '')).network;
        for (const ip of await floatingIps.list().all())
          if (ip.port_id !== null) await floatingIps.disassociate(ip.id);
        const id = await allocated(from);
        const task = await world.begun((tx) =>
          world.net.floatingIpService.update(tx, id, { portId: to }, world.from(), () => undefined),
        );
        return { id, task };
      },
      async ({ status, after }) => {
        const target = status === 'succeeded' ? to : from;
        expect(after.row).toMatchObject({ status: 'active', portId: target });
        expect(after.row?.fault).toBe(status === 'succeeded' ? null : 'injected_refusal');
        expect(after.inCluster.map(({ leads }) => leads)).toEqual([await openstackIdOf(target)]);
      },
    );
    expect(found).toEqual([]);
  });

  it('a release leaves nothing, or says that it failed', async () => {
    const found = await problems(
      floatingIpDelete,
      async () => {
        const id = await allocated(freshPort());
        const task = await world.begun((tx) =>
          world.net.floatingIpService.delete(tx, id, world.from(), () => undefined),
        );
        return { id, task };
      },
      async ({ status, after }) => {
        if (status !== 'succeeded') return expect(after.row?.status).toBe('error');
        expect(after.inCluster).toEqual([]);
        return expect(after.row).toMatchObject({ status: 'deleted', fault: null });
      },
    );
    expect(found).toEqual([]);
  });
});
