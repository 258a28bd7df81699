import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { AddressService } from '@ultron/network/address-plan/address/address.service';
import { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import { type Answer, TestApi } from '../../testing/api.fixture.js';
import { addProbedClusters } from '../../testing/compute.fixture.js';

interface Segment {
  id: string;
  cidr: string;
  state: string;
  cluster: { id: string; name: string } | null;
  free: number;
  bound: number;
  taken_out: number;
}
interface ClusterUsage {
  cluster: { id: string; name: string };
  free: number;
  coming: number;
  replenishable: number;
  largest_batch: number;
  idle: boolean;
}

let api: TestApi;
let clusters: Map<string, string>;
beforeAll(async () => {
  api = await TestApi.start();
  const rooms = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`east-${n}`, 500]));
  clusters = await addProbedClusters(api, rooms);
}, 60_000);
afterAll(() => api.close());

const part = <T>(type: new (...args: never[]) => T): T => api.app.get(type, { strict: false });
const post = (path: string, body: object, more: object = {}): Promise<Answer> =>
  api.ask('POST', path, { body, ...more });
const get = (path: string, more: object = {}): Promise<Answer> => api.ask('GET', path, more);
const clusterId = (name: string): string => clusters.get(name) ?? '';

let pools = 0;
/** A VPC in a pool of its own. */
async function newVpc(body: object = {}): Promise<string> {
  const pool = `pool-${pools}`;
  await post('/v1/address_pools', { name: pool, cidr: `10.${pools++}.0.0/16` });
  const made = await post('/v1/vpcs', { name: 'shop', address_pool: pool, idcs: ['east'], ...body });
  expect(made.status).toBe(201);
  return String(made.body['id']);
}
/** Its subnet, not yet built. */
async function newSubnet(vpcId: string): Promise<string> {
  const made = await post(`/v1/vpcs/${vpcId}/subnets`, { idc: 'east' });
  expect(made.status).toBe(202);
  return (made.body['subnet'] as { id: string }).id;
}
async function segmentsOf(subnetId: string, query = ''): Promise<Segment[]> {
  return (await get(`/v1/subnets/${subnetId}/segments${query}`)).body['segments'] as Segment[];
}
/** What conductors would do. */
async function build(subnetId: string): Promise<void> {
  const segments = part(SegmentService);
  for (const { id, state } of await segmentsOf(subnetId)) {
    if (state === 'reserved') {
      await segments.beginCreating(id);
      await segments.activate(id);
    }
  }
}
async function builtVpc(): Promise<{ vpcId: string; subnetId: string }> {
  const vpcId = await newVpc();
  const subnetId = await newSubnet(vpcId);
  await build(subnetId);
  return { vpcId, subnetId };
}
async function usageOf(vpcId: string, name: string): Promise<ClusterUsage | undefined> {
  const { body } = await get(`/v1/vpcs/${vpcId}/usage`);
  return (body['clusters'] as ClusterUsage[]).find(({ cluster }) => cluster.name === name);
}
function expectProblem(answer: Answer, status: number, code: string, pointer?: string): void {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  if (pointer !== undefined) {
    expect((answer.body['errors'] as { pointer: string }[]).map((one) => one.pointer)).toContain(pointer);
  }
}

