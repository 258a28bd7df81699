import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApi } from '../../testing/api.fixture.js';
import { addProbedClusters } from '../../testing/compute.fixture.js';
import { builtVpc, equip, makePortActive, makeRouterActive } from '../../testing/network.fixture.js';

interface Shown {
  id: string;
  status: string;
  version: number;
  task_id: string;
  cluster_id: string;
  clusters: { cluster_id: string; status: string }[];
}

let api: TestApi;
let clusters: Map<string, string>;
let nets = 0;
beforeAll(async () => {
  api = await TestApi.start();
  clusters = await addProbedClusters(api, { 'east-1': 100, 'east-2': 100 });
  await equip(api, clusters);
}, 60_000);
afterAll(() => api.close());

const vpc = (more: object = {}) => {
  nets++;
  return builtVpc(api, { name: `net-${nets}`, cidr: `10.${nets}.0.0/16`, ...more });
};
const post = (path: string, body: object, more: object = {}): Promise<Answer> =>
  api.ask('POST', path, { body, ...more });
const thing = (answer: Answer, name: string): Shown => answer.body[name] as Shown;
const taskIn = (answer: Answer) => answer.body['task'] as { id: string; kind: string };
const pointers = (answer: Answer): string[] =>
  (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).toSorted();

/** A VPC whose subnet leads out of every cluster. */
async function routed() {
  const built = await vpc();
  const made = await post('/v1/routers', {
    vpc: built.vpcId,
    external_network: 'public',
    subnets: [built.subnetId],
  });
  const routerId = thing(made, 'router').id;
  await makeRouterActive(api, routerId);
  return { ...built, routerId };
}

async function activePort(subnetId: string, cluster = 'east-1'): Promise<string> {
  const { id, task_id: taskId } = thing(await post('/v1/ports', { subnet: subnetId, cluster }), 'port');
  await makePortActive(api, id, taskId);
  return id;
}

describe('POST /v1/routers', () => {
  it('gives each cluster that has a segment a router of its own', async () => {
    const { vpcId, subnetId } = await vpc();
    const answer = await post('/v1/routers', {
      vpc: vpcId,
      name: 'edge',
      external_network: 'public',
      subnets: [subnetId],
    });
    expect(answer.status).toBe(202);
    const router = thing(answer, 'router');
    expect(router).toMatchObject({ name: 'edge', status: 'building', vpc_id: vpcId });
    expect(router.clusters.map(({ cluster_id }) => cluster_id)).toEqual([...clusters.values()].toSorted());
    expect(answer.headers['operation-location']).toBe(`/v1/tasks/${taskIn(answer).id}`);
    const task = await api.ask('GET', `/v1/tasks/${taskIn(answer).id}`);
    expect(task.body).toMatchObject({ kind: 'router.create', progress: { total: 2, done: 0 } });
    const busy = await api.ask('PATCH', `/v1/routers/${router.id}`, { body: { name: 'x' } });
    expect([busy.status, busy.body['code']]).toEqual([409, 'router_state_conflict']);
    expect((await api.ask('GET', '/v1/routers?name=edge')).body['routers']).toHaveLength(1);
  });

  it('is only written down as long as no subnet is attached', async () => {
    const { vpcId, subnetId } = await vpc();
    const answer = await post('/v1/routers', { vpc: vpcId });
    expect([answer.status, answer.body['task']]).toEqual([201, null]);
    const { id } = thing(answer, 'router');
    const plan = await post(`/v1/routers/${id}/interfaces`, { subnet_id: subnetId, dry_run: true });
    const planned = (plan.body['plan'] as { router: Shown }).router;
    expect([plan.status, planned.clusters.length]).toEqual([200, 2]);
    const attached = await post(`/v1/routers/${id}/interfaces`, { subnet_id: subnetId });
    expect([attached.status, taskIn(attached).kind]).toEqual([202, 'router.update']);
    await makeRouterActive(api, id);
    const gone = await api.ask('DELETE', `/v1/routers/${id}/interfaces/${subnetId}`);
    expect([gone.status, thing(gone, 'router').clusters.map(({ status }) => status)]).toEqual([
      202,
      ['deleting', 'deleting'],
    ]);
    const none = await api.ask('DELETE', `/v1/routers/${id}/interfaces/${subnetId}`);
    expect(none.status).toBe(409);
  });

  it('refuses what cannot be, and says why', async () => {
    const { vpcId, subnetId } = await vpc();
    const stretched = await vpc({ realisation: 'stretched' });
    const refusals = [
      [{ vpc: 'nowhere' }, 422, 'invalid_body', '/vpc'],
      [{ vpc: stretched.vpcId }, 422, 'router_needs_routed_vpc', '/vpc'],
      [{ vpc: vpcId, external_network: 'private' }, 422, 'invalid_body', '/external_network'],
      [{ vpc: vpcId, external_network: 'nowhere' }, 422, 'invalid_body', '/external_network'],
      [{ vpc: vpcId, subnets: [stretched.subnetId] }, 422, 'invalid_body', '/subnets/0'],
    ] as const;
    for (const [body, status, code, pointer] of refusals) {
      const answer = await post('/v1/routers', body);
      expect([answer.status, answer.body['code'], pointers(answer)]).toEqual([status, code, [pointer]]);
    }
    const first = thing(await post('/v1/routers', { vpc: vpcId, subnets: [subnetId] }), 'router');
    const second = await post('/v1/routers', { vpc: vpcId, subnets: [subnetId] });
    expect([second.status, second.body['code'], second.body['router_id']]).toEqual([
      409,
      'subnet_has_router',
      first.id,
    ]);
  });

  it('names the cluster that cannot have it, and does nothing', async () => {
    const { vpcId, subnetId } = await vpc();
    await equip(api, clusters, { 'east-2': ['router_gateways'] });
    const answer = await post('/v1/routers', {
      vpc: vpcId,
      external_network: 'public',
      subnets: [subnetId],
    });
    await equip(api, clusters);
    expect([answer.status, answer.body['code'], answer.body['cluster']]).toEqual([
      409,
      'network_capability_missing',
      'east-2',
    ]);
    expect(pointers(answer)).toEqual(['/external_network']);
    expect((await api.ask('GET', `/v1/routers?vpc_id=${vpcId}`)).body['routers']).toEqual([]);
  });
});

