import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { OpenCircuitRepository } from '@ultron/sync/circuit/open-circuit.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { ConductorRepository } from '@ultron/tasks/conductor/conductor.repository';
import { readThrough } from '../http/paging/both-ways.fixture.js';
import { TestApi } from '../testing/api.fixture.js';

const CLUSTER = newId();
const OTHER = newId();
const CONDUCTOR = newId();

interface Lane {
  id: string;
  kind: string;
  state: string;
}

let api: TestApi;
let database: Database;
beforeAll(async () => {
  api = await TestApi.start();
  database = api.app.get(Database, { strict: false });
  const wish = (clusterId: string, kind: string, conductorGroup: string) => ({
    clusterId,
    kind,
    domain: 'compute',
    conductorGroup,
    tier: 'silver',
    strategy: { changes: 'changes_since', deletions: 'ids' } as const,
    slowness: 1,
    resting: false,
  });
  await new LaneRepository().ensure(
    database.read,
    [
      wish(CLUSTER, 'server', 'east'),
      wish(CLUSTER, 'port', 'east'),
      { ...wish(CLUSTER, 'image', 'east'), slowness: 10 },
      wish(OTHER, 'server', 'nobody'),
    ],
    0,
  );
  const conductor = { id: CONDUCTOR, name: 'c-1', domains: ['compute'] };
  await new LaneConductorRepository().beat(database.read, { ...conductor, conductorGroup: 'east' });
  await database.read.query(`UPDATE lane_conductor SET beat_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR`);
  await new ConductorRepository().register(database.read, {
    ...conductor,
    conductor_group: 'east',
    host: 'h',
    pid: 1,
  });
  await database.read.query(
    `UPDATE lane SET owner_id = ?, epoch = 3, fresh_at = UTC_TIMESTAMP(6) WHERE cluster_id = ?`,
    [CONDUCTOR, CLUSTER],
  );
  await registered('east', CLUSTER);
}, 60_000);
afterAll(() => api.close());

async function registered(group: string, clusterId: string): Promise<void> {
  await api.ask('POST', '/v1/idcs', { body: { name: 'e' } });
  await api.ask('POST', '/v1/conductor_groups', { body: { name: group } });
  await database.read.query(
    `INSERT INTO cluster (id, name, idc_id, conductor_group_id, auth_url, interface, credential, created_at, updated_at)
     SELECT ?, ?, i.id, g.id, 'http://x', 'public', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
     FROM idc i, conductor_group g WHERE i.name = 'e' AND g.name = ?`,
    [clusterId, `c-${group}`, group],
  );
}

const lanesOf = (body: Record<string, unknown>): Lane[] => body['syncs'] as Lane[];
const act = (kind: string, body: object) => api.ask('POST', `/v1/syncs/${CLUSTER}/${kind}/actions`, { body });