describe('address pools', () => {
  it('warn of public space, are listed, and are deleted when nothing is cut from them', async () => {
    const body = { name: 'public', cidr: '11.0.0.0/8' };
    const planned = await post('/v1/address_pools', { ...body, dry_run: true });
    expect(planned).toMatchObject({ status: 200, body: { vpcs_total: 4096 } });
    const made = await post('/v1/address_pools', body);
    expect(made).toMatchObject({
      status: 201,
      body: { cidr: '11.0.0.0/8', vpc_prefix: 20, subnet_prefix: 22, segment_prefix: 25, vpcs_used: 0 },
    });
    expect(made.body['warnings']).toHaveLength(1);
    const listed = await get('/v1/address_pools?name=public');
    expect(listed.body['address_pools']).toMatchObject([{ id: made.body['id'] }]);
    const vpc = await post('/v1/vpcs', { name: 'a', address_pool: 'public' });
    expect(vpc.body).toMatchObject({ cidr: '11.0.0.0/20', warnings: [expect.stringContaining('public')] });
    const inUse = await api.ask('DELETE', `/v1/address_pools/${made.body['id']}`);
    expectProblem(inUse, 409, 'address_pool_in_use');
    expect(inUse.body['vpcs']).toEqual([vpc.body['id']]);
    const spare = await post('/v1/address_pools', { name: 'spare', cidr: '172.16.0.0/16' });
    expect((await api.ask('DELETE', `/v1/address_pools/${spare.body['id']}`)).status).toBe(204);
    expectProblem(await get(`/v1/address_pools/${spare.body['id']}`), 404, 'address_pool_not_found');
  });

  it.each([
    [{ cidr: '192.168.0.1/16' }, 422, 'cidr_host_bits', '/cidr'],
    [{ cidr: '192.168.0.0' }, 422, 'cidr_invalid', '/cidr'],
    [{ cidr: '192.168.0.0/33' }, 422, 'cidr_invalid', '/cidr'],
    [{ cidr: 'fd00::/32' }, 422, 'ipv6_unsupported', '/cidr'],
    [{ cidr: '192.168.0.0/16', subnet_prefix: 19 }, 422, 'prefixes_invalid', '/subnet_prefix'],
    [{ cidr: '11.16.0.0/12' }, 409, 'address_pool_overlaps', undefined],
    [{ name: 'public' }, 409, 'address_pool_name_taken', undefined],
  ])('refuse %j', async (body, status, code, pointer) => {
    const wish = { name: 'wrong', cidr: '192.168.0.0/16', ...body };
    expectProblem(await post('/v1/address_pools', wish), status, code, pointer);
    expectProblem(await post('/v1/address_pools', { ...wish, dry_run: true }), status, code, pointer);
  });

  it('are made by operators alone', async () => {
    const { token } = await api.tokenOf('member');
    expect((await post('/v1/address_pools', { name: 'mine' }, { token })).status).toBe(403);
    expect((await get('/v1/address_pools', { token })).status).toBe(200);
  });
});

