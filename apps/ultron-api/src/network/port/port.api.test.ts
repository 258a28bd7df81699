import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApi } from '../../testing/api.fixture.js';
import { addProbedClusters } from '../../testing/compute.fixture.js';
import { builtVpc, equip, makePortActive } from '../../testing/network.fixture.js';

interface Shown {
  id: string;
  status: string;
  version: number;
  task_id: string;
  cluster_id: string;
  fixed_ips: { ip_address: string }[];
}

let api: TestApi;
let clusters: Map<string, string>;
let vpcId: string;
let subnetId: string;
beforeAll(async () => {
  api = await TestApi.start();
  clusters = await addProbedClusters(api, { 'east-1': 100, 'east-2': 100 });
  await equip(api, clusters, { 'east-1': ['qos_bandwidth_limit', 'allowed_address_pairs'] });
  ({ vpcId, subnetId } = await builtVpc(api, { name: 'shop', cidr: '10.0.0.0/16' }));
}, 60_000);
afterAll(() => api.close());

const create = (body: object, more: object = {}): Promise<Answer> =>
  api.ask('POST', '/v1/ports', { body, ...more });
const portIn = (answer: Answer): Shown => answer.body['port'] as Shown;
const taskIn = (answer: Answer) => answer.body['task'] as { id: string; kind: string; status: string };
const pointers = (answer: Answer): string[] =>
  (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).toSorted();

async function activePort(body: object = {}): Promise<Shown> {
  const made = portIn(await create({ subnet: subnetId, ...body }));
  await makePortActive(api, made.id, made.task_id);
  return (await api.ask('GET', `/v1/ports/${made.id}`)).body as unknown as Shown;
}

async function newPolicy(): Promise<string> {
  const body = { name: 'slow', bandwidth_limits: [{ direction: 'egress', max_kbps: 1000 }] };
  const made = await api.ask('POST', '/v1/qos_policies', { body });
  expect(made.status).toBe(201);
  return (made.body['qos_policy'] as { id: string }).id;
}

