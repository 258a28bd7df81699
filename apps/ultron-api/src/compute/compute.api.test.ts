import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApi } from '../testing/api.fixture.js';
import { addProbedClusters, makeActive } from '../testing/compute.fixture.js';

interface Shown {
  id: string;
  name: string;
  status: string;
  version: number;
  task_id: string;
  cluster: { id: string; name: string };
}

const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICvkel3Gk+XuihcbWHpwjLBhDhvlwnaMQeIBu2oPsfrA someone@example';
const request = { name: 'web', flavor: 'small', image: 'cirros', network: 'private' };

let api: TestApi;
let clusters: Map<string, string>;
beforeAll(async () => {
  api = await TestApi.start();
  clusters = await addProbedClusters(api, { 'east-1': 500, 'east-2': 500 });
}, 60_000);
afterAll(() => api.close());

const create = (body: object = {}, more: object = {}): Promise<Answer> =>
  api.ask('POST', '/v1/servers', { body: { ...request, ...body }, ...more });
const serversIn = (answer: Answer): Shown[] => answer.body['servers'] as Shown[];
const taskIn = (answer: Answer) => answer.body['task'] as { id: string; kind: string; status: string };

async function oneServer(body: object = {}, more: object = {}): Promise<Shown> {
  const [server] = serversIn(await create(body, more));
  if (!server) throw new Error('no server was made');
  return server;
}
async function activeServer(body: object = {}): Promise<Shown> {
  const server = await oneServer(body);
  await makeActive(api, server.id, server.task_id);
  return (await api.ask('GET', `/v1/servers/${server.id}`)).body as unknown as Shown;
}

describe('POST /v1/servers', () => {
  it('answers with the server, its task, and where both are', async () => {
    const answer = await create({ metadata: { role: 'web' } });
    expect(answer.status).toBe(202);
    const [server] = serversIn(answer);
    expect(answer.headers['location']).toBe(`/v1/servers/${server?.id}`);
    expect(answer.headers['operation-location']).toBe(`/v1/tasks/${taskIn(answer).id}`);
    expect(server).toMatchObject({
      name: 'web',
      status: 'requested',
      metadata: { role: 'web' },
      addresses: [],
    });
    expect(taskIn(answer)).toMatchObject({ kind: 'server.create', status: 'queued' });
    expect((await api.ask('GET', `/v1/tasks/${taskIn(answer).id}`)).body).toMatchObject({
      resource: { kind: 'server', id: server?.id },
    });
  });

  it('makes a hundred over the clusters, and lists them by their task', async () => {
    const answer = await create({ count: 100, name: 'batch-{index:03}' });
    expect(serversIn(answer).map((server) => server.name)).toEqual(
      Array.from({ length: 100 }, (_, i) => `batch-${String(i + 1).padStart(3, '0')}`),
    );
    expect(answer.headers['location']).toBe(`/v1/servers?task_id=${taskIn(answer).id}`);
    const listed = await api.ask('GET', `/v1/servers?limit=1000&task_id=${taskIn(answer).id}`);
    expect(serversIn(listed)).toHaveLength(100);
    const task = await api.ask('GET', `/v1/tasks/${taskIn(answer).id}`);
    expect(task.body).toMatchObject({ kind: 'server.create_many', progress: { total: 100, done: 0 } });
    const decisions = await api.ask('GET', `/v1/scheduling_decisions?task_id=${taskIn(answer).id}`);
    expect(decisions.body['scheduling_decisions']).toEqual([
      expect.objectContaining({ explain: expect.objectContaining({ count: 100, flavor: 'small' }) }),
    ]);
  });

  it('names every wrong field at once', async () => {
    const answer = await create({ flavor: 'smal', network: 'x', name: 'a_b', min_count: 2, user_data: '?' });
    expect(answer.status).toBe(422);
    const errors = answer.body['errors'] as { pointer: string; detail: string }[];
    expect(errors.map((error) => error.pointer).toSorted()).toEqual([
      '/flavor',
      '/min_count',
      '/name',
      '/network',
      '/user_data',
    ]);
    expect(errors.find((error) => error.pointer === '/flavor')?.detail).toContain('known are: small');
    expect((await create({ colour: 'red' })).body['errors']).toEqual([
      expect.objectContaining({ pointer: '/colour' }),
    ]);
    expect((await create({ count: 101 })).status).toBe(422);
  });

  it('explains why no cluster fits', async () => {
    const answer = await create({ placement: { clusters: ['east-1'] }, count: 100, flavor: 'small' });
    expect(answer.status).toBe(202);
    for (let i = 0; i < 6; i++) await create({ placement: { clusters: ['east-1'] }, count: 100 });
    const refused = await create({ placement: { clusters: ['east-1'] }, count: 100 });
    expect(refused.status).toBe(507);
    expect(refused.body).toMatchObject({
      code: 'no_cluster_fits',
      retryable: true,
      explain: { clusters: expect.arrayContaining([expect.objectContaining({ cluster: 'east-2' })]) },
    });
    expect((await create({ placement: { clusters: ['nowhere'] } })).status).toBe(422);
  });

  it('plans without doing', async () => {
    const before = serversIn(await api.ask('GET', '/v1/servers?limit=1000')).length;
    const answer = await create({ count: 2, dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body['plan']).toMatchObject({
      servers: [{ name: 'web-1' }, { name: 'web-2' }],
      explain: { count: 2 },
    });
    expect(serversIn(await api.ask('GET', '/v1/servers?limit=1000'))).toHaveLength(before);
  });

  it('does once what comes twice with one key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const [first, second] = await Promise.all([
      create({ name: 'once' }, { headers }),
      create({ name: 'once' }, { headers }),
    ]);
    expect(second.body).toEqual(first.body);
    expect(serversIn(await api.ask('GET', '/v1/servers?name=once'))).toHaveLength(1);
    expect((await create({ name: 'another' }, { headers })).body).toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});

