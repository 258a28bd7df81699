import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterRepository } from '@ultron/cluster/cluster/cluster.repository';
import { newId } from '@ultron/kernel/id';
import { Database } from '@ultron/platform/database/database.service';
import { OpenCircuitRepository } from '@ultron/sync/circuit/open-circuit.repository';
import { LaneRepository } from '@ultron/sync/lane/lane.repository';
import { LaneConductorRepository } from '@ultron/sync/membership/lane-conductor.repository';
import { type Answer, TestApi } from '../testing/api.fixture.js';

const SECRET = 'hunter2-of-the-cluster';
const credential = { username: 'ultron', password: SECRET, project_name: 'ultron' };
let number = 0;

describe('the registry', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
    await api.ask('POST', '/v1/idcs', { body: { name: 'east', description: 'by the river' } });
    await api.ask('POST', '/v1/conductor_groups', { body: { name: 'default' } });
  }, 60_000);
  afterAll(() => api.close());

  const asked = (changes: object = {}) => ({
    name: `east-${++number}`,
    idc: 'east',
    conductor_group: 'default',
    auth_url: 'https://keystone.east.test:5000/v3',
    region: 'RegionOne',
    credential,
    ...changes,
  });
  const register = (changes: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    api.ask('POST', '/v1/clusters', { body: asked(changes), headers });
  const registered = async (changes: object = {}): Promise<Record<string, unknown>> => {
    const answer = await register(changes);
    expect(answer.status).toBe(202);
    return answer.body['cluster'] as Record<string, unknown>;
  };

  it('takes a cluster, shows it at once, and begins a probe', async () => {
    const answer = await register();
    expect(answer.status).toBe(202);
    const { cluster, task } = answer.body as Record<string, Record<string, unknown>>;
    expect(answer.headers['location']).toBe(`/v1/clusters/${String(cluster?.['id'])}`);
    expect(answer.headers['operation-location']).toBe(`/v1/tasks/${String(task?.['id'])}`);
    expect(task).toMatchObject({ kind: 'cluster.probe', status: 'queued' });
    expect(cluster).toMatchObject({ state: 'enabled', schedulable: false, probe: { status: 'pending' } });
    const seen = await api.ask('GET', `/v1/tasks/${String(task?.['id'])}`);
    expect(seen.body).toMatchObject({ resource: { kind: 'cluster', id: cluster?.['id'] }, project_id: null });
  });

  it('never shows a credential, wherever one looks', async () => {
    const key = { 'idempotency-key': `secret-${++number}` };
    const first = await register({}, key);
    const id = String((first.body['cluster'] as { id: string }).id);
    const answers = [
      first,
      await api.ask('GET', `/v1/clusters/${id}`),
      await api.ask('GET', '/v1/clusters'),
      await api.ask('PATCH', `/v1/clusters/${id}`, { body: { credential } }),
      await api.ask('GET', '/v1/tasks'),
      await register({ credential: { ...credential, project_name: 5 } }),
    ];
    for (const { text } of answers) expect(text).not.toContain(SECRET);
    const { read } = api.app.get(Database, { strict: false });
    const kept = await Promise.all(
      ['cluster', 'task', 'idempotency_key', 'http_request'].map((table) =>
        read.query(`SELECT * FROM ${table}`),
      ),
    );
    expect(JSON.stringify(kept)).not.toContain(SECRET);
  });

  it('makes one cluster of a request that is repeated with its key', async () => {
    const body = asked();
    const ask = () => api.ask('POST', '/v1/clusters', { body, headers: { 'idempotency-key': body.name } });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    // MySQL sorts the members of the JSON it keeps, so the texts may differ.
    for (const { body: answered } of answers) expect(answered).toEqual(answers[0]?.body);
  });

  const wrong: [string, object, string[]][] = [
    ['an address with a password in it', { auth_url: 'https://u:p@keystone.test/v3' }, ['/auth_url']],
    ['an address that is none', { auth_url: 'keystone' }, ['/auth_url']],
    ['a name that cannot stand in a queue’s name', { name: 'East 1' }, ['/name']],
    ['an unknown field and a missing one', { credential: undefined, passwd: 1 }, ['/passwd', '/credential']],
    ['an unknown IDC and group', { idc: 'x', conductor_group: 'y' }, ['/idc', '/conductor_group']],
    [
      'half a credential',
      { credential: { username: 'u' } },
      ['/credential/password', '/credential/project_name'],
    ],
    ['an unknown state', { state: 'asleep' }, ['/state']],
  ];
  it.each(wrong)('refuses %s', async (_, changes, pointers) => {
    const answer = await register(changes);
    expect(answer.status).toBe(422);
    const errors = answer.body['errors'] as { pointer: string }[];
    expect(errors.map((error) => error.pointer).toSorted()).toEqual(pointers.toSorted());
  });

  it('refuses a name that is taken', async () => {
    const { name } = await registered();
    expect(await register({ name })).toMatchObject({ status: 409, body: { code: 'cluster_name_taken' } });
  });

  it('changes the state without a probe, and the way to the cluster with one', async () => {
    const { id } = await registered();
    const path = `/v1/clusters/${String(id)}`;
    const drained = await api.ask('PATCH', path, { body: { state: 'draining', state_reason: 'old' } });
    expect(drained).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { cluster: { state: 'draining', state_reason: 'old' } },
    });
    const moved = await api.ask('PATCH', path, { body: { region: null } });
    expect(moved).toMatchObject({
      status: 202,
      headers: { etag: '"3"' },
      body: { cluster: { region: null } },
    });
    expect(moved.headers['operation-location']).toMatch(/^\/v1\/tasks\//);
    await api.ask('PATCH', path, { body: { state: 'down' } });
    const refused = await api.ask('PATCH', path, { body: { state: 'enabled' } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'cluster_state' } });
    expect(refused.body['detail']).toContain('maintenance, read_only');
  });

  it('heeds If-Match when changing and deleting', async () => {
    const { id } = await registered();
    const path = `/v1/clusters/${String(id)}`;
    const { etag } = (await api.ask('GET', path)).headers;
    await api.ask('PATCH', path, { body: { state: 'read_only' }, headers: { 'if-match': String(etag) } });
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { body: { state: 'enabled' } } : {};
      const stale = await api.ask(method, path, { ...body, headers: { 'if-match': String(etag) } });
      expect(stale).toMatchObject({ status: 412, body: { code: 'stale_etag' } });
    }
    expect((await api.ask('DELETE', path, { headers: { 'if-match': '"2"' } })).status).toBe(204);
    expect(await api.ask('GET', path)).toMatchObject({ status: 404, body: { code: 'cluster_not_found' } });
  });

  it('probes again when asked', async () => {
    const { id } = await registered();
    const answer = await api.ask('POST', `/v1/clusters/${String(id)}/probe`);
    expect(answer).toMatchObject({ status: 202, body: { task: { kind: 'cluster.probe' } } });
  });

  it('shows what was found and what is mapped', async () => {
    const { id } = await registered({ capabilities: ['local_disk'] });
    const { body } = await api.ask('GET', `/v1/clusters/${String(id)}`);
    expect(body).toMatchObject({
      services: [],
      extensions: [],
      capabilities: ['local_disk'],
      declared_capabilities: ['local_disk'],
      availability_zones: [],
      mapping: { flavors: [], images: [], networks: [], security_groups: [] },
      capacity: null,
      network_backend: null,
      circuit: null,
    });
    const database = api.app.get(Database, { strict: false });
    await new ClusterRepository().recordNetworkBackend(database.read, String(id), 'ovn');
    const { body: looked } = await api.ask('GET', `/v1/clusters/${String(id)}`);
    expect(looked['network_backend']).toBe('ovn');
  });

  it('shows that it does not answer the conductor that reads it, for as long as that one lives', async () => {
    const { id } = await registered();
    const { read } = api.app.get(Database, { strict: false });
    const clusterId = String(id);
    const member = { id: newId(), name: 'reader', conductorGroup: 'default', domains: ['compute'] };
    await new LaneConductorRepository().beat(read, member);
    const strategy = { changes: 'full', deletions: 'full' } as const;
    const lane = { clusterId, kind: 'server', domain: 'compute', conductorGroup: 'default', tier: 'gold' };
    await new LaneRepository().ensure(read, [{ ...lane, strategy, slowness: 1, resting: false }], 0);
    await read.query('UPDATE lane SET owner_id = ? WHERE cluster_id = ?', [member.id, clusterId]);
    await new OpenCircuitRepository().write(read, member.id, { clusterId, openForMs: 5, nextTryInMs: 9_000 });
    const shown = async () => (await api.ask('GET', `/v1/clusters/${clusterId}`)).body['circuit'];
    const beat = (at: string) =>
      read.query(`UPDATE lane_conductor SET beat_at = ${at} WHERE conductor_id = ?`, [member.id]);
    await beat('UTC_TIMESTAMP(6) + INTERVAL 1 HOUR');
    expect(await shown()).toMatchObject({ conductor_id: member.id, next_try_at: expect.any(String) });
    await beat('UTC_TIMESTAMP(6) - INTERVAL 1 HOUR');
    expect(await shown()).toBeNull();
  });

  it('shows others than admins where they can place servers, and nothing more', async () => {
    const { name } = await registered();
    const { token } = await api.tokenOf('reader');
    const { body } = await api.ask('GET', `/v1/clusters?name=${String(name)}`, { token });
    const [cluster] = body['clusters'] as Record<string, unknown>[];
    expect(Object.keys(cluster ?? {}).toSorted()).toEqual([
      'id',
      'idc',
      'name',
      'reachable',
      'release',
      'schedulable',
      'state',
    ]);
    const { body: sorted } = await api.ask('GET', '/v1/clusters?limit=2&sort=-name', { token });
    expect(sorted['clusters']).toHaveLength(2);
    const next = await api.ask('GET', String(sorted['next']), { token });
    expect(next.status).toBe(200);
  });

  it('lists, shows and deletes IDCs and conductor groups, unless clusters belong to them', async () => {
    await registered();
    for (const route of ['idcs', 'conductor_groups']) {
      const made = await api.ask('POST', `/v1/${route}`, { body: { name: 'spare' } });
      expect(made).toMatchObject({ status: 201, body: { name: 'spare', description: '' } });
      expect((await api.ask('POST', `/v1/${route}`, { body: { name: 'spare' } })).status).toBe(409);
      const { body } = await api.ask('GET', `/v1/${route}?limit=1`);
      expect(body[route]).toHaveLength(1);
      const rest = await api.ask('GET', String(body['next']));
      const all = [...(body[route] as object[]), ...(rest.body[route] as object[])];
      expect(all.map((one) => (one as { name: string }).name)).toContain('spare');
      const spare = String(made.body['id']);
      expect((await api.ask('GET', `/v1/${route}/${spare}`)).body).toEqual(made.body);
      expect((await api.ask('DELETE', `/v1/${route}/${spare}`)).status).toBe(204);
      expect((await api.ask('DELETE', `/v1/${route}/${spare}`)).status).toBe(404);
      const [used] = all.filter((one) => (one as { name: string }).name !== 'spare') as { id: string }[];
      const refused = await api.ask('DELETE', `/v1/${route}/${used?.id}`);
      expect(refused).toMatchObject({ status: 409, body: { category: 'conflict' } });
    }
  });
});
