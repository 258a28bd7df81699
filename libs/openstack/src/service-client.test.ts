import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from './testing/clouds.js';
import { FakeOpenStack } from './testing/fake-openstack.js';
import { NOVA_RELEASES } from './version/release.js';

const DETAIL = 'GET /compute/v2.1/servers/detail';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  fake.on(DETAIL, () => ({ body: { servers: [] } }));
});
afterEach(() => fake.close());

describe('the microversion of a call', () => {
  it('is sent in both headers, because Nova knows only the old one below 2.27', async () => {
    await cloudOf(fake).compute.servers.listDetail().all();
    expect(fake.received(DETAIL)[0]?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.96',
      'x-openstack-nova-api-version': '2.96',
    });
  });

  it('is the ceiling of a cluster that has less than this client knows', async () => {
    fake.novaRange = { min: '2.1', max: '2.60' };
    await cloudOf(fake).compute.servers.listDetail().all();
    expect(fake.received(DETAIL)[0]?.headers['openstack-api-version']).toBe('compute 2.60');
  });

  it('is never more than this client knows, and never "latest"', async () => {
    fake.novaRange = { min: '2.1', max: '2.999' };
    await cloudOf(fake).compute.servers.listDetail().all();
    expect(fake.received(DETAIL)[0]?.headers['openstack-api-version']).toBe('compute 2.96');
  });

  it('goes to Placement in its one header', async () => {
    fake.placementRange = { min: '1.0', max: '1.17' };
    fake.on('GET /placement/resource_providers', () => ({ body: { resource_providers: [] } }));
    await cloudOf(fake).placement.resourceProviders.list();
    const headers = fake.received('GET /placement/resource_providers')[0]?.headers;
    expect(headers?.['openstack-api-version']).toBe('placement 1.17');
    expect(headers?.['x-openstack-nova-api-version']).toBeUndefined();
  });

  it('is not sent to Neutron, which has extensions instead', async () => {
    fake.on('GET /network/v2.0/ports', () => ({ body: { ports: [] } }));
    await cloudOf(fake).network.ports.list().all();
    expect(fake.received('GET /network/v2.0/ports')[0]?.headers['openstack-api-version']).toBeUndefined();
  });

  it('refuses a call that needs more than the cluster has, before anything of it is sent', async () => {
    fake.novaRange = { min: '2.1', max: '2.50' };
    const cloud = cloudOf(fake);
    const error = await errorOf(cloud.compute.servers.create({ name: 'a', flavorRef: '1', tags: ['t'] }));
    expect(error).toMatchObject({
      kind: 'invalid',
      code: 'unsupported',
      retryable: false,
      outcomeUnknown: false,
    });
    expect(error.message).toContain('needs compute 2.52');
    expect(fake.received('POST /compute/v2.1/servers')).toHaveLength(0);
  });
});

describe('a cluster of any release', () => {
  it.each(NOVA_RELEASES.map(({ release, max }) => [release, max]))(
    '%s (up to %s) accepts every call',
    async (_, max) => {
      fake.novaRange = { min: '2.1', max };
      const { compute } = cloudOf(fake);
      fake.on('GET /compute/v2.1/os-hypervisors/detail', () => ({ body: { hypervisors: [] } }));
      fake.on('GET /compute/v2.1/flavors/detail', () => ({ body: { flavors: [] } }));
      fake.on('GET /compute/v2.1/os-keypairs', () => ({ body: { keypairs: [] } }));
      fake.on('POST /compute/v2.1/servers', () => ({ status: 202, body: { server: { id: 's' } } }));
      fake.on('POST /compute/v2.1/servers/s/action', () => ({ status: 202 }));
      await Promise.all([
        compute.servers.create({ name: 'a', flavorRef: 'f' }),
        compute.servers.listDetail().all(),
        compute.servers.find('s'),
        compute.servers.stop('s'),
        compute.hypervisors.listDetail().all(),
        compute.flavors.list().all(),
        compute.keypairs.list().all(),
        compute.instanceActions.find('s', 'req'),
      ]);
      expect(fake.received('GET /compute/v2.1')).toHaveLength(1);
    },
  );
});

