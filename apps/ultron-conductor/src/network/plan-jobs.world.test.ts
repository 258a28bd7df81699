import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { ServerNicLapseRepository } from '@ultron/compute/server-nic/server-nic-lapse.repository';
import { newId } from '@ultron/kernel/id';
import { ClusterStatusRepository } from '@ultron/network/address-plan/supplement/cluster-status.repository';
import { PlanUpkeep } from '@ultron/network/address-plan/upkeep/plan-upkeep';
import { VpcRepository } from '@ultron/network/address-plan/vpc/vpc.repository';
import { PlanUpkeepRepository } from '@ultron/network/realisation/plan-upkeep.repository';
import { LockService } from '@ultron/platform/lock/lock.service';
import { eventually } from '@ultron/testing/world/eventually';
import { classify } from '../openstack/openstack-fault.translate.js';
import { planJobs } from './plan-jobs.js';
import { PlanKeeper } from './plan-keeper.js';
import { openPlanWorld, type PlanWorld } from './plan-world.fixture.js';
import { segmentBuild } from './segment-build.saga.js';
import { segmentDrain } from './segment-drain.saga.js';
import { subnetRemove } from './subnet-remove.saga.js';

jest.setTimeout(60_000);

let world: PlanWorld;
let keeper: PlanKeeper;
const VPC = { dhcpPorts: 0 };

beforeAll(async () => {
  world = await openPlanWorld([
    { name: 'one', release: 'zed' },
    { name: 'two', release: '2025.1' },
  ]);
  const { database, log, plan } = world;
  const deps = world.planDeps();
  await world.startEngine({
    sagas: [segmentBuild, segmentDrain, subnetRemove],
    deps,
    classify,
    domains: ['network'],
  });
  const statuses = new ClusterStatusRepository();
  const { plans, supplements, segments, addresses, config } = plan;
  const upkeep = new PlanUpkeep(
    database,
    new VpcRepository(),
    plans,
    statuses,
    supplements,
    segments,
    config,
  );
  const locks = new LockService({ ...world, log });
  world.onClose(async () => locks.close());
  const jobs = planJobs({
    ...deps,
    tasks: world.tasks,
    upkeep,
    upkeepRows: new PlanUpkeepRepository(),
    serverNics: new ServerNicLapseRepository(),
    segmentChanges: world.segmentTasks,
    addresses,
    supplements,
    statuses,
    plans,
  });
  keeper = new PlanKeeper({ locks, log }, jobs);
}, 60_000);
afterAll(() => world.close());

async function states(vpcId: string): Promise<string[]> {
  const { subnets } = await world.plan.plans.get(world.database.read, vpcId);
  return subnets
    .flatMap(({ segments }) => segments.map(({ state }) => state))
    .filter((state) => state !== 'spare')
    .toSorted();
}

async function builtVpc() {
  const planned = await world.planSubnet(await world.addVpc('routed', VPC));
  world.tasks.ring(planned.work.ring);
  const ended = await world.ended(planned.work.task.id, 30_000);
  return { ...planned, ended };
}

const query = (sql: string, values: unknown[]) => world.database.read.query(sql, values);

it('tries a segment again that failed, and not before its time', async () => {
  const { quota } = world.simulator.control.cluster('two').settings;
  world.simulator.control.configure('two', { quota: { ...quota, subnet: 0 } });
  const { vpcId } = await builtVpc();
  expect(await states(vpcId)).toEqual(['active', 'error']);
  world.simulator.control.configure('two', { quota });
  await keeper.once(['retry', 'forgotten']);
  expect(await states(vpcId)).toEqual(['active', 'error']);
  await query(`UPDATE segment SET retry_at = UTC_TIMESTAMP(6) WHERE vpc_id = ? AND state = 'error'`, [vpcId]);
  // Two keepers at once: one task.
  await Promise.all([keeper.once(['retry']), keeper.once(['retry'])]);
  await eventually(
    () => states(vpcId),
    (now) => now.join() === 'active,active',
    20_000,
  );
  const [retries] = (await query(
    `SELECT COUNT(*) AS n FROM task WHERE kind = 'subnet.retry' AND JSON_VALUE(input, '$.vpc_id') = ?`,
    [vpcId],
  )) as { n: number }[];
  expect(Number(retries?.n)).toBe(1);
});

