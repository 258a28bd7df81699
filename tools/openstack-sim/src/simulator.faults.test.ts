import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, eventually, first } from './testing/sim-session.js';

describe('faults', () => {
  let simulator: Simulator;
  let session: SimSession;
  beforeAll(async () => {
    simulator = await startSimulator({
      clusters: [
        { name: 'a', release: 'zed', cells: 2, hosts: 2, ownPort: 0 },
        { name: 'b', release: 'queens' },
      ],
      seed: 7,
    });
    session = await SimSession.login(first(simulator.clusters));
  });
  afterEach(() => simulator.control.clearFaults());
  afterAll(() => simulator.close());

  const list = (headers: Record<string, string> = {}) =>
    session.ask('compute', 'GET', '/v2.1/servers', { headers });
  const servers = async (version: string, path = '/v2.1/servers/detail') =>
    (
      await session.must<{ servers: { id: string; status: string; name?: string }[] }>(
        'compute',
        'GET',
        path,
        { version },
      )
    ).servers;

  it.each([500, 502, 503, 504])('answers %i, in the manner of the service', async (status) => {
    simulator.control.addFault({ service: 'compute', effect: { kind: 'status', status } });
    const answer = await list();
    expect(answer.status).toBe(status);
    expect(Object.values(answer.body as object)).toEqual([expect.objectContaining({ code: status })]);
    expect((await session.ask('network', 'GET', '/v2.0/ports')).status).toBe(200);
  });

  it.each([429, 413])('throttles with %i and Retry-After', async (status) => {
    const answer = await list({ 'X-Sim-Fault': `status=${status};retry-after=3` });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, '3']);
    expect(answer.body).toEqual({ overLimit: expect.objectContaining({ code: status, retryAfter: '3' }) });
  });

  it('strikes as often as it is told, after as many as it is told', async () => {
    simulator.control.addFault({
      method: 'GET',
      path: '^/v2.1/servers$',
      after: 1,
      times: 2,
      effect: { kind: 'status', status: 503 },
    });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await list()).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(simulator.control.faults()).toEqual([expect.objectContaining({ seen: 5, struck: 2 })]);
  });

  it('strikes by chance', async () => {
    simulator.control.addFault({ probability: 0.5, effect: { kind: 'status', status: 503 } });
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await list()).status));
    const struck = statuses.filter((status) => status === 503).length;
    expect(struck).toBeGreaterThan(60);
    expect(struck).toBeLessThan(140);
  });

  it('strikes one cluster only', async () => {
    simulator.control.addFault({ cluster: 'b', effect: { kind: 'status', status: 503 } });
    expect((await list()).status).toBe(200);
    const [, other] = simulator.clusters;
    await expect(SimSession.login(other ?? first(simulator.clusters))).rejects.toThrow('503');
  });

  it('is slow', async () => {
    const began = performance.now();
    expect((await list({ 'X-Sim-Fault': 'slow=150' })).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(145);
  });

  it('hangs until the caller gives up', async () => {
    const call = fetch(`${session.cluster.authUrl}/`, {
      headers: { 'X-Sim-Fault': 'hang' },
      signal: AbortSignal.timeout(100),
    });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(simulator.control.requests({ limit: 1 })).toEqual([
      expect.objectContaining({ outcome: 'hung', status: null }),
    ]);
  });

  it('resets the connection before it does anything', async () => {
    const body = await session.serverBody({ name: 'never' });
    const call = session.ask('compute', 'POST', '/v2.1/servers', {
      body,
      headers: { 'X-Sim-Fault': 'reset' },
    });
    await expect(call).rejects.toThrow('fetch failed');
    expect(simulator.control.state('a').servers.filter((server) => server.name === 'never')).toEqual([]);
  });

  it('does what it is asked and drops the answer', async () => {
    const body = await session.serverBody({ name: 'unheard' });
    const call = session.ask('compute', 'POST', '/v2.1/servers', {
      body,
      headers: { 'X-Sim-Fault': 'drop-answer' },
    });
    await expect(call).rejects.toThrow('fetch failed');
    expect(simulator.control.state('a').servers.filter((server) => server.name === 'unheard')).toHaveLength(
      1,
    );
    expect(simulator.control.requests({ limit: 1 })).toEqual([
      expect.objectContaining({ outcome: 'answer dropped', status: 202 }),
    ]);
  });

  it('finds no valid host, afterwards, and says so as Nova does', async () => {
    const id = await session.createServer({}, { headers: { 'X-Sim-Fault': 'no-valid-host' } });
    const server = await session.reaches(id, 'ERROR');
    expect(server.fault).toMatchObject({
      code: 500,
      message: expect.stringContaining('No valid host was found'),
    });
    expect(server['OS-EXT-SRV-ATTR:host']).toBeNull();
    const path = `/v2.1/servers/${id}/os-instance-actions`;
    const { instanceActions } = await session.must<{
      instanceActions: { request_id: string; message: string }[];
    }>('compute', 'GET', path);
    const action = first(instanceActions);
    expect(action.message).toBe('Error');
    const shown = await session.must<{ instanceAction: { events: { result: string; details: string }[] } }>(
      'compute',
      'GET',
      `${path}/${action.request_id}`,
      { version: 'compute 2.84' },
    );
    expect(shown.instanceAction.events).toEqual([
      expect.objectContaining({ result: 'Error', details: expect.stringContaining('No valid host') }),
    ]);
  });

  it('is out of quota, each service with its own status', async () => {
    const headers = { 'X-Sim-Fault': 'quota' };
    const server = await session.ask('compute', 'POST', '/v2.1/servers', {
      body: await session.serverBody(),
      headers,
    });
    expect([server.status, server.body]).toEqual([
      403,
      { forbidden: expect.objectContaining({ message: expect.stringContaining('Quota exceeded') }) },
    ]);
    const port = await session.ask('network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: await session.networkId() } },
      headers,
    });
    expect([port.status, port.body]).toEqual([
      409,
      { NeutronError: expect.objectContaining({ type: 'OverQuota' }) },
    ]);
  });

  it('cuts pages short: openly with a link to the rest, or silently', async () => {
    for (let i = 0; i < 3; i++) await session.port();
    const page = (fault: string) =>
      session.must<{ ports: unknown[]; ports_links?: { rel: string }[] }>(
        'network',
        'GET',
        '/v2.0/ports?limit=100',
        { headers: { 'X-Sim-Fault': fault } },
      );
    const open = await page('short-page=1');
    expect([open.ports.length, open.ports_links?.map((link) => link.rel)]).toEqual([1, ['next', 'previous']]);
    const silent = await page('short-page=1;silent');
    expect([silent.ports.length, silent.ports_links?.map((link) => link.rel)]).toEqual([1, ['previous']]);
  });

  it('answers with pages of the past', async () => {
    simulator.control.addFault({
      service: 'network',
      path: 'name=stale',
      effect: { kind: 'stale-page', ms: 60_000 },
    });
    const look = async () =>
      (await session.must<{ ports: unknown[] }>('network', 'GET', '/v2.0/ports?name=stale')).ports.length;
    expect(await look()).toBe(0);
    await session.port({ name: 'stale' });
    expect(await look()).toBe(0);
    simulator.control.clearFaults();
    expect(await look()).toBe(1);
  });

  it('loses a cell: its servers are left out before 2.69, and UNKNOWN with keys missing from then on', async () => {
    const ids = await Promise.all([1, 2].map((n) => session.createServer({ name: `cell-${n}` })));
    for (const id of ids) await session.reaches(id, 'ACTIVE');
    const cells = new Map(simulator.control.state('a').hosts.map((host) => [host.name, host.cell]));
    const down = simulator.control
      .state('a')
      .servers.filter((server) => cells.get(server.host ?? '') === 'cell1');
    expect(down.length).toBeGreaterThan(0);
    simulator.control.addFault({ service: 'compute', effect: { kind: 'down-cell', cell: 'cell1' } });
    const downIds = new Set(down.map((server) => server.id));
    expect((await servers('compute 2.68')).filter((server) => downIds.has(server.id))).toEqual([]);
    const unknown = (await servers('compute 2.69')).filter((server) => downIds.has(server.id));
    expect(unknown).toHaveLength(down.length);
    expect(Object.keys(first(unknown)).sort()).toEqual(['created', 'id', 'links', 'status', 'tenant_id']);
    expect(unknown.every((server) => server.status === 'UNKNOWN')).toBe(true);
    const path = `/v2.1/servers/${first(down).id}`;
    expect((await session.ask('compute', 'GET', path, { version: 'compute 2.68' })).status).toBe(500);
    expect((await session.ask('compute', 'GET', path, { version: 'compute 2.69' })).body).toMatchObject({
      server: { status: 'UNKNOWN', flavor: {} },
    });
  });

  it('revokes every token', async () => {
    const mine = await SimSession.login(session.cluster);
    expect(
      (await mine.ask('compute', 'GET', '/v2.1/servers', { headers: { 'X-Sim-Fault': 'expired-token' } }))
        .status,
    ).toBe(401);
    expect((await mine.ask('network', 'GET', '/v2.0/ports')).status).toBe(401);
    session = await SimSession.login(session.cluster);
    expect((await list()).status).toBe(200);
  });

  it('can make one cluster unreachable and reachable again', async () => {
    await simulator.control.setReachable('a', false);
    await expect(list()).rejects.toThrow('fetch failed');
    await simulator.control.setReachable('a', true);
    expect((await list()).status).toBe(200);
  });

  it('refuses a fault that it does not know', async () => {
    expect((await list({ 'X-Sim-Fault': 'plague' })).status).toBe(400);
    const answer = await fetch(`${simulator.url}/_sim/faults`, {
      method: 'POST',
      body: '{"effect":{"kind":"plague"}}',
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: expect.stringContaining('drop-answer') },
    ]);
  });

  it('delays by the kind of call', async () => {
    simulator.control.configure('a', {
      latency: { base: 0, jitter: 0, kinds: { 'GET /v2.1/servers': { base: 80, jitter: 5 } } },
    });
    const began = performance.now();
    await list();
    expect(performance.now() - began).toBeGreaterThanOrEqual(75);
    simulator.control.configure('a', { latency: { base: 0, jitter: 0, kinds: {} } });
  });

  it('runs out of room', async () => {
    simulator.control.setHosts('a', { disabled: true });
    const id = await session.createServer();
    await session.reaches(id, 'ERROR');
    simulator.control.setHosts('a', { disabled: false });
    const again = await session.createServer();
    await session.reaches(again, 'ACTIVE');
    await eventually(async () => (await session.server(again)).status === 'ACTIVE' || undefined);
  });
});
