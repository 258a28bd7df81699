import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

describe('the network service', () => {
  let simulator: Simulator;
  let session: SimSession;
  let member: SimSession;
  let network_id: string;
  beforeAll(async () => {
    simulator = await startSimulator({ clusters: [{ name: 'a', release: 'zed' }] });
    const cluster = first(simulator.clusters);
    session = await SimSession.login(cluster);
    member = await SimSession.login(cluster, 'demo', 'demo');
    network_id = await session.networkId();
  });
  afterAll(() => simulator.close());

  const create = (ports: object[]) =>
    session.ask('network', 'POST', '/v2.0/ports', {
      body: { ports: ports.map((port) => ({ network_id, ...port })) },
    });

  it('makes many ports or none', async () => {
    const before = simulator.control.state('a').ports.length;
    const taken = await session.port();
    const failed = await create([{ name: 'x' }, { fixed_ips: taken.fixed_ips }]);
    expect([failed.status, failed.body]).toEqual([
      409,
      { NeutronError: expect.objectContaining({ type: 'IpAddressAlreadyAllocated' }) },
    ]);
    const twice = await create([
      { fixed_ips: [{ ip_address: '10.16.9.9' }] },
      { fixed_ips: [{ ip_address: '10.16.9.9' }] },
    ]);
    expect(twice.status).toBe(409);
    expect(simulator.control.state('a').ports).toHaveLength(before + 1);
    const made = await create([{ tags: ['a'] }, { fixed_ips: [{ ip_address: '10.16.9.9' }] }]);
    expect([made.status, made.body]).toEqual([
      201,
      {
        ports: [
          expect.objectContaining({ tags: ['a'] }),
          expect.objectContaining({ fixed_ips: [expect.objectContaining({ ip_address: '10.16.9.9' })] }),
        ],
      },
    ]);
  });

  it('shows the fields that were asked for alone, of those ids that there are', async () => {
    const [one, other] = [await session.port(), await session.port()];
    const path = `/v2.0/ports?fields=id&fields=revision_number&id=${one.id}&id=${other.id}&id=none`;
    const { ports } = await session.must<{ ports: object[] }>('network', 'GET', path);
    expect(ports).toHaveLength(2);
    for (const port of ports)
      expect(port).toEqual({ id: expect.any(String), revision_number: expect.any(Number) });
  });

  it('raises the revision of a group with its rules, and of what is changed by its own', async () => {
    const { security_group: group } = await session.must<{ security_group: { id: string } }>(
      'network',
      'POST',
      '/v2.0/security-groups',
      { body: { security_group: { name: 'revised' } } },
    );
    const revision = async () => {
      const path = `/v2.0/security-groups?fields=revision_number&id=${group.id}`;
      const found = await session.must<{ security_groups: { revision_number: number }[] }>(
        'network',
        'GET',
        path,
      );
      return found.security_groups[0]?.revision_number ?? NaN;
    };
    const first = await revision();
    const rule = { security_group_id: group.id, direction: 'ingress' };
    const made = await session.must<{ security_group_rule: { id: string } }>(
      'network',
      'POST',
      '/v2.0/security-group-rules',
      { body: { security_group_rule: rule } },
    );
    expect(await revision()).toBe(first + 1);
    await session.must('network', 'DELETE', `/v2.0/security-group-rules/${made.security_group_rule.id}`);
    expect(await revision()).toBe(first + 2);
  });

  it('gives an address again once it is free', async () => {
    const port = await session.port();
    await session.must('network', 'DELETE', `/v2.0/ports/${port.id}`);
    const again = await session.port({ fixed_ips: port.fixed_ips });
    expect(again.fixed_ips).toEqual(port.fixed_ips);
  });

  it('has no more addresses than its pools', async () => {
    const { network } = await session.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', {
      body: { network: { name: 'small' } },
    });
    const subnet = {
      network_id: network.id,
      ip_version: 4,
      cidr: '10.200.0.0/29',
      allocation_pools: [{ start: '10.200.0.2', end: '10.200.0.3' }],
    };
    await session.must('network', 'POST', '/v2.0/subnets', { body: { subnet } });
    await session.port({ network_id: network.id });
    await session.port({ network_id: network.id });
    const full = await session.ask('network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: network.id } },
    });
    expect([full.status, full.body]).toEqual([
      409,
      { NeutronError: expect.objectContaining({ type: 'IpAddressGenerationFailure' }) },
    ]);
    const outside = await session.ask('network', 'POST', '/v2.0/ports', {
      body: { port: { network_id: network.id, fixed_ips: [{ ip_address: '10.200.0.4' }] } },
    });
    expect(outside.status).toBe(201);
    expect((await session.ask('network', 'DELETE', `/v2.0/networks/${network.id}`)).status).toBe(409);
  });

  it('changes a port only if nobody else has', async () => {
    const port = await session.port();
    const update = (revision: number) =>
      session.ask('network', 'PUT', `/v2.0/ports/${port.id}`, {
        body: { port: { name: 'new' } },
        headers: { 'If-Match': `revision_number=${revision}` },
      });
    expect((await update(port.revision_number ?? 0)).status).toBe(200);
    const late = await update(port.revision_number ?? 0);
    expect([late.status, late.body]).toEqual([
      412,
      { NeutronError: expect.objectContaining({ type: 'RevisionNumberConstraintFailed' }) },
    ]);
  });

  it('keeps projects apart, and shows all to an administrator', async () => {
    const { network } = await member.must<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', {
      body: { network: { name: 'theirs' } },
    });
    const { networks } = await member.must<{ networks: { name: string }[] }>(
      'network',
      'GET',
      '/v2.0/networks',
    );
    expect(networks.map((one) => one.name).sort()).toEqual(['public', 'theirs']);
    expect((await member.ask('network', 'GET', `/v2.0/networks/${network_id}`)).status).toBe(404);
    expect((await session.ask('network', 'GET', `/v2.0/networks/${network.id}`)).status).toBe(200);
    expect((await member.ask('compute', 'GET', '/v2.1/os-hypervisors/detail')).status).toBe(403);
  });

  it('makes the group default by itself, which cannot be removed', async () => {
    const { security_groups: groups } = await member.must<{
      security_groups: { id: string; name: string; security_group_rules: unknown[] }[];
    }>('network', 'GET', '/v2.0/security-groups');
    expect(groups).toEqual([expect.objectContaining({ name: 'default' })]);
    expect(first(groups).security_group_rules).toHaveLength(4);
    expect((await member.ask('network', 'DELETE', `/v2.0/security-groups/${first(groups).id}`)).status).toBe(
      409,
    );
    const again = await member.ask('network', 'POST', '/v2.0/security-groups', {
      body: { security_group: { name: 'default' } },
    });
    expect(again.status).toBe(409);
  });

  it('asks back for the password of an application credential, and gives its token', async () => {
    const path = `/v3/users/${session.userId}/application_credentials`;
    const { application_credential: credential } = await session.must<{
      application_credential: { id: string; secret: string };
    }>('identity', 'POST', path, {
      body: { application_credential: { name: 'robot' } },
    });
    const login = (secret: string) =>
      session.ask('identity', 'POST', '/v3/auth/tokens', {
        body: {
          auth: {
            identity: {
              methods: ['application_credential'],
              application_credential: { id: credential.id, secret },
            },
          },
        },
      });
    expect((await login(credential.secret)).status).toBe(201);
    expect((await login('wrong')).status).toBe(401);
    await session.must('identity', 'DELETE', `${path}/${credential.id}`);
    expect((await login(credential.secret)).status).toBe(401);
  });
});
