import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

describe('the control interface', () => {
  let simulator: Simulator;
  let session: SimSession;
  const warnings: string[] = [];
  beforeAll(async () => {
    simulator = await startSimulator({
      clusters: [{ name: 'a', release: 'zed' }],
      warn: (message) => warnings.push(message),
      journalSize: 50,
    });
    session = await SimSession.login(first(simulator.clusters));
  });
  afterAll(() => simulator.close());

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${simulator.url}/_sim${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return response.json();
  };

  it('follows a request id, with the headers received but for the secrets', async () => {
    const requestId = 'req-0af76519-16cd-43dd-8448-eb211c80319c';
    await session.ask('network', 'GET', '/v2.0/ports', { headers: { 'X-Openstack-Request-Id': requestId } });
    const [entry, ...others] = (await control('GET', `/requests?request_id=${requestId}`)) as {
      headers: Record<string, string>;
      request_id: string;
    }[];
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ service: 'network', method: 'GET', url: '/v2.0/ports', status: 200 });
    expect(entry?.headers).toMatchObject({ 'x-openstack-request-id': requestId, 'x-auth-token': '***' });
    expect(simulator.control.requests({ requestId: entry?.request_id ?? '' })).toHaveLength(1);
  });

  it('keeps the last requests only, and writes however many reads there are', async () => {
    await control('DELETE', '/requests');
    await session.ask('compute', 'DELETE', '/v2.1/servers/nobody');
    for (let i = 0; i < 60; i++) await session.ask('compute', 'GET', `/v2.1/flavors?limit=${i + 1}`);
    expect(await control('GET', '/requests?writes=true')).toEqual([
      expect.objectContaining({ seq: 1, method: 'DELETE', status: 404 }),
    ]);
    const kept = simulator.control.requests();
    expect(kept).toHaveLength(51);
    expect(kept.at(-1)?.url).toBe('/v2.1/flavors?limit=60');
    expect(kept.map((entry) => entry.seq)).toEqual(kept.map((entry) => entry.seq).sort((a, b) => a - b));
  });

  it('counts calls by kind', async () => {
    await control('DELETE', '/calls');
    await session.ask('compute', 'GET', '/v2.1/servers/nobody');
    await session.ask('compute', 'GET', '/v2.1/servers/somebody');
    expect(await control('GET', '/calls?cluster=a')).toEqual([
      {
        cluster: 'a',
        service: 'compute',
        kind: 'GET /v2.1/servers/:id',
        count: 2,
        errors: 2,
        bytes: expect.any(Number),
      },
    ]);
  });

  it('answers an unknown route with 501, and remembers it', async () => {
    const answer = await session.ask('compute', 'GET', '/v2.1/os-colours');
    expect([answer.status, answer.body]).toEqual([
      501,
      { notImplemented: expect.objectContaining({ code: 501 }) },
    ]);
    expect(await control('GET', '/unknown-routes')).toEqual([
      { cluster: 'a', service: 'compute', method: 'GET', path: '/v2.1/os-colours', count: 1 },
    ]);
    expect(warnings).toEqual([expect.stringContaining('/v2.1/os-colours')]);
  });

  it('adds, shows and removes faults', async () => {
    const { id } = (await control('POST', '/faults', {
      service: 'image',
      effect: { kind: 'status', status: 503 },
    })) as { id: string };
    expect((await session.ask('image', 'GET', '/v2/images')).status).toBe(503);
    expect(await control('GET', '/faults')).toEqual([expect.objectContaining({ id, struck: 1 })]);
    expect(await control('DELETE', `/faults/${id}`)).toEqual({ removed: true });
    expect((await session.ask('image', 'GET', '/v2/images')).status).toBe(200);
  });

  it('changes settings, hosts and the clock, and shows the state', async () => {
    await control('PATCH', '/clusters/a', { quota: { instances: 0 }, latency: { base: 1 } });
    expect(
      (await session.ask('compute', 'POST', '/v2.1/servers', { body: await session.serverBody() })).status,
    ).toBe(403);
    await control('PATCH', '/clusters/a', { quota: { instances: -1 } });
    await control('PATCH', '/clusters/a/hosts', { host: 'a-compute-001', up: false });
    await control('POST', '/clock/freeze');
    const id = await session.createServer();
    await control('POST', '/clock/advance', { ms: 60_000 });
    const state = (await control('GET', '/clusters/a')) as {
      servers: unknown[];
      hosts: { name: string; up: boolean }[];
    };
    expect(state.servers).toEqual([expect.objectContaining({ id, status: 'ACTIVE' })]);
    expect(state.hosts[0]).toMatchObject({ name: 'a-compute-001', up: false });
    await control('POST', '/clock/resume');
    await control('POST', '/clusters/a/fill', { count: 10 });
    expect(simulator.control.state('a').servers).toHaveLength(11);
    await control('POST', '/clusters/a/revoke-tokens');
    expect((await session.ask('compute', 'GET', '/v2.1/servers')).status).toBe(401);
  });

  it('says which cluster there is not', async () => {
    const answer = await fetch(`${simulator.url}/_sim/clusters/b`);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringContaining('No cluster is called b') },
    ]);
  });

  it('gives a server another flavor', async () => {
    await control('POST', '/clusters/a/fill', { count: 1 });
    const { compute } = simulator.control.cluster('a');
    const [server] = compute.servers.values();
    await control('POST', '/clusters/a/resize', { server: server?.id, flavor: 'm1.large' });
    expect(compute.servers.get(server?.id ?? '')?.flavor.name).toBe('m1.large');
    expect(() => simulator.control.resize('a', 'nobody', 'm1.large')).toThrow(RangeError);
  });
});