describe('VPCs', () => {
  it('are made at once, once per key, and changed under their entity tag', async () => {
    const vpcId = await newVpc();
    const shown = await get(`/v1/vpcs/${vpcId}`);
    expect(shown.body).toMatchObject({
      status: 'active',
      realisation: 'routed',
      sharing: 'hold_back',
      subnets_used: 0,
      subnets_total: 4,
      idcs: [{ name: 'east', subnets: 0, kept: true }],
    });
    const tag = String(shown.headers['etag']);
    const patch = (ifMatch: string, body: object) =>
      api.ask('PATCH', `/v1/vpcs/${vpcId}`, { body, headers: { 'if-match': ifMatch } });
    expect(await patch(tag, { name: 'store', sharing: 'all' })).toMatchObject({
      status: 200,
      body: { name: 'store', sharing: 'all' },
    });
    expectProblem(await patch(tag, { name: 'x' }), 412, 'stale_etag');
    const headers = { 'idempotency-key': newId() };
    const wish = { name: 'twice', address_pool: 'pool-0' };
    const [first, second] = [
      await post('/v1/vpcs', wish, { headers }),
      await post('/v1/vpcs', wish, { headers }),
    ];
    expect(second.body['id']).toBe(first.body['id']);
    expectProblem(
      await post('/v1/vpcs', { ...wish, name: 'other' }, { headers }),
      422,
      'idempotency_key_reused',
    );
    const planned = await post('/v1/vpcs', { ...wish, dry_run: true });
    expect(planned.status).toBe(200);
    expectProblem(await get(`/v1/vpcs/${planned.body['id']}`), 404, 'vpc_not_found');
  });

  it('take the block that they ask for, and say what is wrong with one', async () => {
    await post('/v1/address_pools', { name: 'chosen', cidr: '172.31.0.0/16' });
    const ask = (cidr: string) => post('/v1/vpcs', { name: 'a', address_pool: 'chosen', cidr });
    expect((await ask('172.31.16.0/20')).body).toMatchObject({ cidr: '172.31.16.0/20' });
    expectProblem(await ask('172.31.16.0/20'), 409, 'cidr_overlaps', '/cidr');
    expectProblem(await ask('172.31.17.0/20'), 422, 'cidr_host_bits', '/cidr');
    expectProblem(await ask('172.31.32.0/21'), 422, 'cidr_misaligned', '/cidr');
    expectProblem(await ask('172.30.0.0/20'), 422, 'cidr_outside', '/cidr');
    const next = await Promise.all([1, 2].map(() => post('/v1/vpcs', { name: 'b', address_pool: 'chosen' })));
    const blocks = next.map(({ body }) => body['cidr']);
    expect(blocks.toSorted()).toEqual(['172.31.0.0/20', '172.31.32.0/20']);
    expectProblem(
      await post('/v1/vpcs', { name: 'a', idcs: ['nowhere'] }),
      422,
      'unknown_reference',
      '/idcs/0',
    );
    expectProblem(
      await post('/v1/vpcs', { name: 'a', address_pool: 'none' }),
      422,
      'unknown_reference',
      '/address_pool',
    );
  });

  it('belong to their project', async () => {
    const { token } = await api.tokenOf('member');
    const other = (await api.tokenOf('member')).token;
    const made = await post('/v1/vpcs', { name: 'mine', address_pool: 'pool-0' }, { token });
    expect(made.status).toBe(201);
    const path = `/v1/vpcs/${made.body['id']}`;
    expect((await get(path, { token })).status).toBe(200);
    for (const more of ['', '/usage', '/subnets', '/addresses']) {
      expectProblem(await get(`${path}${more}`, { token: other }), 404, 'vpc_not_found');
    }
    expectProblem(await post(`${path}/subnets`, { idc: 'east' }, { token: other }), 404, 'vpc_not_found');
    const subnet = await post(`${path}/subnets`, { idc: 'east' }, { token });
    const { id } = subnet.body['subnet'] as { id: string };
    for (const more of ['', '/segments']) {
      expectProblem(await get(`/v1/subnets/${id}${more}`, { token: other }), 404, 'subnet_not_found');
    }
    expectProblem(await api.ask('DELETE', `/v1/subnets/${id}`, { token: other }), 404, 'subnet_not_found');
    const listed = (await get('/v1/vpcs', { token })).body['vpcs'] as { id: string }[];
    expect(listed.map((vpc) => vpc.id)).toEqual([made.body['id']]);
    expect((await get('/v1/vpcs', { token: other })).body['vpcs']).toEqual([]);
  });
});

