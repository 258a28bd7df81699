import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { HourlyReport } from '@ultron/report/hourly-report';
import { ReportHours } from '@ultron/report/report-hours.repository';
import { readThrough } from '../http/paging/both-ways.fixture.js';
import { makeActive, addProbedClusters } from '../testing/compute.fixture.js';
import { TestApi } from '../testing/api.fixture.js';

const HOUR_MS = 3_600_000;
const hourAgo = (hours: number): Date =>
  new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS);

let api: TestApi;
let report: HourlyReport;
let database: Database;
let clusterId: string;
let member: { token: string; projectId: string };

beforeAll(async () => {
  api = await TestApi.start();
  const clusters = await addProbedClusters(api, { 'east-1': 100 });
  clusterId = clusters.get('east-1') ?? '';
  report = api.app.get(HourlyReport, { strict: false });
  database = api.app.get(Database, { strict: false });
  member = await api.tokenOf('member');
  await madeHoursAgo(5, [4_000, 6_000, 9_000]);
  await failedHoursAgo(4);
  await database.read.query('UPDATE cluster SET created_at = ?', [hourAgo(6)]);
}, 120_000);
afterAll(() => api.close());

/** Servers that took so many milliseconds to become active, so many hours ago. */
async function madeHoursAgo(hours: number, took: readonly number[]): Promise<void> {
  for (const ms of took) {
    const body = { name: 'web', count: 1, flavor: 'small', image: 'cirros', network: 'private' };
    const made = await api.ask('POST', '/v1/servers', { token: member.token, body });
    expect(made.status).toBe(202);
    const [server] = made.body['servers'] as { id: string }[];
    const task = made.body['task'] as { id: string };
    await makeActive(api, server?.id ?? '', task.id);
    const begun = new Date(hourAgo(hours).getTime() + 60_000);
    await database.read.query('UPDATE server SET created_at = ? WHERE id = ?', [begun, server?.id]);
    await database.read.query(
      `UPDATE task SET status = 'succeeded', created_at = ?, finished_at = ? WHERE id = ?`,
      [begun, new Date(begun.getTime() + ms), task.id],
    );
  }
}

async function failedHoursAgo(hours: number): Promise<void> {
  const body = { name: 'no', count: 1, flavor: 'small', image: 'cirros', network: 'private' };
  const made = await api.ask('POST', '/v1/servers', { token: member.token, body });
  const task = made.body['task'] as { id: string };
  await database.read.query(
    `UPDATE task SET status = 'failed', fault = '{"code":"no_valid_host"}', finished_at = ? WHERE id = ?`,
    [new Date(hourAgo(hours).getTime() + 1000), task.id],
  );
}

const rowsOf = (body: Record<string, unknown>, name: string) => body[name] as Record<string, unknown>[];

