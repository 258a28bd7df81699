import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';
import { isKnown } from './servers.js';
import type { ServerWire, UnknownServerWire } from './servers.wire.js';

const V = '/compute/v2.1';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  fake.on(`POST ${V}/servers`, () => ({ status: 202, body: { server: { id: 's1', links: [] } } }));
});
afterEach(() => fake.close());

describe('creating a server', () => {
  it('asks for exactly one: several at once leave partial results and refuse given ports', async () => {
    const networks = [{ port: 'p1' }];
    const created = await cloudOf(fake).compute.servers.create({
      name: 'a',
      flavorRef: 'f',
      imageRef: 'i',
      networks,
    });
    expect(created.id).toBe('s1');
    expect(fake.received(`POST ${V}/servers`)[0]?.body).toEqual({
      server: { name: 'a', flavorRef: 'f', imageRef: 'i', networks },
    });
  });

  it('says "auto" for networks that are not given where Nova makes the member mandatory (2.37)', async () => {
    await cloudOf(fake).compute.servers.create({ name: 'a', flavorRef: 'f' });
    fake.novaRange = { min: '2.1', max: '2.36' };
    await cloudOf(fake).compute.servers.create({ name: 'a', flavorRef: 'f' });
    expect(fake.received(`POST ${V}/servers`).map(({ body }) => body)).toEqual([
      { server: { name: 'a', flavorRef: 'f', networks: 'auto' } },
      { server: { name: 'a', flavorRef: 'f' } },
    ]);
  });

  it('marks the owner by a tag where the cluster has them at creation (2.52), and is refused before sending where not', async () => {
    const server = { name: 'a', flavorRef: 'f', networks: 'none' as const, tags: ['ultron:id=1'] };
    await cloudOf(fake).compute.servers.create(server);
    expect(fake.received(`POST ${V}/servers`)[0]?.body).toMatchObject({ server: { tags: ['ultron:id=1'] } });
    fake.novaRange = { min: '2.1', max: '2.51' };
    expect(await errorOf(cloudOf(fake).compute.servers.create(server))).toMatchObject({
      code: 'unsupported',
    });
    const marked = { ...server, tags: undefined, metadata: { ultron_id: '1' } };
    expect((await cloudOf(fake).compute.servers.create(marked)).id).toBe('s1');
  });

  it('hands on scheduler hints beside the server', async () => {
    await cloudOf(fake).compute.servers.create(
      { name: 'a', flavorRef: 'f', networks: 'none' },
      { group: 'g' },
    );
    expect(fake.received(`POST ${V}/servers`)[0]?.body).toMatchObject({
      'os:scheduler_hints': { group: 'g' },
    });
  });

  it('reports a quota as a quota', async () => {
    const message = 'Quota exceeded for cores: Requested 4, but already used 20 of 20 cores';
    fake.on(`POST ${V}/servers`, () => ({ status: 403, body: { forbidden: { code: 403, message } } }));
    const error = await errorOf(cloudOf(fake).compute.servers.create({ name: 'a', flavorRef: 'f' }));
    expect(error).toMatchObject({ kind: 'quota', retryable: false, message });
  });
});