describe('POST /v1/ports', () => {
  it('answers with the port, its address, its task, and where both are', async () => {
    const answer = await create({ vpc: 'shop', name: 'front' });
    expect(answer.status).toBe(202);
    const port = portIn(answer);
    expect(answer.headers['location']).toBe(`/v1/ports/${port.id}`);
    expect(answer.headers['operation-location']).toBe(`/v1/tasks/${taskIn(answer).id}`);
    expect(port).toMatchObject({ name: 'front', status: 'building', vpc_id: vpcId, subnet_id: subnetId });
    expect(port.fixed_ips).toEqual([
      expect.objectContaining({ ip_address: expect.stringMatching(/^10\.0\./) }),
    ]);
    expect(taskIn(answer)).toMatchObject({ kind: 'port.create', status: 'queued' });
    const shown = await api.ask('GET', `/v1/ports/${port.id}`);
    expect(shown.headers['etag']).toBe('"1"');
    expect(shown.body).toEqual(port);
  });

  it('gives two ports two addresses, and one port the address that is wished', async () => {
    const [a, b] = [portIn(await create({ subnet: subnetId })), portIn(await create({ subnet: subnetId }))];
    expect(a.fixed_ips[0]?.ip_address).not.toBe(b.fixed_ips[0]?.ip_address);
    const wished = portIn(await create({ vpc: vpcId, fixed_ip: '10.0.0.99' }));
    expect(wished.fixed_ips).toEqual([expect.objectContaining({ ip_address: '10.0.0.99' })]);
    const taken = await create({ vpc: vpcId, fixed_ip: '10.0.0.99' });
    expect([taken.status, taken.body['code']]).toEqual([409, 'fixed_address_taken']);
    const outside = await create({ vpc: vpcId, fixed_ip: '10.9.0.1' });
    expect([outside.status, outside.body['code']]).toEqual([422, 'fixed_address_outside']);
    expect(pointers(outside)).toEqual(['/fixed_ip']);
    // Its own cluster has that address, and no other.
    const [other] = [...clusters.values()].filter((id) => id !== wished.cluster_id);
    const elsewhere = await create({ vpc: vpcId, fixed_ip: '10.0.0.98', cluster: other });
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([422, 'fixed_address_outside']);
  });

  it('names every wrong field at once', async () => {
    const pairs = Array.from({ length: 11 }, (_, i) => ({ ip_address: `192.0.2.${i}` }));
    const answer = await create({
      subnet: subnetId,
      port_security_enabled: false,
      security_groups: ['default'],
      allowed_address_pairs: [...pairs, { ip_address: '10.0.0.1/8' }, { ip_address: 'x', mac_address: 'y' }],
    });
    expect(answer.status).toBe(422);
    expect(pointers(answer)).toEqual([
      '/allowed_address_pairs',
      '/allowed_address_pairs',
      '/allowed_address_pairs/11/ip_address',
      '/allowed_address_pairs/12/ip_address',
      '/allowed_address_pairs/12/mac_address',
      '/security_groups',
    ]);
    const where = [create({}), create({ subnet: subnetId, vpc: vpcId }), create({ network: 'nowhere' })];
    for (const wrong of await Promise.all(where)) expect(wrong.status).toBe(422);
    expect(pointers(await create({ subnet: subnetId, security_groups: ['default', 'odd'] }))).toEqual([
      '/security_groups/1',
    ]);
    expect(pointers(await create({ subnet: subnetId, cluster: 'nowhere' }))).toEqual(['/cluster']);
  });

  it('passes over a cluster that cannot do it, and says which field it is when that cluster is named', async () => {
    const allowed_address_pairs = [{ ip_address: '192.0.2.7' }];
    for (let i = 0; i < 3; i++) {
      const answer = await create({ subnet: subnetId, allowed_address_pairs });
      expect(portIn(answer).cluster_id).toBe(clusters.get('east-2'));
    }
    const named = await create({ subnet: subnetId, allowed_address_pairs, cluster: 'east-1' });
    expect([named.status, named.body['code']]).toEqual([409, 'network_capability_missing']);
    expect(pointers(named)).toEqual(['/allowed_address_pairs']);
  });

  it('explains, cluster by cluster, why none can have it', async () => {
    for (const cluster of ['east-1', 'east-2'])
      await api.ask('PATCH', `/v1/clusters/${clusters.get(cluster)}`, { body: { state: 'draining' } });
    const answer = await create({ subnet: subnetId, qos_policy_id: await newPolicy() });
    for (const cluster of ['east-1', 'east-2'])
      await api.ask('PATCH', `/v1/clusters/${clusters.get(cluster)}`, { body: { state: 'enabled' } });
    expect([answer.status, answer.body['code']]).toEqual([507, 'network_no_cluster_fits']);
    expect(answer.body['explain']).toEqual({
      clusters: [
        {
          cluster: 'east-1',
          reasons: [expect.stringContaining('qos_bandwidth_limit'), 'it is draining'],
        },
        { cluster: 'east-2', reasons: ['it is draining'] },
      ],
    });
  });

  it('plans without doing', async () => {
    const before = (await api.ask('GET', '/v1/ports?limit=1000')).body['ports'] as unknown[];
    const answer = await create({ vpc: vpcId, dry_run: true });
    expect(answer.status).toBe(200);
    const { port } = answer.body['plan'] as { port: Shown };
    expect(port.fixed_ips).toHaveLength(1);
    expect((await api.ask('GET', `/v1/ports/${port.id}`)).status).toBe(404);
    expect((await api.ask('GET', '/v1/ports?limit=1000')).body['ports']).toHaveLength(before.length);
    // The address was not taken either.
    const next = portIn(await create({ vpc: vpcId, cluster: port.cluster_id }));
    expect(next.fixed_ips).toEqual(port.fixed_ips);
  });

  it('does once what comes twice with one key', async () => {
    const headers = { 'idempotency-key': 'port-once' };
    const [first, second] = await Promise.all([
      create({ subnet: subnetId }, { headers }),
      create({ subnet: subnetId }, { headers }),
    ]);
    expect(portIn(first).id).toBe(portIn(second).id);
    expect((await create({ subnet: subnetId, name: 'x' }, { headers })).status).toBe(422);
  });
});

