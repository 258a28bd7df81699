import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';

const V = '/network/v2.0';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
});
afterEach(() => fake.close());

const conflict = (type: string) => ({
  status: 409,
  body: { NeutronError: { type, message: 'no', detail: '' } },
});

describe('ports', () => {
  it('are created with the addresses they are to have, so that none is drawn at random and collides', async () => {
    const port = {
      network_id: 'n',
      name: 'ultron-1',
      fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.7' }],
    };
    fake.on(`POST ${V}/ports`, () => ({ status: 201, body: { port: { id: 'p' } } }));
    await cloudOf(fake).network.ports.create(port);
    expect(fake.received(`POST ${V}/ports`)[0]?.body).toEqual({ port });
  });

  it('whose address is taken are a conflict, which no repetition of the same call mends', async () => {
    fake.on(`POST ${V}/ports`, () => conflict('IpAddressInUse'));
    const error = await errorOf(cloudOf(fake).network.ports.create({ network_id: 'n' }));
    expect(error).toMatchObject({
      kind: 'conflict',
      code: 'IpAddressInUse',
      retryable: false,
      outcomeUnknown: false,
    });
  });

  it('are created in bulk with one request, all or none', async () => {
    const ports = Array.from({ length: 100 }, (_, at) => ({ network_id: 'n', name: `ultron-${at}` }));
    fake.on(`POST ${V}/ports`, ({ body }) => ({ status: 201, body }));
    expect(await cloudOf(fake).network.ports.createBulk(ports)).toEqual(ports);
    fake.on(`POST ${V}/ports`, () => conflict('OverQuota'));
    expect(await errorOf(cloudOf(fake).network.ports.createBulk(ports))).toMatchObject({ kind: 'quota' });
    expect(fake.received(`POST ${V}/ports`)).toHaveLength(2);
  });

  it('are found by a hundred names, in as many requests as URLs bear', async () => {
    const names = Array.from({ length: 100 }, () => `ultron-${crypto.randomUUID()}`);
    fake.on(`GET ${V}/ports`, ({ query }) => ({
      body: { ports: query.getAll('name').map((name) => ({ id: `id of ${name}`, name })) },
    }));
    const found = await cloudOf(fake).network.ports.list({ name: names, networkId: 'n' }).all();
    expect(found.map(({ name }) => name)).toEqual(names);
    const requests = fake.received(`GET ${V}/ports`);
    expect(requests.length).toBeGreaterThan(1);
    for (const { query } of requests) {
      expect(query.toString().length).toBeLessThan(4100);
      expect(query.get('network_id')).toBe('n');
    }
  });

  it('are listed with few fields where only the ids matter: changed_since never shows deletions', async () => {
    fake.on(`GET ${V}/ports`, () => ({ body: { ports: [{ id: 'p', name: 'n' }] } }));
    const changedSince = new Date('2026-01-02T03:04:05.678Z');
    const ports = await cloudOf(fake).network.ports.list({ changedSince }, undefined, ['name']).all();
    expect(ports).toEqual([{ id: 'p', name: 'n' }]);
    const query = fake.received(`GET ${V}/ports`)[0]?.query;
    expect(query?.getAll('fields')).toEqual(['name', 'id']);
    // Whole seconds, rounded down, so that nothing falls between two passes.
    expect(query?.get('changed_since')).toBe('2026-01-02T03:04:05Z');
  });

  it('are listed by owner and page after page', async () => {
    fake.on(`GET ${V}/ports`, ({ query }) =>
      query.get('marker')
        ? { body: { ports: [{ id: 'p2' }] } }
        : {
            body: {
              ports: [{ id: 'p1' }],
              ports_links: [{ rel: 'next', href: `http://elsewhere${V}/ports?limit=1&marker=p1` }],
            },
          },
    );
    const listing = cloudOf(fake).network.ports.list({ deviceId: ['s1', 's2'], pageSize: 1 });
    expect((await listing.all()).map(({ id }) => id)).toEqual(['p1', 'p2']);
    for (const { query } of fake.received(`GET ${V}/ports`))
      expect(query.getAll('device_id')).toEqual(['s1', 's2']);
  });

  it('are changed only if they still are at the revision that was read', async () => {
    fake.on(`PUT ${V}/ports/p`, ({ headers }) =>
      headers['if-match'] === 'revision_number=4'
        ? { body: { port: { id: 'p', revision_number: 5 } } }
        : { status: 412, body: { NeutronError: { type: 'RevisionNumberConstraintFailed', message: 'no' } } },
    );
    const { ports } = cloudOf(fake).network;
    expect(await ports.update('p', { name: 'x' }, 4)).toMatchObject({ revision_number: 5 });
    expect(await errorOf(ports.update('p', { name: 'x' }, 3))).toMatchObject({
      kind: 'conflict',
      code: 'RevisionNumberConstraintFailed',
      retryable: false,
    });
  });

  it('bear the tag of their owner', async () => {
    fake.on(`PUT ${V}/ports/p/tags/ultron%3Aid%3D1`, () => ({ status: 201 }));
    await cloudOf(fake).network.ports.addTag('p', 'ultron:id=1');
    expect(fake.requests.at(-1)?.path).toBe(`${V}/ports/p/tags/ultron%3Aid%3D1`);
    fake.on(`GET ${V}/ports`, () => ({ body: { ports: [] } }));
    await cloudOf(fake)
      .network.ports.list({ tags: ['ultron:id=1'] })
      .all();
    expect(fake.requests.at(-1)?.query.get('tags')).toBe('ultron:id=1');
  });

  it('that are gone were deleted already', async () => {
    fake.on(`DELETE ${V}/ports/p`, () => ({ status: 204 }));
    const { ports } = cloudOf(fake).network;
    expect([await ports.delete('p'), await ports.delete('q'), await ports.find('q')]).toEqual([
      true,
      false,
      null,
    ]);
  });

  it('are limited in their address pairs by the cluster, which is an invalid request and not an outage', async () => {
    const NeutronError = {
      type: 'AllowedAddressPairExhausted',
      message: 'The number of pairs exceeds the maximum 10.',
    };
    fake.on(`PUT ${V}/ports/p`, () => ({ status: 400, body: { NeutronError } }));
    const pairs = Array.from({ length: 11 }, (_, at) => ({ ip_address: `10.0.0.${at}` }));
    const error = await errorOf(cloudOf(fake).network.ports.update('p', { allowed_address_pairs: pairs }));
    expect(error).toMatchObject({ kind: 'invalid', code: 'AllowedAddressPairExhausted' });
  });
});