describe('subnets', () => {
  it('are cut evenly, built in every cluster by a task, and shown as a map', async () => {
    const vpcId = await newVpc();
    const planned = await post(`/v1/vpcs/${vpcId}/subnets`, { idc: 'east', dry_run: true });
    expect(planned.status).toBe(200);
    expect(planned.body['dealt']).toHaveLength(5);
    expect((await get(`/v1/vpcs/${vpcId}/subnets`)).body['subnets']).toEqual([]);
    const made = await post(`/v1/vpcs/${vpcId}/subnets`, { idc: 'east' });
    const subnet = made.body['subnet'] as { id: string };
    expect(made.headers['location']).toBe(`/v1/subnets/${subnet.id}`);
    expect(subnet).toMatchObject({ status: 'building', free: 0, coming: 620 });
    const task = made.body['task'] as { id: string; kind: string };
    expect(made.headers['operation-location']).toBe(`/v1/tasks/${task.id}`);
    expect(task.kind).toBe('subnet.create');
    const items = await get(`/v1/tasks/${task.id}/items`);
    expect(items.body['items']).toHaveLength(5);
    await build(subnet.id);
    expect((await get(`/v1/subnets/${subnet.id}`)).body).toMatchObject({ status: 'active', free: 620 });
    const map = await segmentsOf(subnet.id);
    expect(map.map(({ state }) => state)).toEqual([...Array(5).fill('active'), 'spare', 'spare']);
    expect(map[0]).toMatchObject({ cluster: { name: 'east-1' }, free: 124 });
    const pages = await get(`/v1/subnets/${subnet.id}/segments?limit=4`);
    const rest = await get(String(pages.body['next']));
    expect([...(pages.body['segments'] as Segment[]), ...(rest.body['segments'] as Segment[])]).toEqual(map);
    expect(await segmentsOf(subnet.id, '?cluster=east-2')).toHaveLength(1);
    expect(await segmentsOf(subnet.id, '?state=spare')).toHaveLength(2);
    await part(SegmentService).fail(map[0]?.id ?? '');
    expect((await get(`/v1/subnets/${subnet.id}`)).body).toMatchObject({ status: 'degraded' });
  });

  it('are refused where there is no cluster, or no room', async () => {
    await post('/v1/idcs', { name: 'west' });
    const vpcId = await newVpc({ idcs: ['east', 'west'] });
    const ask = (idc: string, more = {}) => post(`/v1/vpcs/${vpcId}/subnets`, { idc, ...more });
    expectProblem(await ask('west'), 422, 'idc_without_clusters');
    expectProblem(await ask('nowhere'), 422, 'unknown_reference', '/idc');
    expectProblem(await ask('east', { cidr: '10.200.0.0/22' }), 422, 'cidr_outside', '/cidr');
    for (let i = 0; i < 3; i++) await newSubnet(vpcId);
    const full = await ask('east');
    expectProblem(full, 409, 'vpc_slots_exhausted');
    const [west] = full.body['kept_for'] as string[];
    const given = await api.ask('DELETE', `/v1/vpcs/${vpcId}/idcs/${west}`);
    expect(given).toMatchObject({ status: 200, body: { idcs: [{ name: 'east', subnets: 3 }] } });
    expect((await ask('east')).status).toBe(202);
  });

  it('are deleted when no port is left, and refused with the list while one is', async () => {
    const { vpcId, subnetId } = await builtVpc();
    const addresses = part(AddressService);
    const reservationId = newId();
    const east = clusterId('east-1');
    const got = await addresses.allocate({ reservationId, vpcId, clusterId: east, count: 2 });
    const [first] = got.addresses;
    await addresses.confirm([{ reservationId, address: first?.address ?? '', portId: 'port-1' }]);
    const refused = await api.ask('DELETE', `/v1/subnets/${subnetId}`);
    expectProblem(refused, 409, 'subnet_in_use');
    expect(refused.body['addresses']).toMatchObject([{ address: first?.address, port_id: 'port-1' }, {}]);
    expectProblem(await api.ask('DELETE', `/v1/vpcs/${vpcId}`), 409, 'vpc_in_use');
    await addresses.release([reservationId]);
    const stale = { headers: { 'if-match': '"0"' } };
    expectProblem(await api.ask('DELETE', `/v1/subnets/${subnetId}`, stale), 412, 'stale_etag');
    const gone = await api.ask('DELETE', `/v1/subnets/${subnetId}`);
    expect(gone).toMatchObject({ status: 202, body: { subnet: { status: 'deleting' } } });
    expect(gone.body['task']).toMatchObject({ kind: 'subnet.delete' });
    const late = { reservationId: newId(), vpcId, clusterId: east, count: 1 };
    await expect(addresses.allocate(late)).rejects.toMatchObject({ code: 'cluster_addresses_exhausted' });
    const empty = await newVpc();
    expect(await api.ask('DELETE', `/v1/vpcs/${empty}`)).toMatchObject({
      status: 202,
      body: { vpc: { status: 'deleting' }, task: { kind: 'vpc.delete' } },
    });
    expectProblem(await post(`/v1/vpcs/${empty}/subnets`, { idc: 'east' }), 409, 'vpc_deleting');
  });
});

