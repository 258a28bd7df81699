import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { AddressService } from '@ultron/network/address-plan/address/address.service';
import { AddressWithdrawal } from '@ultron/network/address-plan/address/address-withdrawal';
import {
  api,
  builtVpc,
  build,
  clusterId,
  expectProblem,
  get,
  newVpc,
  part,
  post,
  segmentsOf,
  startPlanApi,
  usageOf,
} from './plan-api.fixture.js';

jest.setTimeout(60_000);

beforeAll(startPlanApi);
afterAll(() => api.close());

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
    // Field by field: MySQL keeps the fields of a stored answer in an order of its own.
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
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
    const headers = { 'if-match': String((await get(path, { token })).headers['etag']) };
    expect((await api.ask('PUT', path, { body: { addresses: 6 }, headers })).status).toBe(200);
    expect((await api.ask('PUT', path, { body: { addresses: 7 }, headers })).status).toBe(412);
    expect((await api.ask('PUT', path, { body: { addresses: 5 } })).status).toBe(200);
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
