import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { select } from '@ultron/platform/database/statement';
import { AdoptedRepository } from '@ultron/reconcile/adoption/adopted.repository';
import { AdoptionRepository } from '@ultron/reconcile/adoption/adoption.repository';
import { AdoptionRows, type PortToAdopt, type ServerToAdopt } from '@ultron/reconcile/adoption/adoption.rows';
import { HourlyReport } from '@ultron/report/hourly-report';
import { CREATIONS, ENDED_COUNTS } from '@ultron/report/outcome-sums.repository';
import { TestApi } from '../testing/api.fixture.js';
import { addProbedClusters } from '../testing/compute.fixture.js';

const HOUR_MS = 3_600_000;
const LAST = new Date('2026-03-01T00:00:00Z').getTime();
const HOURS = 500;

let api: TestApi;
let database: Database;

beforeAll(async () => {
  api = await TestApi.start();
  database = api.app.get(Database, { strict: false });
}, 120_000);
afterAll(() => api.close());

describe('the tasks of an hour', () => {
  /** Tasks that ended, a few in each of so many hours. */
  async function endTasks(): Promise<void> {
    const input = { cluster_id: newId() };
    const rows = Array.from({ length: HOURS * 8 }, (_, i) => {
      const ended = new Date(LAST - Math.floor(i / 8) * HOUR_MS + (i % 8) * 60_000);
      const begun = new Date(ended.getTime() - 1000 * (1 + (i % 8)));
      const [kind, status, fault] =
        i % 8 === 0
          ? ['server.create', 'failed', '{"code":"no_valid_host"}']
          : [i % 2 ? 'server.create' : 'server.delete', 'succeeded', null];
      return [
        newId(),
        kind,
        'compute',
        'g',
        status,
        JSON.stringify(input),
        fault,
        '0',
        '0',
        begun,
        ended,
        ended,
      ];
    });
    await database.read.query(
      `INSERT INTO task (id, kind, domain, conductor_group, status, input, fault, trace_id, traceparent, created_at,
         finished_at, updated_at) VALUES ?`,
      [rows],
    );
    await database.read.query('ANALYZE TABLE task');
  }

  it('are found by the time at which they ended', async () => {
    await endTasks();
    const within = [new Date(LAST - 10 * HOUR_MS), new Date(LAST - 9 * HOUR_MS)];
    for (const sql of [ENDED_COUNTS, CREATIONS]) {
      const [plan] = await select<{ EXPLAIN: string }>(database.read, `EXPLAIN FORMAT=JSON ${sql}`, within);
      // As MariaDB and as MySQL call the key that is used.
      expect(plan?.EXPLAIN).toMatch(/"(key|index_name)": "task_finished"/);
    }
    const counts = await select<Record<string, unknown>>(database.read, ENDED_COUNTS, within);
    const seen = counts.map(({ kind, status, code, n }) => `${kind} ${status} ${code} ${n}`).toSorted();
    expect(seen).toEqual([
      'server.create failed no_valid_host 1',
      'server.create succeeded  4',
      'server.delete succeeded  3',
    ]);
    const times = await select<{ ms: string }>(database.read, CREATIONS, within);
    expect(times.map(({ ms }) => Number(ms)).toSorted()).toEqual([2000, 4000, 6000, 8000]);
  });
});

