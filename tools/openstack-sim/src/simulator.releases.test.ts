import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { releaseNames, releaseProfile } from './release/release.profiles.js';
import { type Simulator, startSimulator } from './simulator.js';
import { SimSession, first } from './testing/sim-session.js';

/** Ceilings as the version histories of Nova and Placement give them. */
const CEILINGS: [release: string, nova: string, placement: string][] = [
  ['queens', '2.60', '1.17'],
  ['rocky', '2.65', '1.30'],
  ['stein', '2.72', '1.31'],
  ['train', '2.79', '1.36'],
  ['ussuri', '2.87', '1.36'],
  ['victoria', '2.87', '1.36'],
  ['wallaby', '2.88', '1.36'],
  ['xena', '2.90', '1.38'],
  ['yoga', '2.90', '1.39'],
  ['zed', '2.93', '1.39'],
  ['2023.1', '2.95', '1.39'],
  ['2024.1', '2.96', '1.39'],
  ['2025.1', '2.100', '1.39'],
  ['2026.1', '2.103', '1.39'],
];

describe('releases', () => {
  let simulator: Simulator;
  const sessions = new Map<string, SimSession>();
  beforeAll(async () => {
    simulator = await startSimulator({
      clusters: CEILINGS.map(([release]) => ({ name: release, release, hosts: 2 })),
    });
    for (const cluster of simulator.clusters) sessions.set(cluster.release, await SimSession.login(cluster));
  });
  afterAll(() => simulator.close());

  const on = (release: string): SimSession => {
    const session = sessions.get(release);
    if (!session) throw new Error(`no cluster of ${release}`);
    return session;
  };
  const list = (release: string, version?: string) =>
    on(release).ask(
      'compute',
      'GET',
      '/v2.1/servers',
      version === undefined ? {} : { version: `compute ${version}` },
    );

  it.each(CEILINGS)('%s reaches up to compute %s', async (release, nova) => {
    const next = `2.${Number(nova.slice(2)) + 1}`;
    const statuses = [
      await list(release, nova),
      await list(release, next),
      await list(release, '2.0'),
      await list(release, 'latest'),
    ];
    expect(statuses.map((answer) => answer.status)).toEqual([200, 406, 406, 200]);
    expect(statuses[3]?.headers.get('openstack-api-version')).toBe(`compute ${nova}`);
    expect(statuses[1]?.body).toEqual({
      computeFault: {
        code: 406,
        message: `Version ${next} is not supported by the API. Minimum is 2.1 and maximum is ${nova}.`,
      },
    });
    const { versions } = await on(release).must<{ versions: { version: string }[] }>('compute', 'GET', '/');
    expect(versions.map((one) => one.version)).toContain(nova);
  });

  it.each(CEILINGS)('%s reaches up to placement %s %s', async (release, _, placement) => {
    const ask = (version: string) =>
      on(release).ask('placement', 'GET', '/resource_providers', { version: `placement ${version}` });
    const next = `1.${Number(placement.slice(2)) + 1}`;
    expect([(await ask(placement)).status, (await ask(next)).status]).toEqual([200, 406]);
  });

  it('takes the lowest version when none is asked for, and the old header too', async () => {
    const none = await list('zed');
    expect(none.headers.get('openstack-api-version')).toBe('compute 2.1');
    const old = await on('zed').ask('compute', 'GET', '/v2.1/servers', {
      headers: { 'X-OpenStack-Nova-API-Version': '2.53' },
    });
    expect(old.headers.get('x-openstack-nova-api-version')).toBe('2.53');
    expect((await list('zed', 'nonsense')).status).toBe(400);
  });

  it('shows a server as the version asks', async () => {
    const session = on('2025.1');
    const id = await session.createServer({ tags: ['ultron:id=1'] }, { version: 'compute 2.52' });
    await session.reaches(id, 'ACTIVE');
    const at = (minor: number) => session.server(id, `compute 2.${minor}`);
    expect(await at(1)).not.toHaveProperty('tags');
    expect(await at(26)).toMatchObject({ tags: ['ultron:id=1'] });
    expect((await at(46)).flavor).toMatchObject({ id: '1' });
    expect((await at(47)).flavor).toMatchObject({ original_name: 'm1.tiny', vcpus: 1 });
    expect((await at(47)).flavor).not.toHaveProperty('id');
  });

  it('refuses at create what came later: tags below 2.52, no networks from 2.37 on', async () => {
    const session = on('zed');
    const create = async (version: string, change: object) =>
      (
        await session.ask('compute', 'POST', '/v2.1/servers', {
          version: `compute ${version}`,
          body: { server: { ...(await session.serverBody()).server, ...change } },
        })
      ).status;
    expect(await create('2.51', { tags: ['a'] })).toBe(400);
    expect(await create('2.52', { tags: ['a'] })).toBe(202);
    expect(await create('2.37', { networks: undefined })).toBe(400);
    expect(await create('2.36', { networks: undefined })).toBe(202);
  });

  it('loses the figures of hypervisors at 2.88', async () => {
    const details = async (version: string) =>
      first(
        (
          await on('zed').must<{ hypervisors: { id: unknown; vcpus?: number }[] }>(
            'compute',
            'GET',
            '/v2.1/os-hypervisors/detail',
            { version },
          )
        ).hypervisors,
      );
    expect((await details('compute 2.87')).vcpus).toBe(64);
    expect(await details('compute 2.88')).not.toHaveProperty('vcpus');
    expect(typeof (await details('compute 2.52')).id).toBe('number');
    expect(typeof (await details('compute 2.53')).id).toBe('string');
    const statistics = (version: string) =>
      on('zed').ask('compute', 'GET', '/v2.1/os-hypervisors/statistics', { version });
    expect([(await statistics('compute 2.87')).status, (await statistics('compute 2.88')).status]).toEqual([
      200, 404,
    ]);
  });

  it('wants a public key from 2.92 on', async () => {
    const create = (name: string, version: string) =>
      on('zed').ask('compute', 'POST', '/v2.1/os-keypairs', { version, body: { keypair: { name } } });
    const made = await create('made', 'compute 2.91');
    expect([made.status, made.body]).toEqual([
      201,
      { keypair: expect.objectContaining({ private_key: expect.stringContaining('BEGIN') }) },
    ]);
    expect((await create('refused', 'compute 2.92')).status).toBe(400);
  });

  it('has the extensions of its release, and acts by them', async () => {
    const extensions = async (release: string) =>
      (
        await on(release).must<{ extensions: { alias: string }[] }>('network', 'GET', '/v2.0/extensions')
      ).extensions.map((one) => one.alias);
    const queens = await extensions('queens');
    expect(queens).toEqual(expect.arrayContaining(['standard-attr-tag', 'revision-if-match']));
    expect(queens).not.toContain('tag-ports-during-bulk-creation');
    expect(await extensions('ussuri')).toContain('tag-ports-during-bulk-creation');
    const tagged = async (release: string) => {
      const body = { port: { network_id: await on(release).networkId(), tags: ['a'] } };
      return (await on(release).ask('network', 'POST', '/v2.0/ports', { body })).status;
    };
    expect([await tagged('queens'), await tagged('ussuri')]).toEqual([400, 201]);
    const filtered = async (release: string) =>
      (await on(release).ask('network', 'GET', '/v2.0/ports?colour=red')).status;
    expect([await filtered('queens'), await filtered('rocky')]).toEqual([200, 400]);
  });

  it('knows releases by number, by name, and by both', () => {
    expect(releaseProfile('Epoxy')).toBe(releaseProfile('2025.1'));
    expect(releaseProfile('2025.1 Epoxy')).toBe(releaseProfile('epoxy'));
    expect(() => releaseProfile('diablo')).toThrow('queens');
    expect(releaseNames).toEqual(expect.arrayContaining(CEILINGS.map(([release]) => release)));
  });
});
