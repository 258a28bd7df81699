import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@ultron/kernel/id';
import { AddressService } from '@ultron/network/address-plan/address/address.service';
import { SegmentService } from '@ultron/network/address-plan/segment/segment.service';
import {
  api,
  builtVpc,
  build,
  clusterId,
  expectProblem,
  get,
  newSubnet,
  newVpc,
  part,
  post,
  segmentsOf,
  startPlanApi,
  type Segment,
} from './plan-api.fixture.js';

jest.setTimeout(60_000);

beforeAll(startPlanApi);
afterAll(() => api.close());

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
