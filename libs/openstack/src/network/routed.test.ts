import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NetworkService } from './network.service.js';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';

const V = '/network/v2.0';

let fake: FakeOpenStack;
let network: NetworkService;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  network = cloudOf(fake).network;
});
afterEach(() => fake.close());

const said = (status: number, type: string) => ({
  status,
  body: { NeutronError: { type, message: 'no', detail: '' } },
});

describe('every resource of Neutron', () => {
  const kinds = [
    ['networks', 'network', () => network.networks],
    ['subnets', 'subnet', () => network.subnets],
    ['ports', 'port', () => network.ports],
    ['routers', 'router', () => network.routers],
    ['floatingips', 'floatingip', () => network.floatingIps],
  ] as const;

  it.each(kinds)('%s are made, changed by revision, found, and deleted once', async (path, one, of) => {
    const resource = of() as unknown as (typeof network)['routers'];
    fake.on(`POST ${V}/${path}`, ({ body }) => ({ status: 201, body }));
    fake.on(`PUT ${V}/${path}/x`, ({ headers }) =>
      headers['if-match'] === 'revision_number=3'
        ? { body: { [one]: { id: 'x', revision_number: 4 } } }
        : said(412, 'RevisionNumberConstraintFailed'),
    );
    fake.on(`DELETE ${V}/${path}/x`, () => ({ status: 204 }));
    expect(await resource.create({ description: 'd' })).toEqual({ description: 'd' });
    expect(fake.requests.at(-1)?.body).toEqual({ [one]: { description: 'd' } });
    expect(await resource.update('x', { description: 'e' }, 3)).toEqual({ id: 'x', revision_number: 4 });
    expect(await errorOf(resource.update('x', {}, 2))).toMatchObject({
      kind: 'conflict',
      code: 'RevisionNumberConstraintFailed',
    });
    expect([await resource.delete('x'), await resource.delete('y'), await resource.find('y')]).toEqual([
      true,
      false,
      null,
    ]);
  });

  it.each(kinds)('%s bear tags', async (path, _one, of) => {
    const { tags } = of();
    fake.on(`GET ${V}/${path}/x/tags`, () => ({ body: { tags: ['a'] } }));
    fake.on(`PUT ${V}/${path}/x/tags`, ({ body }) => ({ body }));
    fake.on(`PUT ${V}/${path}/x/tags/ultron%3Aid%3D1`, () => ({ status: 201 }));
    fake.on(`DELETE ${V}/${path}/x/tags/a`, () => ({ status: 204 }));
    expect(await tags.list('x')).toEqual(['a']);
    expect(await tags.replace('x', ['b', 'c'])).toEqual(['b', 'c']);
    await tags.add('x', 'ultron:id=1');
    expect([await tags.remove('x', 'a'), await tags.remove('x', 'z')]).toEqual([true, false]);
  });

  it.each(kinds)('%s are listed page by page, by project, tag and time', async (path, _one, of) => {
    fake.on(`GET ${V}/${path}`, () => ({ body: { [path]: [{ id: 'x' }] } }));
    const changedSince = new Date('2026-01-02T03:04:05.678Z');
    const filter = { projectId: 'p', tags: ['a', 'b'], changedSince, pageSize: 7 };
    const listing = (of() as unknown as (typeof network)['routers']).list(filter, undefined, ['tags']);
    expect(await listing.all()).toEqual([{ id: 'x' }]);
    expect(Object.fromEntries(fake.requests.at(-1)?.query ?? [])).toMatchObject({
      project_id: 'p',
      tags: 'a,b',
      changed_since: '2026-01-02T03:04:05Z',
      limit: '7',
    });
    expect(fake.requests.at(-1)?.query.getAll('fields')).toEqual(['tags', 'id']);
  });
});

describe('subnets', () => {
  it('are made in bulk, and have their pools changed', async () => {
    fake.on(`POST ${V}/subnets`, ({ body }) => ({ status: 201, body }));
    fake.on(`PUT ${V}/subnets/s`, ({ body }) => ({ body }));
    const subnet = { network_id: 'n', ip_version: 4 as const, cidr: '11.0.0.0/22', enable_dhcp: false };
    expect(await network.subnets.createBulk([subnet, subnet])).toEqual([subnet, subnet]);
    const allocation_pools = [{ start: '11.0.0.4', end: '11.0.0.126' }];
    expect(await network.subnets.update('s', { allocation_pools })).toEqual({ allocation_pools });
  });

  it('are found by network, CIDR and gateway', async () => {
    fake.on(`GET ${V}/subnets`, () => ({ body: { subnets: [] } }));
    const filter = { networkId: ['n', 'm'], cidr: '11.0.0.0/25', gatewayIp: '11.0.0.1', enableDhcp: true };
    await network.subnets.list(filter).all();
    const query = fake.requests.at(-1)?.query;
    expect(query?.getAll('network_id')).toEqual(['n', 'm']);
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      cidr: '11.0.0.0/25',
      gateway_ip: '11.0.0.1',
      enable_dhcp: 'true',
    });
  });
});

it('ports are found by their address in a subnet', async () => {
  fake.on(`GET ${V}/ports`, () => ({ body: { ports: [] } }));
  await network.ports.list({ subnetId: 's', ipAddress: '11.0.0.9' }).all();
  expect(fake.requests.at(-1)?.query.getAll('fixed_ips')).toEqual(['subnet_id=s', 'ip_address=11.0.0.9']);
});

