import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { PortWire } from '@ultron/openstack/network/ports.wire';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

describe('the life of a server', () => {
  let simulator: Simulator;
  let session: SimSession;
  beforeAll(async () => {
    const delays = {
      schedule: 1000,
      spawn: 2000,
      start: 500,
      stop: 500,
      softReboot: 500,
      hardReboot: 500,
      delete: 500,
    };
    simulator = await startSimulator({
      clusters: [{ name: 'a', release: 'zed', hosts: 1, lifecycle: delays }],
    });
    session = await SimSession.login(first(simulator.clusters));
    simulator.control.clock.freeze();
  });
  afterEach(() => simulator.control.clock.advance(10_000));
  afterAll(() => simulator.close());

  const advance = (ms: number) => simulator.control.clock.advance(ms);
  const act = (id: string, body: object) =>
    session.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { body });
  const states = async (id: string) => {
    const server = await session.server(id);
    return [
      server.status,
      server['OS-EXT-STS:vm_state'],
      server['OS-EXT-STS:task_state'],
      server['OS-EXT-STS:power_state'],
    ];
  };
  const port = async (id: string) =>
    (await session.must<{ port: PortWire }>('network', 'GET', `/v2.0/ports/${id}`)).port;
  const running = async (change: object = {}) => {
    const id = await session.createServer(change);
    advance(3000);
    return id;
  };

  it('is scheduled, spawned and active, each in its time', async () => {
    const id = await session.createServer();
    expect(await states(id)).toEqual(['BUILD', 'building', 'scheduling', 0]);
    advance(999);
    expect(await states(id)).toEqual(['BUILD', 'building', 'scheduling', 0]);
    advance(1);
    expect(await states(id)).toEqual(['BUILD', 'building', 'spawning', 0]);
    advance(2000);
    expect(await states(id)).toEqual(['ACTIVE', 'active', null, 1]);
  });

  it('is stopped, started and rebooted', async () => {
    const id = await running();
    expect((await act(id, { 'os-stop': null })).status).toBe(202);
    expect(await states(id)).toEqual(['ACTIVE', 'active', 'powering-off', 1]);
    advance(500);
    expect(await states(id)).toEqual(['SHUTOFF', 'stopped', null, 4]);
    await act(id, { 'os-start': null });
    advance(500);
    await act(id, { reboot: { type: 'SOFT' } });
    expect(await states(id)).toEqual(['REBOOT', 'active', 'rebooting', 1]);
    await act(id, { reboot: { type: 'HARD' } });
    expect(await states(id)).toEqual(['HARD_REBOOT', 'active', 'rebooting_hard', 1]);
    advance(500);
    expect(await states(id)).toEqual(['ACTIVE', 'active', null, 1]);
  });

  it('refuses what does not fit its state', async () => {
    const id = await session.createServer();
    const early = await act(id, { 'os-stop': null });
    expect([early.status, early.body]).toEqual([
      409,
      {
        conflictingRequest: {
          code: 409,
          message: `Cannot 'stop' instance ${id} while it is in vm_state building`,
        },
      },
    ]);
    advance(3000);
    expect((await act(id, { 'os-start': null })).status).toBe(409);
    await act(id, { 'os-stop': null });
    const twice = await act(id, { 'os-stop': null });
    expect([twice.status, twice.body]).toEqual([
      409,
      {
        conflictingRequest: {
          code: 409,
          message: `Cannot 'stop' instance ${id} while it is in task_state powering-off`,
        },
      },
    ]);
  });

  it('is deleted softly, twice, and then gone but for what changed since', async () => {
    const id = await running();
    const path = `/v2.1/servers/${id}`;
    expect((await session.ask('compute', 'DELETE', path)).status).toBe(204);
    expect(await states(id)).toEqual(['ACTIVE', 'active', 'deleting', 1]);
    expect((await session.ask('compute', 'DELETE', path)).status).toBe(204);
    advance(500);
    expect((await session.ask('compute', 'GET', path)).status).toBe(404);
    expect((await session.ask('compute', 'DELETE', path)).status).toBe(404);
    const since = new Date(simulator.control.clock.now() - 1000).toISOString();
    const { servers } = await session.must<{ servers: { id: string; status: string }[] }>(
      'compute',
      'GET',
      `/v2.1/servers/detail?changes-since=${since}`,
    );
    expect(servers.filter((server) => server.id === id)).toEqual([
      expect.objectContaining({ status: 'DELETED' }),
    ]);
    const actions = await session.must<{ instanceActions: { action: string }[] }>(
      'compute',
      'GET',
      `${path}/os-instance-actions`,
      { version: 'compute 2.21' },
    );
    expect(actions.instanceActions.map((one) => one.action)).toEqual(['delete', 'create']);
  });

  it('may be deleted while it is built, and leaves nothing', async () => {
    const id = await session.createServer();
    advance(1500);
    await session.must('compute', 'DELETE', `/v2.1/servers/${id}`);
    advance(5000);
    expect((await session.ask('compute', 'GET', `/v2.1/servers/${id}`)).status).toBe(404);
    const { servers, hosts, ports } = simulator.control.state('a');
    expect(servers.some((server) => server.id === id)).toBe(false);
    expect(ports.some((one) => one.device_id === id)).toBe(false);
    expect(first(hosts).used.servers).toBe(servers.filter((server) => server.host !== null).length);
  });

  it('binds a port made before only when it gets a host, and unbinds it when it is deleted', async () => {
    const made = await session.port({ name: 'kept' });
    const id = await session.createServer({ networks: [{ port: made.id }] });
    expect((await port(made.id)).device_id).toBe('');
    advance(1000);
    expect(await port(made.id)).toMatchObject({
      device_id: id,
      device_owner: 'compute:nova',
      status: 'DOWN',
    });
    advance(2000);
    expect((await port(made.id)).status).toBe('ACTIVE');
    await session.must('compute', 'DELETE', `/v2.1/servers/${id}`);
    advance(500);
    expect(await port(made.id)).toMatchObject({
      device_id: '',
      device_owner: '',
      status: 'DOWN',
      'binding:host_id': '',
    });
  });

  it('deletes the port that it made itself', async () => {
    const id = await running();
    const mine = () => simulator.control.state('a').ports.filter((one) => one.device_id === id);
    expect(mine()).toHaveLength(1);
    await session.must('compute', 'DELETE', `/v2.1/servers/${id}`);
    advance(500);
    expect(mine()).toHaveLength(0);
  });

  it('refuses a port in use, at once or, when two raced for it, afterwards', async () => {
    const made = await session.port();
    const body = await session.serverBody({ networks: [{ port: made.id }] });
    const create = () => session.ask('compute', 'POST', '/v2.1/servers', { body });
    const [one, two] = [await create(), await create()];
    expect([one.status, two.status]).toEqual([202, 202]);
    advance(3000);
    expect((await create()).status).toBe(409);
    const all = await Promise.all(
      [one, two].map(async ({ body: made2 }) =>
        session.server((made2 as { server: { id: string } }).server.id),
      ),
    );
    expect(all.map((server) => server.status).sort()).toEqual(['ACTIVE', 'ERROR']);
    const failed = all.find((server) => server.status === 'ERROR');
    expect(failed?.fault?.message).toContain(`Port ${made.id} is still in use`);
  });

  it('leaves no port behind when a second one cannot be had', async () => {
    const free = await session.port({ name: 'free' });
    const raced = await session.port({ name: 'raced' });
    const id = await session.createServer({ networks: [{ port: free.id }, { port: raced.id }] });
    await session.must('network', 'PUT', `/v2.0/ports/${raced.id}`, {
      body: { port: { device_id: 'another' } },
    });
    advance(3000);
    expect((await session.server(id)).status).toBe('ERROR');
    expect((await port(free.id)).device_id).toBe('');
  });

  it('refuses several servers on one port', async () => {
    const made = await session.port();
    const body = await session.serverBody({ networks: [{ port: made.id }], min_count: 2 });
    expect((await session.ask('compute', 'POST', '/v2.1/servers', { body })).status).toBe(400);
  });

  it('makes several at once', async () => {
    const body = await session.serverBody({ name: 'many', min_count: 2, max_count: 3 });
    await session.must('compute', 'POST', '/v2.1/servers', { body });
    const named = simulator.control.state('a').servers.filter((server) => server.name.startsWith('many-'));
    expect(named.map((server) => server.name).sort()).toEqual(['many-1', 'many-2', 'many-3']);
  });

  it('ends in ERROR when no host has room, and can be deleted', async () => {
    simulator.control.setHosts('a', { memoryMb: 1024 });
    const id = await session.createServer();
    advance(1000);
    expect((await session.server(id)).fault?.message).toContain('No valid host was found');
    await session.must('compute', 'DELETE', `/v2.1/servers/${id}`);
    advance(1);
    expect((await session.ask('compute', 'GET', `/v2.1/servers/${id}`)).status).toBe(404);
    simulator.control.setHosts('a', { memoryMb: 262_144 });
  });

  it('lets a token run out', async () => {
    const mine = await SimSession.login(session.cluster);
    advance(3_600_001);
    expect((await mine.ask('compute', 'GET', '/v2.1/servers')).status).toBe(401);
    session = await SimSession.login(session.cluster);
  });
});