describe('supplements', () => {
  it('deal spare segments, then new subnets, until nothing is left', async () => {
    const { vpcId, subnetId } = await builtVpc();
    const ask = (addresses: number, more: object = {}) =>
      post(`/v1/subnets/${subnetId}/supplement`, { cluster: 'east-3', addresses, ...more });
    expect(await ask(100)).toMatchObject({ status: 200, body: { supplement: { kind: 'enough' } } });
    const planned = await ask(300, { dry_run: true });
    expect(planned).toMatchObject({ status: 200, body: { supplement: { kind: 'spare', short: 0 } } });
    expect(await segmentsOf(subnetId, '?state=spare')).toHaveLength(2);
    const given = await ask(300);
    expect(given).toMatchObject({ status: 202, body: { task: { kind: 'subnet.supplement' } } });
    expect(await usageOf(vpcId, 'east-3')).toMatchObject({ free: 124, coming: 252 });
    expect(await ask(300)).toMatchObject({ status: 200, body: { supplement: { kind: 'coming' } } });
    await build(subnetId);
    const within = await ask(2000, { within_subnet: true });
    expect(within).toMatchObject({ status: 202, body: { supplement: { kind: 'spare' } } });
    for (let i = 0; i < 3; i++) {
      const more = await post(`/v1/vpcs/${vpcId}/supplement`, { cluster: 'east-3', addresses: 4000 });
      expect(more).toMatchObject({ status: 202, body: { supplement: { kind: 'new_subnet' } } });
    }
    const dry = await ask(4000);
    expectProblem(dry, 409, 'vpc_addresses_exhausted');
    expect(dry.body['free_in_clusters']).toHaveLength(4);
    expectProblem(await ask(1, { cluster: 'nobody' }), 422, 'unknown_reference', '/cluster');
  });
});

describe('many who ask at once', () => {
  it('cause one supplement', async () => {
    const { vpcId } = await builtVpc();
    const body = { cluster: 'east-2', addresses: 600 };
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => post(`/v1/vpcs/${vpcId}/supplement`, body)),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(39);
    expect((await get(`/v1/vpcs/${vpcId}/subnets`)).body['subnets']).toHaveLength(2);
    expect((await get(`/v1/vpcs/${vpcId}/usage`)).body).toMatchObject({ supplements: 1 });
    const kinds = answers.map((one) => (one.body['supplement'] as { kind: string }).kind);
    expect(new Set(kinds)).toEqual(new Set(['new_subnet', 'coming']));
  });

  it('with one key make one subnet, one task, and get one answer', async () => {
    const vpcId = await newVpc();
    const headers = { 'idempotency-key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(`/v1/vpcs/${vpcId}/subnets`, { idc: 'east' }, { headers })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await get(`/v1/vpcs/${vpcId}/subnets`)).body['subnets']).toHaveLength(1);
    const other = await post(
      `/v1/vpcs/${vpcId}/supplement`,
      { cluster: 'east-1', addresses: 300 },
      { headers },
    );
    expectProblem(other, 422, 'idempotency_key_reused');
  });
});