describe('a port', () => {
  it('is changed by its version, and not while it changes', async () => {
    const port = await activePort();
    const patch = (body: object, etag = `"${port.version}"`) =>
      api.ask('PATCH', `/v1/ports/${port.id}`, { body, headers: { 'if-match': etag } });
    expect((await patch({ admin_state_up: false }, '"99"')).status).toBe(412);
    const changed = await patch({ admin_state_up: false, name: 'back' });
    expect(changed.status).toBe(202);
    expect(portIn(changed)).toMatchObject({ status: 'updating', admin_state_up: false, name: 'back' });
    expect(taskIn(changed).kind).toBe('port.update');
    const again = await api.ask('PATCH', `/v1/ports/${port.id}`, { body: { name: 'x' } });
    expect([again.status, again.body['code'], again.body['retryable']]).toEqual([
      409,
      'port_state_conflict',
      true,
    ]);
  });

  it('is put under a policy, which cannot go as long as it is', async () => {
    const policy = await newPolicy();
    const port = await activePort({ cluster: 'east-2' });
    const lame = await activePort({ cluster: 'east-1' });
    const refused = await api.ask('PATCH', `/v1/ports/${lame.id}`, { body: { qos_policy_id: policy } });
    expect([refused.status, refused.body['code']]).toEqual([409, 'network_capability_missing']);
    expect(pointers(refused)).toEqual(['/qos_policy_id']);
    const answer = await api.ask('PATCH', `/v1/ports/${port.id}`, { body: { qos_policy_id: policy } });
    expect(answer.status).toBe(202);
    const shown = await api.ask('GET', `/v1/qos_policies/${policy}`);
    expect(shown.body['clusters']).toEqual([
      expect.objectContaining({ cluster_id: clusters.get('east-2'), status: 'building' }),
    ]);
    const kept = await api.ask('DELETE', `/v1/qos_policies/${policy}`);
    expect([kept.status, kept.body['code'], kept.body['used_by']]).toEqual([
      409,
      'qos_policy_in_use',
      { ports: [port.id] },
    ]);
  });

  it('is deleted once, and answers with the task that does it', async () => {
    const port = await activePort();
    const first = await api.ask('DELETE', `/v1/ports/${port.id}`);
    expect([first.status, portIn(first).status]).toEqual([202, 'deleting']);
    const second = await api.ask('DELETE', `/v1/ports/${port.id}`);
    expect([second.status, taskIn(second).id]).toEqual([202, taskIn(first).id]);
  });

  it('is listed by what it is, page by page', async () => {
    const first = await api.ask('GET', `/v1/ports?limit=2&subnet_id=${subnetId}&sort=name`);
    expect(first.body['ports']).toHaveLength(2);
    expect((await api.ask('GET', String(first.body['next']))).status).toBe(200);
    const front = await api.ask('GET', '/v1/ports?name=front');
    expect(front.body['ports']).toEqual([expect.objectContaining({ name: 'front' })]);
  });

  it('of another project does not exist', async () => {
    const port = await activePort();
    const { token } = await api.tokenOf('member');
    for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const) {
      const answer = await api.ask(method, `/v1/ports/${port.id}`, { token, ...(body ? { body } : {}) });
      expect([answer.status, answer.body['code']]).toEqual([404, 'port_not_found']);
    }
    const foreign = await api.ask('POST', '/v1/ports', { token, body: { subnet: subnetId } });
    expect(pointers(foreign)).toEqual(['/subnet']);
    expect((await api.ask('GET', '/v1/ports', { token })).body['ports']).toEqual([]);
  });
});

describe('/v1/qos_policies', () => {
  it('are written down at once, and refused with every wrong field', async () => {
    const body = {
      name: 'odd',
      bandwidth_limits: [
        { direction: 'egress', max_kbps: 10, max_burst_kbps: 5000 },
        { direction: 'egress', max_kbps: 20 },
      ],
    };
    const answer = await api.ask('POST', '/v1/qos_policies', { body });
    expect(pointers(answer)).toEqual(['/bandwidth_limits/0/max_burst_kbps', '/bandwidth_limits/1/direction']);
    const zero = await api.ask('POST', '/v1/qos_policies', {
      body: { name: 'zero', bandwidth_limits: [{ direction: 'up', max_kbps: 0 }] },
    });
    expect(pointers(zero)).toEqual(['/bandwidth_limits/0/direction', '/bandwidth_limits/0/max_kbps']);
  });

  it('change and go without a task where no cluster has them', async () => {
    const policy = await newPolicy();
    const limits = [{ direction: 'ingress', max_kbps: 500 }];
    const changed = await api.ask('PATCH', `/v1/qos_policies/${policy}`, {
      body: { bandwidth_limits: limits },
    });
    expect([changed.status, changed.body['task']]).toEqual([200, null]);
    expect(changed.body['qos_policy']).toMatchObject({
      bandwidth_limits: [{ direction: 'ingress', max_kbps: 500, max_burst_kbps: 0 }],
    });
    const gone = await api.ask('DELETE', `/v1/qos_policies/${policy}`);
    expect([gone.status, (gone.body['qos_policy'] as Shown).status]).toEqual([200, 'deleted']);
  });
});