describe('security groups', () => {
  it('always have one called default, which nobody asked for: names are looked up, and are not unique', async () => {
    const groups = [
      { id: 'g1', name: 'default' },
      { id: 'g2', name: 'web' },
      { id: 'g3', name: 'web' },
    ];
    fake.on(`GET ${V}/security-groups`, ({ query }) => {
      const names = query.getAll('name');
      return {
        body: { security_groups: groups.filter(({ name }) => names.length === 0 || names.includes(name)) },
      };
    });
    const { securityGroups } = cloudOf(fake).network;
    expect((await securityGroups.list().all()).map(({ name }) => name)).toContain('default');
    expect(await securityGroups.list({ name: ['web'] }).all()).toHaveLength(2);
    expect(fake.requests.at(-1)?.query.get('limit')).toBe('500');
  });

  it('are made, changed, filled with rules in one request, and deleted unless a port uses them', async () => {
    fake.on(`POST ${V}/security-groups`, () => ({ status: 201, body: { security_group: { id: 'g' } } }));
    fake.on(`PUT ${V}/security-groups/g`, () => ({ body: { security_group: { id: 'g' } } }));
    fake.on(`POST ${V}/security-group-rules`, ({ body }) => ({ status: 201, body }));
    fake.on(`DELETE ${V}/security-groups/g`, () => conflict('SecurityGroupInUse'));
    const { securityGroups } = cloudOf(fake).network;
    expect(await securityGroups.create({ name: 'web' })).toEqual({ id: 'g' });
    expect(await securityGroups.update('g', { description: 'd' }, 2)).toEqual({ id: 'g' });
    expect(fake.requests.at(-1)?.headers['if-match']).toBe('revision_number=2');
    const rule = {
      security_group_id: 'g',
      direction: 'ingress' as const,
      protocol: 'tcp',
      port_range_min: 80,
    };
    expect(await securityGroups.createRules([rule, rule])).toHaveLength(2);
    expect(await errorOf(securityGroups.delete('g'))).toMatchObject({
      kind: 'conflict',
      code: 'SecurityGroupInUse',
    });
  });

  it('are listed with their revisions alone, and read by as many ids as URLs bear', async () => {
    const ids = Array.from({ length: 150 }, () => crypto.randomUUID());
    fake.on(`GET ${V}/security-groups`, ({ query }) => {
      const asked = query.getAll('id');
      const groups = ids.map((id, i) => ({ id, revision_number: i }));
      return { body: { security_groups: groups.filter(({ id }) => !asked.length || asked.includes(id)) } };
    });
    const { securityGroups } = cloudOf(fake).network;
    const listed = await securityGroups.list(undefined, undefined, ['id', 'revision_number']).all();
    expect(listed[7]).toEqual({ id: ids[7], revision_number: 7 });
    expect(fake.requests.at(-1)?.query.getAll('fields')).toEqual(['id', 'revision_number']);
    const read = await securityGroups.list({ id: ids }).all();
    expect(read.map(({ id }) => id)).toEqual(ids);
    const requests = fake.received(`GET ${V}/security-groups`).slice(1);
    expect(requests.length).toBeGreaterThan(1);
    for (const { query } of requests) expect(query.toString().length).toBeLessThan(4100);
  });

  it('refuse a rule that is there already by name', async () => {
    fake.on(`POST ${V}/security-group-rules`, () => conflict('SecurityGroupRuleExists'));
    const rule = { security_group_id: 'g', direction: 'egress' as const };
    const error = await errorOf(cloudOf(fake).network.securityGroups.createRule(rule));
    expect(error).toMatchObject({ kind: 'conflict', code: 'SecurityGroupRuleExists' });
  });
});

it('networks, subnets, extensions and quotas are read from where Neutron keeps them', async () => {
  fake.on(`GET ${V}/networks`, () => ({ body: { networks: [{ id: 'n', name: 'public' }] } }));
  fake.on(`GET ${V}/subnets`, () => ({ body: { subnets: [{ id: 's', network_id: 'n' }] } }));
  fake.on(`GET ${V}/quotas/p1`, () => ({ body: { quota: { port: 500 } } }));
  const { network } = cloudOf(fake);
  expect(await network.networks.list({ name: 'public', external: true }).all()).toHaveLength(1);
  expect(fake.requests.at(-1)?.query.get('router:external')).toBe('true');
  expect(await network.subnets.list({ networkId: 'n' }).all()).toEqual([{ id: 's', network_id: 'n' }]);
  expect((await network.extensions.list()).map(({ alias }) => alias)).toContain('revision-if-match');
  expect(await network.quotas.get('p1')).toEqual({ port: 500 });
});