describe('usage and what-ifs', () => {
  it('show where addresses are, what a supplement would bring, and what is stranded', async () => {
    const { vpcId, subnetId } = await builtVpc();
    const request = { reservationId: newId(), vpcId, clusterId: clusterId('east-1'), count: 24 };
    await part(AddressService).allocate(request);
    expect(await usageOf(vpcId, 'east-1')).toMatchObject({
      ...{ free: 100, coming: 0, reserved: 24, infra: 4, low_water: 32, used_per_hour: 24, idle: false },
    });
    const { body } = await get(`/v1/vpcs/${vpcId}/usage`);
    expect(body).toMatchObject({ free: 596, supplements: 0 });
    expect(body['stranded_ratio']).toBeCloseTo(496 / 596, 3);
    const usage = await usageOf(vpcId, 'east-2');
    expect(usage?.largest_batch).toBe(124 + (usage?.replenishable ?? 0));
    const listed = await get(`/v1/vpcs/${vpcId}/addresses?state=reserved&limit=20`);
    const rest = await get(String(listed.body['next']));
    expect((listed.body['addresses'] as object[]).length + (rest.body['addresses'] as object[]).length).toBe(
      24,
    );
    const segment = (await segmentsOf(subnetId))[1];
    const foreign = segment?.cidr.replace('.128/25', '.200') ?? '';
    const port = { vpcId, clusterId: clusterId('east-2'), purpose: 'foreign' as const, portId: 'theirs' };
    expect(await part(AddressWithdrawal).takeOut({ ...port, address: foreign })).toBe('taken_out');
    const out = await get(`/v1/vpcs/${vpcId}/addresses?purpose=foreign&cluster=east-2`);
    expect(out.body['addresses']).toMatchObject([{ address: foreign, state: 'infra', port_id: 'theirs' }]);
    expect((await segmentsOf(subnetId))[1]).toMatchObject({ taken_out: 1, free: 123 });
  });

  it('a batch as large as the usage says is possible finds its addresses, and one more does not', async () => {
    const { vpcId } = await builtVpc();
    const most = (await usageOf(vpcId, 'east-3'))?.largest_batch ?? 0;
    const simulate = async (servers: number) =>
      (await post(`/v1/vpcs/${vpcId}/supplement`, { cluster: 'east-3', addresses: servers, dry_run: true }))
        .body['supplement'];
    expect(await simulate(most)).toMatchObject({ short: 0 });
    expect(await simulate(most + 1)).toMatchObject({ short: 1 });
  });

  it('answer what if 300 servers go to a cluster, and keep nothing of it', async () => {
    const { vpcId, subnetId } = await builtVpc();
    const before = await segmentsOf(subnetId);
    const placements = [
      { cluster: 'east-3', servers: 300 },
      { cluster: 'east-4', servers: 4000 },
    ];
    const { status, body } = await post(`/v1/vpcs/${vpcId}/simulate`, { placements });
    expect(status).toBe(200);
    const [some, many] = body['placements'] as Record<string, unknown>[];
    expect(some).toMatchObject({
      ...{ cluster: { name: 'east-3' }, at_once: 124, after_building: 176, refused: 0, problem: null },
      new_subnets: 0,
    });
    // What was just used up is what the next hour is given too.
    expect(some?.['dealt']).toHaveLength(2);
    expect(many).toMatchObject({ new_subnets: 3, problem: { code: 'vpc_addresses_exhausted' } });
    expect(many?.['refused']).toBeGreaterThan(0);
    expect(await segmentsOf(subnetId)).toEqual(before);
    expect((await get(`/v1/vpcs/${vpcId}/subnets`)).body['subnets']).toHaveLength(1);
    expectProblem(
      await post(`/v1/vpcs/${vpcId}/simulate`, { placements: [{ cluster: 'x', servers: 1 }] }),
      422,
      'unknown_reference',
      '/placements/0/cluster',
    );
  });
});