describe('lanes', () => {
  it('are listed page by page, by what they are and how they are', async () => {
    const first = await api.ask('GET', '/v1/syncs?limit=3');
    expect(lanesOf(first.body)).toHaveLength(3);
    const rest = await api.ask('GET', String(first.body['next']));
    expect(lanesOf(rest.body)).toHaveLength(1);
    expect(rest.body['next']).toBeNull();
    const kinds = async (query: string) =>
      lanesOf((await api.ask('GET', `/v1/syncs?${query}`)).body).map(({ kind, state }) => `${kind} ${state}`);
    expect(await kinds(`cluster=${CLUSTER}&kind=port`)).toEqual(['port well']);
    expect(await kinds(`cluster=c-east&kind=port`)).toEqual(['port well']);
    expect(await api.ask('GET', '/v1/syncs?cluster=nowhere')).toMatchObject({
      status: 404,
      body: { code: 'cluster_not_found' },
    });
    const typo = await api.ask('GET', '/v1/syncs?kind=sever');
    expect(typo.status).toBe(400);
    expect(JSON.stringify(typo.body['errors'])).toContain('server, port, network');
    expect(await kinds('conductor_group=nobody')).toEqual(['server unowned']);
    expect(await kinds('state=unowned')).toEqual(['server unowned']);
    expect(await kinds(`owner_id=${CONDUCTOR}&sort=-fresh_at`)).toHaveLength(3);
    expect(await kinds('tier=gold')).toEqual([]);
  });

  it('are paged in the order of their age without losing any', async () => {
    await database.read.query(
      `UPDATE lane SET fresh_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE kind = 'image'`,
    );
    const seen: string[] = [];
    for (let path: string | null = '/v1/syncs?limit=1&sort=fresh_at'; path !== null;) {
      const { body } = await api.ask('GET', path);
      seen.push(...lanesOf(body).map(({ id }) => id));
      path = body['next'] as string | null;
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen.slice(0, 2)).toEqual([`${OTHER}/server`, `${CLUSTER}/image`]);
  });

  it('show who reads them, how, and what came of it', async () => {
    const { body } = await api.ask('GET', `/v1/syncs/${CLUSTER}/server`);
    expect(body).toMatchObject({
      sync: {
        cluster: { id: CLUSTER, name: 'c-east' },
        owner: { id: CONDUCTOR, name: 'c-1', alive: true },
        epoch: 3,
        strategy: { changes: 'changes_since', deletions: 'ids' },
        objective_ms: 60_000,
        brake: { state: 'off' },
      },
      passes: [],
    });
    expect((await api.ask('GET', `/v1/syncs/${CLUSTER}/nothing`)).body).toMatchObject({
      code: 'lane_not_found',
    });
  });

  it('say when their cluster does not answer their owner', async () => {
    const circuits = new OpenCircuitRepository();
    const circuit = { clusterId: CLUSTER, openForMs: 60_000, nextTryInMs: 20_000 };
    // One that had the lanes before, and died.
    await circuits.write(database.read, newId(), circuit);
    const shown = async () =>
      ((await api.ask('GET', `/v1/syncs/${CLUSTER}/server`)).body['sync'] as Record<string, unknown>)[
        'circuit'
      ];
    expect(await shown()).toBeNull();
    expect(await circuits.find(database.read, CLUSTER)).toBeNull();
    await circuits.write(database.read, CONDUCTOR, circuit);
    const { opened_at: openedAt, next_try_at: nextTryAt } = (await shown()) as Record<string, string>;
    expect(Date.parse(nextTryAt ?? '') - Date.parse(openedAt ?? '')).toBe(80_000);
    expect(await circuits.find(database.read, CLUSTER)).toMatchObject({ conductorId: CONDUCTOR });
    await circuits.remove(database.read, CONDUCTOR, CLUSTER);
    expect(await shown()).toBeNull();
  });

  it('are read now, paused and resumed as operators wish', async () => {
    expect((await act('server', { action: 'pause' })).body).toMatchObject({ state: 'paused' });
    expect((await act('server', { action: 'run_now' })).body).toMatchObject({
      status: 409,
      code: 'lane_at_rest',
    });
    expect((await act('server', { action: 'resume' })).body).toMatchObject({ state: 'well' });
    expect((await act('server', { action: 'run_now', mode: 'changes' })).status).toBe(200);
    const rows = await database.read.query(
      `SELECT asked_for FROM lane WHERE cluster_id = ? AND kind = 'server' AND next_due_at <= UTC_TIMESTAMP(6)`,
      [CLUSTER],
    );
    expect(rows).toEqual([{ asked_for: 'changes' }]);
    expect((await act('server', { action: 'dance' })).status).toBe(422);
  });

  it('have their brake released only when it is on', async () => {
    expect((await act('port', { action: 'release_brake' })).body).toMatchObject({
      status: 409,
      code: 'brake_not_on',
    });
    await database.read.query(
      `UPDATE lane SET brake = 'on', brake_known = 9, brake_unseen = 8 WHERE kind = 'port'`,
    );
    expect(lanesOf((await api.ask('GET', '/v1/syncs?state=braked')).body)).toHaveLength(1);
    expect((await act('port', { action: 'release_brake' })).body).toMatchObject({
      brake: { state: 'released', known: 9, unseen: 8 },
    });
  });
});