describe('POST /v1/floating_ips', () => {
  it('allocates one where the network leads out, and leads it to a port of that cluster', async () => {
    const { subnetId } = await routed();
    const portId = await activePort(subnetId);
    const plain = await post('/v1/floating_ips', { network: 'public', cluster: 'east-2' });
    expect(plain.status).toBe(202);
    expect(thing(plain, 'floating_ip')).toMatchObject({
      status: 'building',
      address: null,
      port_id: null,
      cluster_id: clusters.get('east-2'),
    });
    const led = await post('/v1/floating_ips', { network: 'public', port_id: portId });
    expect([led.status, taskIn(led).kind]).toEqual([202, 'floating_ip.create']);
    expect(thing(led, 'floating_ip')).toMatchObject({
      port_id: portId,
      cluster_id: clusters.get('east-1'),
    });
    const again = await post('/v1/floating_ips', { network: 'public', port_id: portId });
    expect([again.status, again.body['code']]).toEqual([409, 'floating_ip_port_taken']);
    // What leads there keeps port and router from going.
    const port = await api.ask('DELETE', `/v1/ports/${portId}`);
    expect([port.status, port.body['used_by']]).toEqual([
      409,
      { floating_ips: [thing(led, 'floating_ip').id] },
    ]);
  });

  it('refuses what cannot be, and says why', async () => {
    const { subnetId } = await routed();
    const portId = await activePort(subnetId);
    const alone = await vpc();
    const lost = await activePort(alone.subnetId);
    const building = thing(await post('/v1/ports', { subnet: subnetId }), 'port').id;
    const refusals = [
      [{ network: 'private' }, 422, 'external_network_missing', '/network'],
      [{ network: 'nowhere' }, 422, 'invalid_body', '/network'],
      [{ network: 'public', fixed_ip_address: '10.0.0.1' }, 422, 'invalid_body', '/fixed_ip_address'],
      [
        { network: 'public', port_id: portId, fixed_ip_address: '10.0.0.1' },
        422,
        'invalid_body',
        '/fixed_ip_address',
      ],
      [
        { network: 'public', port_id: portId, cluster: 'east-2' },
        422,
        'floating_ip_other_cluster',
        '/port_id',
      ],
      [{ network: 'public', port_id: lost }, 409, 'floating_ip_no_path', '/port_id'],
      [{ network: 'public', port_id: building }, 409, 'port_not_ready', '/port_id'],
    ] as const;
    for (const [body, status, code, pointer] of refusals) {
      const answer = await post('/v1/floating_ips', body);
      expect([answer.status, answer.body['code'], pointers(answer)]).toEqual([status, code, [pointer]]);
    }
  });

  it('keeps the router, its gateway and its legs as long as one leads through it', async () => {
    const { subnetId, routerId } = await routed();
    const portId = await activePort(subnetId);
    const ip = thing(await post('/v1/floating_ips', { network: 'public', port_id: portId }), 'floating_ip');
    const refused = await Promise.all([
      api.ask('DELETE', `/v1/routers/${routerId}`),
      api.ask('DELETE', `/v1/routers/${routerId}/interfaces/${subnetId}`),
      api.ask('PATCH', `/v1/routers/${routerId}`, { body: { external_network: null } }),
    ]);
    for (const answer of refused) {
      expect([answer.status, answer.body['code'], answer.body['used_by']]).toEqual([
        409,
        'router_in_use',
        { floating_ips: [ip.id] },
      ]);
    }
  });

  it('is limited where the cluster can do that', async () => {
    const policy = await post('/v1/qos_policies', {
      name: 'slow',
      bandwidth_limits: [{ direction: 'egress', max_kbps: 1000 }],
    });
    const body = { network: 'public', qos_policy_id: thing(policy, 'qos_policy').id };
    await equip(api, clusters, { 'east-1': ['qos_floating_ip'] });
    const chosen = await post('/v1/floating_ips', body);
    const named = await post('/v1/floating_ips', { ...body, cluster: 'east-1' });
    await equip(api, clusters);
    expect(thing(chosen, 'floating_ip').cluster_id).toBe(clusters.get('east-2'));
    expect([named.status, named.body['code'], pointers(named)]).toEqual([
      409,
      'network_capability_missing',
      ['/qos_policy_id'],
    ]);
  });

  it('plans without doing', async () => {
    const answer = await post('/v1/floating_ips', { network: 'public', dry_run: true });
    expect(answer.status).toBe(200);
    const { floating_ip: ip } = answer.body['plan'] as { floating_ip: Shown };
    expect((await api.ask('GET', `/v1/floating_ips/${ip.id}`)).status).toBe(404);
  });
});