describe('clusters of a VPC', () => {
  it('are added where they have nothing yet, and taken out when they are not in use any more', async () => {
    const { vpcId, subnetId } = await builtVpc();
    const add = (cluster: string, more = {}) => post(`/v1/vpcs/${vpcId}/clusters`, { cluster, ...more });
    expect(await add('east-5')).toMatchObject({ status: 200, body: { kind: 'has_some' } });
    const path = `/v1/vpcs/${vpcId}/clusters/east-5`;
    expectProblem(await api.ask('DELETE', path), 409, 'cluster_still_enabled');
    const removed = await api.ask('DELETE', `/v1/clusters/${clusterId('east-5')}`);
    expectProblem(removed, 409, 'cluster_in_use');
    expect(removed.body['detail']).toContain('segment');
    const state = async (to: string) => {
      const shown = await get(`/v1/clusters/${clusterId('east-5')}`);
      const headers = { 'if-match': String(shown.headers['etag']) };
      await api.ask('PATCH', `/v1/clusters/${clusterId('east-5')}`, { body: { state: to }, headers });
    };
    await state('draining');
    expect(await api.ask('DELETE', path)).toMatchObject({
      status: 202,
      body: { draining: 1, still_held: 0, task: { kind: 'subnet.retire_cluster' } },
    });
    expect(await segmentsOf(subnetId, '?cluster=east-5')).toMatchObject([{ state: 'draining' }]);
    expectProblem(await add('east-5'), 409, 'cluster_not_eligible');
    await state('enabled');
    expect(await add('east-5', { dry_run: true })).toMatchObject({ status: 200, body: { kind: 'spare' } });
    expect(await add('east-5')).toMatchObject({ status: 202, body: { kind: 'spare' } });
  });
});

describe('the metrics', () => {
  it('show the same as the usage, of the VPCs that run dry first', async () => {
    const { text } = await get('/metrics');
    const value = (series: string) => Number(new RegExp(`^${series} (.*)$`, 'm').exec(text)?.[1]);
    const { body } = await get('/v1/vpcs?limit=1000');
    const [vpc] = (body['vpcs'] as { id: string; subnets_used: number; status: string }[]).filter(
      (one) => one.subnets_used > 0 && one.status === 'active',
    );
    const usage = await usageOf(vpc?.id ?? '', 'east-1');
    const labels = `vpc="${vpc?.id}",cluster="east-1"`;
    expect(value(`ultron_vpc_addresses\\{${labels},state="free"\\}`)).toBe(usage?.free);
    expect(value(`ultron_vpc_largest_batch\\{${labels}\\}`)).toBe(usage?.largest_batch);
    expect(value('ultron_addresses\\{cluster="east-1",state="free"\\}')).toBeGreaterThan(0);
    expect(value('ultron_address_supplements')).toBeGreaterThan(0);
    expect(value('ultron_addresses_stranded_ratio')).toBeGreaterThan(0);
    expect(text).toMatch(/^ultron_vpc_exhausted_seconds\{.*\} \d+$/m);
    expect(text.match(/^ultron_vpc_stranded_ratio\{/gm)?.length).toBeLessThanOrEqual(100);
  });
});

describe('address quotas', () => {
  it('are set by operators and seen by their project', async () => {
    const { token, projectId } = await api.tokenOf('member');
    const path = `/v1/address_quotas/${projectId}`;
    expect((await get(path, { token })).body).toEqual({ project_id: projectId, addresses: null, held: 0 });
    expect((await api.ask('PUT', path, { body: { addresses: 5 }, token })).status).toBe(403);
    expect((await api.ask('PUT', path, { body: { addresses: 5 } })).body).toMatchObject({ addresses: 5 });
    const other = (await api.tokenOf('member')).token;
    expectProblem(await get(path, { token: other }), 404, 'project_not_found');
    const made = await post('/v1/vpcs', { name: 'limited', address_pool: 'pool-0' }, { token });
    const vpcPath = `/v1/vpcs/${made.body['id']}`;
    await post(`${vpcPath}/subnets`, { idc: 'east' }, { token });
    const placements = [{ cluster: 'east-1', servers: 600 }];
    const { body } = await post(`${vpcPath}/simulate`, { placements }, { token });
    expect(body['placements']).toMatchObject([
      { refused: 595, dealt: [], problem: { code: 'address_quota_exceeded' } },
    ]);
  });
});