it('gives a cluster more before it runs out, once', async () => {
  const { vpcId } = await builtVpc();
  const [clusterId = ''] = world.clusterIds;
  await world.plan.addresses.allocate({ reservationId: newId(), vpcId, clusterId, count: 240 });
  await Promise.all([keeper.once(['due']), keeper.once(['due'])]);
  const [made] = (await query('SELECT COUNT(*) AS n FROM supplement WHERE vpc_id = ?', [vpcId])) as {
    n: number;
  }[];
  expect(Number(made?.n)).toBe(1);
  await eventually(
    () => states(vpcId),
    (now) => now.length > 2 && now.every((state) => state === 'active'),
    20_000,
  );
});

it('resumes what has lost its task, and removes a subnet that was emptied late', async () => {
  const { vpcId, subnetId } = await builtVpc();
  await world.database.transaction((tx) =>
    world.segmentTasks.deleteSubnet(tx, { subnetId, vpcId, origin: world.origin() }),
  );
  // As if the tasks had been given up: nobody works on the segments any more.
  await query(`DELETE FROM task WHERE JSON_VALUE(input, '$.vpc_id') = ?`, [vpcId]);
  await query('UPDATE subnet SET deleting_at = deleting_at - INTERVAL 1 MINUTE WHERE id = ?', [subnetId]);
  await keeper.once(['forgotten']);
  await eventually(
    () => states(vpcId),
    (now) => now.every((state) => state === 'quarantined'),
    20_000,
  );
  await eventually(
    async () => {
      await keeper.once(['emptied']);
      return query('SELECT id FROM subnet WHERE id = ?', [subnetId]);
    },
    (rows) => (rows as unknown[]).length === 0,
    20_000,
  );
  const held = await query(
    'SELECT a.address FROM address a JOIN segment s ON s.id = a.segment_id WHERE s.vpc_id = ?',
    [vpcId],
  );
  expect(held).toEqual([]);
});

it('takes back what a cluster has that left the IDC', async () => {
  const { vpcId } = await builtVpc();
  const [, clusterId] = world.clusterIds;
  const west = newId();
  await query('INSERT INTO idc (id, name, description, created_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))', [
    west,
    'west',
    '',
  ]);
  await query('UPDATE cluster SET idc_id = ? WHERE id = ?', [west, clusterId]);
  await keeper.once(['due']);
  await eventually(
    () => states(vpcId),
    (now) => now.join() === 'active,quarantined',
    20_000,
  );
  await query('UPDATE cluster SET idc_id = ? WHERE id = ?', [world.idcId, clusterId]);
});

it('prolongs what is promised while a task works on it, and lets the rest lapse', async () => {
  const { vpcId } = await builtVpc();
  const [clusterId = ''] = world.clusterIds;
  const [kept, lost] = [newId(), newId()];
  for (const reservationId of [kept, lost])
    await world.plan.addresses.allocate({ reservationId, vpcId, clusterId, count: 1 });
  const taskId = newId();
  await query(
    `INSERT INTO task (id, kind, domain, conductor_group, status, input, trace_id, traceparent, created_at, updated_at)
     VALUES (?, 'port.create', 'nobody', 'default', 'running', '{}', ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
    [taskId, world.origin().traceId, world.origin().traceparent],
  );
  await query(
    `INSERT INTO port (id, cluster_id, reservation_id, task_id, fixed_ips, created_at)
     VALUES (?, ?, ?, ?, '[]', UTC_TIMESTAMP(6))`,
    [newId(), clusterId, kept, taskId],
  );
  await query(
    'UPDATE address SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND WHERE reservation_id IN (?)',
    [[kept, lost]],
  );
  await keeper.once(['renew']);
  await eventually(
    async () => {
      await keeper.once(['expire']);
      return query('SELECT state FROM address WHERE reservation_id = ?', [lost]);
    },
    (rows) => (rows as { state: string }[])[0]?.state === 'cooling',
    10_000,
  );
  expect(await query('SELECT state FROM address WHERE reservation_id = ?', [kept])).toEqual([
    { state: 'reserved' },
  ]);
});