describe('a project', () => {
  it('sees its own servers and key pairs only', async () => {
    const [mine, theirs] = [await api.tokenOf('member'), await api.tokenOf('member')];
    const server = await oneServer({ name: 'mine' }, { token: mine.token });
    const seen = (path: string, token: string) => api.ask('GET', path, { token });
    expect((await seen(`/v1/servers/${server.id}`, mine.token)).status).toBe(200);
    expect((await seen(`/v1/servers/${server.id}`, theirs.token)).status).toBe(404);
    expect(serversIn(await seen('/v1/servers', theirs.token))).toEqual([]);
    for (const method of ['DELETE', 'PATCH'] as const) {
      const body = method === 'PATCH' ? { body: { name: 'stolen' } } : {};
      expect(
        (await api.ask(method, `/v1/servers/${server.id}`, { token: theirs.token, ...body })).status,
      ).toBe(404);
    }
    const pair = await api.ask('POST', '/v1/key_pairs', {
      token: mine.token,
      body: { name: 'deploy', public_key: PUBLIC_KEY },
    });
    expect(pair.status).toBe(201);
    expect((await seen(`/v1/key_pairs/${String(pair.body['id'])}`, theirs.token)).status).toBe(404);
    expect((await create({ key_pair: 'deploy' }, { token: theirs.token })).status).toBe(422);
    expect((await create({ key_pair: 'deploy' }, { token: mine.token })).status).toBe(202);
    expect(
      (await api.ask('DELETE', `/v1/key_pairs/${String(pair.body['id'])}`, { token: mine.token })).body,
    ).toMatchObject({ code: 'key_pair_in_use' });
  });
});