describe('the versions of a cluster', () => {
  it('are asked for once, however many calls begin together, not before each call', async () => {
    const cloud = cloudOf(fake);
    await Promise.all(Array.from({ length: 50 }, () => cloud.compute.servers.listDetail().all()));
    expect(fake.received('GET /compute/v2.1')).toHaveLength(1);
  });

  it('are not waited for beyond the deadline of a call', async () => {
    fake.on('GET /compute/v2.1', () => 'hang');
    const { servers } = cloudOf(fake).compute;
    const call = { deadlineMs: 60 };
    expect(await errorOf(servers.get('s', call))).toMatchObject({ code: 'deadline', outcomeUnknown: false });
    const creation = servers.create({ name: 'a', flavorRef: 'f' }, undefined, call);
    expect(await errorOf(creation)).toMatchObject({ code: 'deadline', outcomeUnknown: false });
  });

  it('are asked for again when they have become old', async () => {
    let now = Date.now();
    const clock = { now: () => now, sleep: async () => undefined };
    const cloud = cloudOf(fake, { clock, discoveryTtlMs: 60_000 });
    await cloud.compute.servers.listDetail().all();
    now += 59_000;
    await cloud.compute.servers.listDetail().all();
    expect(fake.received('GET /compute/v2.1')).toHaveLength(1);
    now += 2_000;
    await cloud.compute.servers.listDetail().all();
    expect(fake.received('GET /compute/v2.1')).toHaveLength(2);
  });

  it('are asked for again on a 406, and the call is then made with what the cluster has now', async () => {
    const cloud = cloudOf(fake);
    await cloud.compute.servers.listDetail().all();
    fake.novaRange = { min: '2.1', max: '2.79' };
    expect(await cloud.compute.servers.listDetail().all()).toEqual([]);
    const versions = fake.received(DETAIL).map(({ headers }) => headers['openstack-api-version']);
    expect(versions).toEqual(['compute 2.96', 'compute 2.96', 'compute 2.79']);
    expect(fake.received('GET /compute/v2.1')).toHaveLength(2);
  });

  it('leave a 406 as it is when the cluster still says the same', async () => {
    fake.on(DETAIL, () => ({ status: 406, body: { errors: [{ title: 'Not Acceptable', detail: 'no' }] } }));
    const error = await errorOf(cloudOf(fake).compute.servers.listDetail().all());
    expect(error).toMatchObject({ kind: 'invalid', status: 406 });
    expect(fake.received(DETAIL)).toHaveLength(1);
  });
});

describe('the request id', () => {
  it('is made from the trace id, in the one form that the services accept as global request id', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await cloudOf(fake).compute.servers.listDetail({}, { traceId }).all();
    const sent = fake.received(DETAIL)[0]?.headers['x-openstack-request-id'];
    expect(sent).toBe('req-0af76519-16cd-43dd-8448-eb211c80319c');
    // The rule of oslo.middleware: whatever does not fit it is ignored.
    expect(sent).toMatch(/^req-[a-f0-9]{8}-([a-f0-9]{4}-){3}[a-f0-9]{12}$/);
  });

  it('goes with the login and the version documents of the call, too', async () => {
    const requestId = 'req-11111111-2222-4333-8444-555555555555';
    await cloudOf(fake).compute.servers.find('s', { requestId });
    expect(fake.requests).toHaveLength(3);
    for (const { headers } of fake.requests) expect(headers['x-openstack-request-id']).toBe(requestId);
  });

  it('of the answer is in the error and, with the one sent, in the record of the call', async () => {
    const records: unknown[] = [];
    const cloud = cloudOf(fake, { observer: (record) => records.push(record) });
    fake.on('GET /compute/v2.1/servers/s1', () => ({
      status: 404,
      headers: { 'X-Compute-Request-Id': 'req-nova' },
      body: { itemNotFound: { code: 404, message: 'Instance s1 could not be found.' } },
    }));
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const error = await errorOf(cloud.compute.servers.get('s1', { traceId }));
    expect(error).toMatchObject({ kind: 'gone', code: 'itemNotFound', requestId: 'req-from-service' });
    expect(records.at(-1)).toMatchObject({
      cluster: 'c1',
      service: 'compute',
      method: 'GET',
      path: '/compute/v2.1/servers/s1',
      status: 404,
      requestId: 'req-from-service',
      globalRequestId: 'req-0af76519-16cd-43dd-8448-eb211c80319c',
      traceId,
      attempt: 1,
      error,
    });
  });
});

describe('an answer that is a success but cannot be read', () => {
  it('is an outage, and for a creation one with unknown outcome', async () => {
    fake.on('POST /network/v2.0/ports', () => ({ status: 201, body: 'not json' }));
    const error = await errorOf(cloudOf(fake).network.ports.create({ network_id: 'n' }));
    expect(error).toMatchObject({ kind: 'outage', code: 'unreadable', outcomeUnknown: true, status: 201 });
  });
});