describe('a server that was adopted', () => {
  const rows = new AdoptionRows();
  const adoptions = new AdoptionRepository();
  const adopted = new AdoptedRepository();
  const hourAgo = (hours: number): Date =>
    new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);
  let clusterId: string;
  let member: { token: string; projectId: string };

  beforeAll(async () => {
    clusterId = (await addProbedClusters(api, { 'east-1': 100 })).get('east-1') ?? '';
    member = await api.tokenOf('member');
    // Nova made it a day ago, and it was adopted three hours ago.
    const figures = { vcpus: 4, ram_mb: 8192, disk_gb: 40, ephemeral_gb: 5, swap_mb: 1500 };
    await observed('server', 'nova-new', { flavor: { name: 'theirs', ...figures } });
    await observed('server', 'nova-old', { flavor: { id: 'their-flavor' } });
    await observed('flavor', 'their-flavor', { ...figures, vcpus: 2 });
    for (const openstackId of ['nova-new', 'nova-old']) await adopt(openstackId);
    await database.read.query('UPDATE adoption SET adopted_at = ?', [hourAgo(3)]);
    await database.read.query('UPDATE port SET created_at = ?', [hourAgo(3)]);
  }, 60_000);

  async function observed(kind: string, openstackId: string, fields: object): Promise<void> {
    await database.read.query(
      `INSERT INTO observed_object (cluster_id, kind, openstack_id, fields, hash, observed_at, first_seen_at)
       VALUES (?, ?, ?, ?, '0123456789abcdef', ?, ?)`,
      [clusterId, kind, openstackId, JSON.stringify(fields), hourAgo(24), hourAgo(24)],
    );
  }

  async function adopt(openstackId: string): Promise<void> {
    const { projectId } = member;
    const wish = { clusterId, projectId, openstackId, taskId: newId(), resourceId: newId() };
    const server: ServerToAdopt = {
      ...wish,
      id: wish.resourceId,
      name: openstackId,
      status: 'active',
      metadata: {},
      flavor: { openstackId: 'their-flavor', name: null },
      imageOpenstackId: null,
      securityGroups: [],
      observed: { status: 'ACTIVE', taskState: null, powerState: 1 },
      createdAt: hourAgo(24),
    };
    const port: PortToAdopt = {
      ...wish,
      id: newId(),
      serverId: server.id,
      openstackId: `port-${openstackId}`,
      openstackNetworkId: 'net-east-1',
      name: '',
      macAddress: 'fa:16:3e:00:00:01',
      fixedIps: [{ subnet_id: 'a', ip_address: '10.0.0.9' }],
      status: 'ACTIVE',
      adminStateUp: true,
      revision: null,
      securityGroupIds: [],
    };
    await database.transaction(async (tx) => {
      const adoption = { ...wish, id: newId(), subjectKind: 'server' as const, ruleId: null, mark: false };
      await adoptions.ask(tx, [adoption]);
      await rows.insertServer(tx, server, null);
      await rows.insertPort(tx, port, { networkId: null, vpcId: null }, null);
      await adoptions.adopted(tx, { id: adoption.id, taskId: wish.taskId, rows: [] });
    });
  }

  async function usageOf(hour: Date): Promise<unknown> {
    await api.app.get(HourlyReport, { strict: false }).sumUp(hour, false);
    const path = `/v1/reports/usage?from=${hour.toISOString()}&to=${new Date(hour.getTime() + HOUR_MS).toISOString()}`;
    return (await api.ask('GET', path, { token: member.token })).body['usage'];
  }

  const both = { servers: 2, vcpus: 6, ram_mb: 16384, disk_gb: 94, addresses: 2, flavor_id: '' };

  it('counts from its adoption on, and is as big as it was seen to be', async () => {
    expect(await usageOf(hourAgo(4))).toEqual([]);
    expect(await usageOf(hourAgo(3))).toEqual([expect.objectContaining(both)]);
  });

  it('is also in the hours before it was given up', async () => {
    const servers = await select<{ id: string }>(database.read, 'SELECT id FROM server WHERE name LIKE ?', [
      'nova-%',
    ]);
    for (const { id } of servers) await database.transaction((tx) => adopted.dropServer(tx, id));
    await database.read.query(`UPDATE adoption SET status = 'released'`);
    for (const table of ['server', 'port'])
      await database.read.query(`UPDATE ${table} SET deleted_at = ?`, [hourAgo(1)]);
    expect(await usageOf(hourAgo(2))).toEqual([expect.objectContaining(both)]);
    expect(await usageOf(hourAgo(1))).toEqual([]);
  });
});