describe('a server', () => {
  it('is changed by who has read it last', async () => {
    const { id, version } = await activeServer();
    const etag = `"${version}"`;
    expect((await api.ask('GET', `/v1/servers/${id}`)).headers['etag']).toBe(etag);
    const patch = (name: string) =>
      api.ask('PATCH', `/v1/servers/${id}`, { body: { name }, headers: { 'if-match': etag } });
    const changed = await patch('first');
    expect(changed.status).toBe(202);
    expect(changed.body).toMatchObject({ server: { name: 'first' }, task: { kind: 'server.update' } });
    expect((await patch('second')).status).toBe(412);
  });

  it('refuses an action that does not fit, naming the states that would', async () => {
    const { id } = await activeServer();
    const act = (body: object) => api.ask('POST', `/v1/servers/${id}/actions`, { body });
    expect((await act({ action: 'start' })).body).toMatchObject({
      status: 409,
      code: 'server_state_conflict',
      allowed_in: ['stopped'],
    });
    expect((await act({ action: 'start', type: 'hard' })).status).toBe(422);
    expect((await act({ action: 'reboot', type: 'soft' })).body).toMatchObject({
      server: { status: 'rebooting' },
      task: { kind: 'server.reboot' },
    });
  });

  it('is deleted once however often that is asked', async () => {
    const { id } = await activeServer();
    const remove = () => api.ask('DELETE', `/v1/servers/${id}`);
    const first = await remove();
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ server: { status: 'deleting' }, task: { kind: 'server.delete' } });
    const second = await remove();
    expect(second.status).toBe(202);
    expect(taskIn(second).id).toBe(taskIn(first).id);
  });

  it('is found by every filter', async () => {
    const { id } = await activeServer({ name: 'needle' });
    const found = async (query: string) =>
      serversIn(await api.ask('GET', `/v1/servers?name=needle&${query}`)).map((server) => server.id);
    const [shown] = serversIn(await api.ask('GET', '/v1/servers?name=needle'));
    const { cluster } = shown ?? { cluster: { id: '', name: '' } };
    for (const query of [
      'status=active',
      `cluster=${cluster.name}`,
      `cluster=${cluster.id}`,
      'idc=east',
      'flavor=small',
      'image=cirros',
      'network=private',
      'created_after=2020-01-01T00:00:00Z',
    ]) {
      expect([query, await found(query)]).toEqual([query, [id]]);
    }
    for (const query of [
      'status=stopped',
      'cluster=nowhere',
      'idc=west',
      'flavor=none',
      'created_before=2020-01-01T00:00:00Z',
    ]) {
      expect([query, await found(query)]).toEqual([query, []]);
    }
  });

  it('is paged through with its links', async () => {
    await create({ count: 5, name: 'page-{index}' });
    const names: string[] = [];
    for (let next: unknown = '/v1/servers?limit=2&sort=name&status=requested'; typeof next === 'string';) {
      const page = await api.ask('GET', next);
      names.push(...serversIn(page).map((server) => server.name));
      ({ next } = page.body);
    }
    expect(names.filter((name) => name.startsWith('page-'))).toEqual([
      'page-1',
      'page-2',
      'page-3',
      'page-4',
      'page-5',
    ]);
    expect(names).toEqual(names.toSorted());
  });
});

describe('what servers are made of', () => {
  it('is listed with the clusters that have it', async () => {
    const flavors = await api.ask('GET', '/v1/flavors');
    expect(flavors.body['flavors']).toEqual([
      expect.objectContaining({ name: 'small', vcpus: 1, ram_mb: 2048, clusters: expect.any(Array) }),
    ]);
    const networks = await api.ask('GET', '/v1/networks?name=private');
    expect(networks.body['networks']).toEqual([expect.objectContaining({ name: 'private' })]);
    const [network] = networks.body['networks'] as { id: string; clusters: unknown[] }[];
    expect(network?.clusters).toHaveLength(2);
    expect((await api.ask('GET', `/v1/networks/${network?.id}`)).status).toBe(200);
  });

  it('is an image under a common name where the clusters name theirs differently', async () => {
    const choices = ['east-1', 'east-2'].map((cluster) => ({ cluster, openstack_id: `old-${cluster}` }));
    const made = await api.ask('POST', '/v1/images', { body: { name: 'old', clusters: choices } });
    expect(made.status).toBe(201);
    expect((made.body['clusters'] as { pinned: boolean }[]).map(({ pinned }) => pinned)).toEqual([
      true,
      true,
    ]);
    expect((await create({ image: 'old' })).status).toBe(202);
    const wrong = { name: 'new', clusters: [{ cluster: 'east-1', openstack_id: 'none' }] };
    expect((await api.ask('POST', '/v1/images', { body: wrong })).body).toMatchObject({
      errors: [{ pointer: '/clusters/0/openstack_id' }],
    });
  });

  it('is a flavor that a task makes in every cluster', async () => {
    const body = { name: 'big', vcpus: 8, ram_mb: 16384, disk_gb: 100 };
    const made = await api.ask('POST', '/v1/flavors', { body });
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({
      flavor: { name: 'big', clusters: [] },
      task: { kind: 'flavor.create_many' },
    });
    const items = await api.ask('GET', `/v1/tasks/${taskIn(made).id}/items`);
    expect((items.body['items'] as unknown[]).length).toBe(clusters.size);
    expect((await api.ask('POST', '/v1/flavors', { body })).status).toBe(409);
  });

  it('is a public key, and nothing else', async () => {
    const body = { name: 'bad', public_key: 'ssh-ed25519 nonsense' };
    expect((await api.ask('POST', '/v1/key_pairs', { body })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/public_key' }],
    });
  });
});