it('routers get and lose legs and gateways', async () => {
  const leg = { id: 'r', port_id: 'p', subnet_id: 's' };
  fake.on(`PUT ${V}/routers/r/add_router_interface`, () => ({ body: leg }));
  fake.on(`PUT ${V}/routers/r/remove_router_interface`, () => said(409, 'RouterInterfaceInUseByFloatingIP'));
  fake.on(`PUT ${V}/routers/r`, ({ body }) => ({ body }));
  expect(await network.routers.addInterface('r', { subnet_id: 's' })).toEqual(leg);
  expect(fake.requests.at(-1)?.body).toEqual({ subnet_id: 's' });
  expect(await errorOf(network.routers.removeInterface('r', { port_id: 'p' }))).toMatchObject({
    kind: 'conflict',
    code: 'RouterInterfaceInUseByFloatingIP',
  });
  const external_gateway_info = { network_id: 'public', enable_snat: false };
  expect(await network.routers.update('r', { external_gateway_info })).toEqual({ external_gateway_info });
});

it('routers change their gateway only at the revision that was read, which is compared before', async () => {
  fake.on(`GET ${V}/routers/r`, () => ({ body: { router: { id: 'r', revision_number: 4 } } }));
  // Neutron raises the revision by changing the gateway, and then finds that it is another one.
  fake.on(`PUT ${V}/routers/r`, ({ headers }) =>
    headers['if-match'] === undefined
      ? { body: { router: { id: 'r', revision_number: 6 } } }
      : said(412, 'RevisionNumberConstraintFailed'),
  );
  const gateway = { external_gateway_info: null };
  expect(await network.routers.update('r', gateway, 4)).toMatchObject({ revision_number: 6 });
  expect(await errorOf(network.routers.update('r', gateway, 3))).toMatchObject({
    code: 'RevisionNumberConstraintFailed',
  });
});

it('floating IPs are led to ports and away from them', async () => {
  fake.on(`PUT ${V}/floatingips/f`, ({ body }) => ({ body }));
  await network.floatingIps.associate('f', { portId: 'p', fixedIpAddress: '11.0.0.9' }, 2);
  expect(fake.requests.at(-1)?.body).toEqual({ floatingip: { port_id: 'p', fixed_ip_address: '11.0.0.9' } });
  expect(fake.requests.at(-1)?.headers['if-match']).toBe('revision_number=2');
  await network.floatingIps.disassociate('f');
  expect(fake.requests.at(-1)?.body).toEqual({ floatingip: { port_id: null } });
  fake.on(`PUT ${V}/floatingips/f`, () => said(404, 'ExternalGatewayForFloatingIPNotFound'));
  expect(await errorOf(network.floatingIps.associate('f', { portId: 'p' }))).toMatchObject({
    kind: 'conflict',
    code: 'ExternalGatewayForFloatingIPNotFound',
  });
});

it('QoS policies have bandwidth limits, and their tags where no other resource has them', async () => {
  const { qosPolicies } = network;
  const at = `${V}/qos/policies/q`;
  const rule = { id: 'l', max_kbps: 1000, max_burst_kbps: 0, direction: 'egress' as const };
  fake.on(`POST ${V}/qos/policies`, ({ body }) => ({ status: 201, body }));
  fake.on(`POST ${at}/bandwidth_limit_rules`, () => ({ status: 201, body: { bandwidth_limit_rule: rule } }));
  fake.on(`GET ${at}/bandwidth_limit_rules`, () => ({ body: { bandwidth_limit_rules: [rule] } }));
  fake.on(`PUT ${at}/bandwidth_limit_rules/l`, () => ({ body: { bandwidth_limit_rule: rule } }));
  fake.on(`DELETE ${at}/bandwidth_limit_rules/l`, () => ({ status: 204 }));
  fake.on(`DELETE ${at}`, () => said(409, 'QosPolicyInUse'));
  fake.on(`PUT ${V}/policies/q/tags/t`, () => ({ status: 201 }));
  expect(await qosPolicies.create({ name: 'gold' })).toEqual({ name: 'gold' });
  expect(await qosPolicies.createBandwidthLimit('q', { max_kbps: 1000 })).toEqual(rule);
  expect(await qosPolicies.listBandwidthLimits('q')).toEqual([rule]);
  expect(await qosPolicies.updateBandwidthLimit('q', 'l', { max_kbps: 1000 })).toEqual(rule);
  expect(await qosPolicies.deleteBandwidthLimit('q', 'l')).toBe(true);
  expect(await errorOf(qosPolicies.delete('q'))).toMatchObject({ kind: 'conflict', code: 'QosPolicyInUse' });
  await qosPolicies.tags.add('q', 't');
});

it('agents are shown to administrators, zones to all, and quotas can be set', async () => {
  fake.on(`GET ${V}/agents`, () => said(403, 'PolicyNotAuthorized'));
  expect(await errorOf(network.agents.list({ agentType: 'L3 agent', alive: true }))).toMatchObject({
    kind: 'auth',
  });
  expect(Object.fromEntries(fake.requests.at(-1)?.query ?? [])).toEqual({
    agent_type: 'L3 agent',
    alive: 'true',
  });
  fake.on(`GET ${V}/availability_zones`, () => ({ body: { availability_zones: [{ name: 'nova' }] } }));
  expect(await network.availabilityZones.list()).toEqual([{ name: 'nova' }]);
  fake.on(`PUT ${V}/quotas/p`, ({ body }) => ({ body }));
  fake.on(`DELETE ${V}/quotas/p`, () => ({ status: 204 }));
  expect(await network.quotas.update('p', { port: 5 })).toEqual({ port: 5 });
  await network.quotas.reset('p');
});