describe('hourly reports', () => {
  it('are made for all the hours that passed, by one of those who try at once', async () => {
    const done = await Promise.all([report.run(), report.run(), report.run()]);
    const hours = done.flat().map((hour) => hour.getTime());
    expect(new Set(hours).size).toBe(hours.length);
    expect(hours).toHaveLength(6);
    expect(await report.run()).toEqual([]);
    const [, age] =
      /^ultron_report_hour_age_seconds (.+)$/m.exec((await api.ask('GET', '/metrics')).text) ?? [];
    expect(Number(age)).toBeLessThan(3_700);
    await database.read.query('UPDATE report_hour SET hour = hour - INTERVAL 100 DAY');
    expect((await api.ask('GET', '/metrics')).text).toMatch(/^ultron_report_hour_age_seconds 86\d{5}\./m);
    await database.read.query('UPDATE report_hour SET hour = hour + INTERVAL 100 DAY');
  }, 60_000);

  it('show what there was, also long after', async () => {
    const { body } = await api.ask('GET', '/v1/reports/usage', { token: member.token });
    const usage = rowsOf(body, 'usage');
    expect(usage).toHaveLength(5);
    expect(usage[0]).toMatchObject({
      hour: hourAgo(5).toISOString(),
      cluster_id: clusterId,
      project_id: member.projectId,
      servers: 3,
      vcpus: 3,
      ram_mb: 6144,
      disk_gb: 60,
    });
  });

  it('show how long servers took, and what failed', async () => {
    const latency = rowsOf(
      (await api.ask('GET', '/v1/reports/latency', { token: member.token })).body,
      'latency',
    );
    expect(latency).toEqual([
      expect.objectContaining({ servers: 3, active_p50_ms: 6000, active_p99_ms: 9000, active_max_ms: 9000 }),
    ]);
    const errors = rowsOf(
      (await api.ask('GET', '/v1/reports/errors', { token: member.token })).body,
      'errors',
    );
    expect(errors).toEqual([
      expect.objectContaining({
        task_kind: 'server.create',
        succeeded: 3,
        failed: 0,
        error_rate_permille: 0,
      }),
      expect.objectContaining({ failed: 1, error_rate_permille: 1000, fault_codes: { no_valid_host: 1 } }),
    ]);
  });

  it('hide other projects', async () => {
    const other = await api.tokenOf('member');
    const { body } = await api.ask('GET', '/v1/reports/usage', { token: other.token });
    expect(rowsOf(body, 'usage')).toEqual([]);
    const refused = await api.ask('GET', `/v1/reports/usage?project_id=${member.projectId}`, {
      token: other.token,
    });
    expect(refused.status).toBe(404);
    expect((await api.ask('GET', '/v1/reports/capacity', { token: member.token })).status).toBe(403);
  });

  it('come in pages, without a row twice or left out', async () => {
    const seen: unknown[] = [];
    for (let next: string | null = '/v1/reports/usage?limit=2'; next;) {
      const { body } = await api.ask('GET', next, { token: member.token });
      seen.push(...rowsOf(body, 'usage').map((row) => row['hour']));
      next = body['next'] as string | null;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it('come as CSV', async () => {
    const asks: { path: string; headers: Record<string, string> }[] = [
      { path: '/v1/reports/usage?format=csv&limit=2', headers: {} },
      { path: '/v1/reports/usage?limit=2', headers: { accept: 'text/csv' } },
    ];
    for (const ask of asks) {
      const { status, text, headers } = await api.ask('GET', ask.path, {
        token: member.token,
        headers: ask.headers,
      });
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/csv/);
      expect(headers['link']).toMatch(/rel="next"/);
      const [head, first] = text.split('\r\n');
      expect(head).toBe('hour,cluster_id,project_id,flavor_id,servers,vcpus,ram_mb,disk_gb,addresses');
      expect(first).toContain(`${hourAgo(5).toISOString()},${clusterId},${member.projectId},`);
    }
  });

  /** Six hours of it, of which the last was not seen anew. */
  async function roomOf(row: (hour: Date, i: number, seen: Date) => [string, unknown[]]): Promise<void> {
    for (let i = 0; i < 6; i++) {
      const hour = hourAgo(6 - i);
      await database.read.query(...row(hour, i, i === 5 ? hourAgo(2) : hour));
    }
  }
  const forecastOf = async (resource: string) =>
    rowsOf((await api.ask('GET', '/v1/reports/forecasts')).body, 'forecasts').filter(
      (row) => row['resource'] === resource,
    );

  it('tell when room runs out, of what was seen', async () => {
    await database.read.query('DELETE FROM report_capacity');
    await roomOf((hour, i, seen) => [
      `INSERT INTO report_capacity (id, hour, cluster_id, vcpus, vcpus_used, observed_at) VALUES (?, ?, ?, 100, ?, ?)`,
      [newId(), hour, clusterId, Math.min(50 + i, 54), seen],
    ]);
    const [vcpus] = await forecastOf('vcpus');
    expect(vcpus).toMatchObject({
      cluster: 'east-1',
      growth_per_hour_milli: 1000,
      hours: 5,
      flavor_id: null,
    });
    expect(vcpus?.['observed_at']).toBe(hourAgo(2).toISOString());
    expect(Date.parse(String(vcpus?.['exhausted_at']))).toBe(hourAgo(2).getTime() + 46 * HOUR_MS);
    const capacity = rowsOf((await api.ask('GET', '/v1/reports/capacity')).body, 'capacity');
    expect(capacity.at(-1)).toMatchObject({
      vcpus: 100,
      vcpus_used: 54,
      vcpus_left: 46,
      observed_at: hourAgo(2).toISOString(),
    });
  });

  it('tell how many servers of a flavor still fit, and for how long', async () => {
    const [flavor] = rowsOf((await api.ask('GET', '/v1/flavors')).body, 'flavors');
    await database.read.query('UPDATE cluster_flavor SET fits = 7');
    await report.sumUp(hourAgo(1), true);
    const path = `/v1/reports/flavor_capacity?flavor_id=${String(flavor?.['id'])}`;
    expect(rowsOf((await api.ask('GET', path)).body, 'flavor_capacity')).toEqual([
      expect.objectContaining({ cluster_id: clusterId, flavor: 'small', servers_left: 7 }),
    ]);
    const csv = await api.ask('GET', `${path}&format=csv`);
    expect(csv.text).toMatch(/^hour,cluster_id,flavor_id,flavor,servers_left,observed_at\r\n.*,small,7,/);
    expect((await api.ask('GET', path, { token: member.token })).status).toBe(403);

    await database.read.query('DELETE FROM report_flavor_capacity');
    await roomOf((hour, i, seen) => [
      `INSERT INTO report_flavor_capacity (id, hour, cluster_id, flavor_id, flavor, servers_left, observed_at)
       VALUES (?, ?, ?, ?, 'small', ?, ?)`,
      [newId(), hour, clusterId, flavor?.['id'], Math.max(50 - 2 * i, 42), seen],
    ]);
    const [fits] = await forecastOf('servers');
    expect(fits).toMatchObject({ flavor_id: flavor?.['id'], growth_per_hour_milli: 2000, hours: 5 });
    expect(Date.parse(String(fits?.['exhausted_at']))).toBe(hourAgo(2).getTime() + 21 * HOUR_MS);
  });

  it('tell what a project’s quota leaves, to itself as well', async () => {
    await database.read.query(
      'INSERT INTO address_quota (project_id, addresses, updated_at) VALUES (?, 256, UTC_TIMESTAMP(6))',
      [member.projectId],
    );
    await report.sumUp(hourAgo(1), true);
    const ask = { token: member.token };
    const path = '/v1/reports/project_capacity';
    expect(rowsOf((await api.ask('GET', path, ask)).body, 'project_capacity')).toEqual([
      expect.objectContaining({ project_id: member.projectId, addresses: 256, addresses_left: 256 }),
    ]);
    const other = await api.tokenOf('member');
    const hidden = await api.ask('GET', path, { token: other.token });
    expect(rowsOf(hidden.body, 'project_capacity')).toEqual([]);
    const [quota] = (await forecastOf('addresses')).filter((row) => row['project_id'] === member.projectId);
    expect(quota).toMatchObject({ cluster_id: '', hours: 1, exhausted_at: null });
  });

  it('of forecasts come in pages, without a row twice or left out', async () => {
    const all = rowsOf((await api.ask('GET', '/v1/reports/forecasts')).body, 'forecasts');
    const seen: unknown[] = [];
    for (let next: string | null = '/v1/reports/forecasts?limit=1'; next;) {
      const { body } = await api.ask('GET', next);
      seen.push(...rowsOf(body, 'forecasts'));
      next = body['next'] as string | null;
    }
    expect(all).toHaveLength(6);
    expect(seen).toEqual(all);
  });

  it('come from both ends', async () => {
    const reports: [string, string][] = [
      ['usage', 'hour'],
      ['errors', 'hour'],
      ['capacity', 'hour'],
      ['forecasts', 'cluster_id'],
    ];
    for (const [name, sort] of reports) {
      const up = await readThrough(api, `/v1/reports/${name}`, name, sort);
      expect([name, up.length > 1]).toEqual([name, true]);
      expect(await readThrough(api, `/v1/reports/${name}`, name, `-${sort}`)).toEqual(up.toReversed());
    }
  });

  it('are the same when they are made again', async () => {
    const before = (await api.ask('GET', '/v1/reports/errors', { token: member.token })).body['errors'];
    await report.sumUp(hourAgo(5), false);
    await report.sumUp(hourAgo(4), false);
    expect((await api.ask('GET', '/v1/reports/errors', { token: member.token })).body['errors']).toEqual(
      before,
    );
  });

  it('are taken over from somebody who died, and forgotten after 90 days', async () => {
    const hours = api.app.get(ReportHours, { strict: false });
    const old = hourAgo(24 * 91);
    expect(await hours.claim(database.read, old)).toBe(true);
    expect(await hours.claim(database.read, old)).toBe(false);
    await hours.giveBack(database.read, old);
    expect(await hours.claim(database.read, old)).toBe(true);
    expect(await hours.purge(database.read, 90, 1000)).toBe(1);
    expect(await hours.purge(database.read, 90, 1000)).toBe(0);
  });
});