describe('listing servers', () => {
  it('asks for what changed since a time, which the cluster reads as "at or after"', async () => {
    fake.on(`GET ${V}/servers/detail`, () => ({ body: { servers: [] } }));
    const changesSince = new Date('2026-01-02T03:04:05Z');
    const filter = { changesSince, name: '^a$', allProjects: true, tags: ['x', 'y'] };
    await cloudOf(fake).compute.servers.listDetail(filter).all();
    expect(Object.fromEntries(fake.received(`GET ${V}/servers/detail`)[0]?.query ?? [])).toEqual({
      limit: '1000',
      'changes-since': '2026-01-02T03:04:05.000Z',
      name: '^a$',
      all_tenants: '1',
      tags: 'x,y',
    });
  });

  it('follows servers_links through the own endpoint, not through the host that Nova believes to have', async () => {
    fake.on(`GET ${V}/servers/detail`, ({ query }) =>
      query.get('marker') === 's1'
        ? { body: { servers: [server('s2')] } }
        : {
            body: {
              servers: [server('s1')],
              servers_links: [
                { rel: 'next', href: 'http://internal:8774/v2.1/servers/detail?limit=1&marker=s1' },
              ],
            },
          },
    );
    const listing = cloudOf(fake).compute.servers.listDetail({ pageSize: 1 });
    expect((await listing.all()).map(({ id }) => id)).toEqual(['s1', 's2']);
    expect(listing.report).toMatchObject({ pages: 2, complete: true });
  });

  it('restarts when the marker was deleted meanwhile (400), and does not call the pass complete', async () => {
    let deleted = false;
    fake.on(`GET ${V}/servers/detail`, ({ query }) => {
      if (query.get('marker') === 's1' && !deleted) {
        deleted = true;
        return { status: 400, body: { badRequest: { code: 400, message: 'marker [s1] not found' } } };
      }
      if (deleted) return { body: { servers: [server('s2')] } };
      return { body: { servers: [server('s1')], servers_links: [{ rel: 'next', href: '/x?marker=s1' }] } };
    });
    const listing = cloudOf(fake).compute.servers.listDetail();
    expect((await listing.all()).map(({ id }) => id)).toEqual(['s2']);
    expect(listing.report).toMatchObject({ restarts: 1, finished: true, complete: false });
  });

  it('shows servers of a cell that is down as UNKNOWN, with little more than an id', async () => {
    const unknown: UnknownServerWire = {
      id: 's9',
      status: 'UNKNOWN',
      tenant_id: 'p1',
      created: '2026-01-01T00:00:00Z',
      links: [],
    };
    fake.on(`GET ${V}/servers/detail`, () => ({ body: { servers: [server('s1'), unknown] } }));
    const servers = await cloudOf(fake).compute.servers.listDetail().all();
    expect(servers.filter(isKnown).map(({ name }) => name)).toEqual(['name of s1']);
    expect(servers.filter((each) => !isKnown(each)).map(({ id }) => id)).toEqual(['s9']);
  });
});

describe('acting on a server', () => {
  it.each([
    ['start', { 'os-start': null }],
    ['stop', { 'os-stop': null }],
  ] as const)('%s gives the request id under which Nova keeps the action', async (verb, body) => {
    fake.on(`POST ${V}/servers/s1/action`, () => ({
      status: 202,
      headers: { 'X-Compute-Request-Id': 'req-7' },
    }));
    expect(await cloudOf(fake).compute.servers[verb]('s1')).toBe('req-7');
    expect(fake.received(`POST ${V}/servers/s1/action`)[0]?.body).toEqual(body);
  });

  it('reboot says which kind', async () => {
    fake.on(`POST ${V}/servers/s1/action`, () => ({ status: 202 }));
    await cloudOf(fake).compute.servers.reboot('s1', 'HARD');
    expect(fake.received(`POST ${V}/servers/s1/action`)[0]?.body).toEqual({ reboot: { type: 'HARD' } });
  });

  it('deleting what is not there is no error', async () => {
    fake.on(`DELETE ${V}/servers/s1`, () => ({ status: 204 }));
    const { servers } = cloudOf(fake).compute;
    expect([await servers.delete('s1'), await servers.delete('s2')]).toEqual([true, false]);
    expect(await servers.find('s2')).toBeNull();
  });

  it('renames, and sets, replaces and deletes metadata', async () => {
    fake.on(`PUT ${V}/servers/s1`, () => ({ body: { server: server('s1') } }));
    fake.on(`POST ${V}/servers/s1/metadata`, () => ({ body: { metadata: { a: '1', b: '2' } } }));
    fake.on(`PUT ${V}/servers/s1/metadata`, () => ({ body: { metadata: { b: '2' } } }));
    fake.on(`DELETE ${V}/servers/s1/metadata/b%2Fc`, () => ({ status: 204 }));
    const { servers } = cloudOf(fake).compute;
    expect(await servers.rename('s1', 'new')).toMatchObject({ id: 's1' });
    expect(await servers.setMetadata('s1', { b: '2' })).toEqual({ a: '1', b: '2' });
    expect(await servers.replaceMetadata('s1', { b: '2' })).toEqual({ b: '2' });
    expect(await servers.deleteMetadataKey('s1', 'b/c')).toBe(true);
    expect(fake.received(`PUT ${V}/servers/s1`)[0]?.body).toEqual({ server: { name: 'new' } });
  });
});

function server(id: string): ServerWire {
  return {
    id,
    name: `name of ${id}`,
    status: 'ACTIVE',
    tenant_id: 'p1',
    user_id: 'u1',
    created: '2026-01-01T00:00:00Z',
    updated: '2026-01-01T00:00:00Z',
    hostId: '',
    metadata: {},
    addresses: {},
    image: '',
    flavor: {},
    links: [],
  };
}