describe('conductors and their groups', () => {
  it('are drained and let work again', async () => {
    const action = (name: string) =>
      api.ask('POST', `/v1/conductors/${CONDUCTOR}/actions`, { body: { action: name } });
    expect((await action('drain')).body).toMatchObject({ draining: true, lanes: 3 });
    expect((await api.ask('GET', `/v1/conductors/${CONDUCTOR}`)).body).toMatchObject({ draining: true });
    expect((await action('undrain')).body).toMatchObject({ draining: false });
    expect((await api.ask('GET', `/v1/conductors/${newId()}`)).body).toMatchObject({
      code: 'conductor_not_found',
    });
  });

  it('are listed page by page, also those of one name', async () => {
    const rows = new ConductorRepository();
    const ids = [newId(), newId()];
    for (const id of ids)
      await rows.register(database.read, {
        id,
        name: 'c-2',
        domains: ['compute'],
        conductor_group: 'east',
        host: 'h',
        pid: 2,
      });
    const all = await readThrough(api, '/v1/conductors', 'conductors', 'name');
    expect(all).toMatchObject([CONDUCTOR, ...ids.toSorted()].map((id) => ({ id })));
    expect(await readThrough(api, '/v1/conductors', 'conductors', '-name')).toEqual(all.toReversed());
    for (const id of ids) await rows.remove(database.read, id);
  });

  it('say when nobody serves the clusters of a group', async () => {
    await registered('lonely', newId());
    const lost = { id: newId(), name: 'c-3', domains: [], conductorGroup: 'eats' };
    await new LaneConductorRepository().beat(database.read, lost);
    const { body } = await api.ask('GET', '/v1/conductor_groups');
    expect(body['conductor_groups']).toMatchObject([
      {
        name: 'east',
        conductors: 1,
        lanes: 3,
        lanes_unowned: 0,
        alarm: null,
        clusters: [{ name: 'c-east' }],
      },
      { name: 'lonely', conductors: 0, alarm: expect.stringContaining('No conductor') },
    ]);
    const { text } = await api.ask('GET', '/metrics');
    expect(text).toContain('ultron_conductor_group_unserved{group="lonely"} 1');
    expect(text).toContain('ultron_conductor_group_unserved{group="east"} 0');
    // Nobody made such a group.
    expect(text).toContain('ultron_conductor_group_unserved{group="eats"} 1');
    expect(text).toContain('ultron_conductor_group_conductors{group="east"} 1');
    expect(text).toMatch(/ultron_sync_lag_seconds\{kind="image",tier="silver"\} 864\d\d/);
    expect(text).toContain('ultron_sync_objective_seconds{kind="image",tier="silver"} 600');
    expect(text).toContain('ultron_sync_objective_seconds{kind="server",tier="silver"} 60');
    expect(text).toContain('ultron_sync_lanes{kind="server",tier="silver",state="unowned"} 1');
  });
});

describe('tiers', () => {
  it('are changed by whoever read them last, to times that fit each other', async () => {
    const read = await api.ask('GET', '/v1/sync_tiers/gold');
    const patch = (body: object, etag = String(read.headers['etag'])) =>
      api.ask('PATCH', '/v1/sync_tiers/gold', { body, headers: { 'if-match': etag } });
    expect((await patch({ changes_ms: 60_000 })).body).toMatchObject({ code: 'tier_times' });
    expect((await patch({ changes_ms: 7_000 })).body).toMatchObject({
      changes_ms: 7_000,
      objective_ms: 15_000,
    });
    expect((await patch({ changes_ms: 8_000 })).status).toBe(412);
    const braked = await api.ask('PATCH', '/v1/sync_tiers/gold', { body: { brake_percent: 10 } });
    expect(braked.body).toMatchObject({ changes_ms: 7_000, brake_at_least: 5, brake_percent: 10 });
    expect((await api.ask('PATCH', '/v1/sync_tiers/gold', { body: { brake_percent: 101 } })).status).toBe(
      422,
    );
    expect((await api.ask('GET', '/v1/sync_tiers')).body['sync_tiers']).toHaveLength(3);
    expect((await api.ask('GET', '/v1/sync_tiers/iron')).body).toMatchObject({ code: 'tier_not_found' });
  });

  it('are given to clusters and projects, and taken back', async () => {
    const project = '00000000-0000-7000-8000-000000000001';
    const path = `/v1/sync_tier_assignments/project/${project}`;
    expect((await api.ask('PUT', path, { body: { tier: 'iron' } })).body).toMatchObject({
      code: 'tier_not_found',
    });
    expect((await api.ask('PUT', path, { body: { tier: 'gold' } })).body).toEqual({
      subject: 'project',
      subject_id: project,
      tier: 'gold',
    });
    const read = await api.ask('GET', path);
    expect(read).toMatchObject({ status: 200, body: { tier: 'gold' } });
    const headers = { 'if-match': String(read.headers['etag']) };
    expect((await api.ask('PUT', path, { body: { tier: 'silver' }, headers })).status).toBe(200);
    expect((await api.ask('PUT', path, { body: { tier: 'bronze' }, headers })).status).toBe(412);
    expect((await api.ask('DELETE', path, { headers })).status).toBe(412);
    const cluster = `/v1/sync_tier_assignments/cluster/${newId()}`;
    expect((await api.ask('PUT', cluster, { body: { tier: 'gold' } })).status).toBe(404);
    const listed = await api.ask('GET', '/v1/sync_tier_assignments?subject=project');
    expect(listed.body).toMatchObject({ assignments: [{ subject_id: project }], next: null });
    expect((await api.ask('DELETE', path)).status).toBe(204);
    expect((await api.ask('DELETE', path)).body).toMatchObject({ code: 'tier_not_assigned' });
    expect((await api.ask('GET', path)).body).toMatchObject({ code: 'tier_not_assigned' });
    const late = await api.ask('PUT', path, { body: { tier: 'gold' }, headers });
    expect(late.status).toBe(412);
  });
});
