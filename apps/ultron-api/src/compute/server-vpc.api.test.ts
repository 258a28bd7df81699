import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@ultron/platform/database/database.service';
import { type Answer, TestApi } from '../testing/api.fixture.js';
import { addProbedClusters } from '../testing/compute.fixture.js';

interface Shown {
  id: string;
  cluster: { name: string };
  network: unknown;
  networks: {
    vpc: { id: string; name: string } | null;
    subnet: { id: string; cidr: string } | null;
    network: { name: string } | null;
    ip_address: string | null;
    fixed: boolean;
  }[];
}

let api: TestApi;
let vpcId: string;
let subnetId: string;

beforeAll(async () => {
  api = await TestApi.start();
  await addProbedClusters(api, { 'east-1': 500, 'east-2': 500 });
  await api.ask('POST', '/v1/address_pools', { body: { name: 'main', cidr: '11.0.0.0/8' } });
  const vpc = await api.ask('POST', '/v1/vpcs', {
    body: { name: 'prod', address_pool: 'main', idcs: ['east'] },
  });
  vpcId = String(vpc.body['id']);
  const subnet = await api.ask('POST', `/v1/vpcs/${vpcId}/subnets`, { body: { idc: 'east' } });
  subnetId = (subnet.body['subnet'] as { id: string }).id;
}, 60_000);
afterAll(() => api.close());

const wish = { name: 'web', flavor: 'small', image: 'cirros', networks: [{ vpc: 'prod' }] };
const create = (body: object, more: object = {}): Promise<Answer> =>
  api.ask('POST', '/v1/servers', { body: { ...wish, ...body }, ...more });
const serversIn = (answer: Answer): Shown[] => answer.body['servers'] as Shown[];
const problemOf = ({ status, body }: Answer) => [
  status,
  body['code'],
  ...((body['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer),
];

describe('POST /v1/servers with a VPC', () => {
  it('answers with the addresses that the servers will have', async () => {
    const answer = await create({ count: 4, networks: [{ vpc: 'prod' }, { network: 'private' }] });
    expect(answer.status).toBe(202);
    const servers = serversIn(answer);
    expect(servers[0]).toMatchObject({
      network: null,
      networks: [
        {
          vpc: { id: vpcId, name: 'prod' },
          subnet: { id: subnetId, cidr: '11.0.0.0/22' },
          network: null,
          ip_address: expect.stringMatching(/^11\.0\./),
          fixed: false,
        },
        { vpc: null, subnet: null, network: { name: 'private' }, ip_address: null },
      ],
    });
    const addresses = servers.map(({ networks }) => networks[0]?.ip_address);
    expect(new Set(addresses).size).toBe(4);
    const shown = await api.ask('GET', `/v1/servers/${servers[0]?.id}`);
    expect(shown.body).toMatchObject({ networks: servers[0]?.networks });
    expect(serversIn(await api.ask('GET', `/v1/servers?vpc=${vpcId}`))).toHaveLength(4);
    expect(serversIn(await api.ask('GET', `/v1/servers?subnet=${subnetId}&limit=2`))).toHaveLength(2);
    expect(serversIn(await api.ask('GET', '/v1/servers?network=private'))).toHaveLength(4);
  });

  it('takes an address that is asked for, and names in a dry run which ones there would be', async () => {
    const plan = await create({ count: 2, dry_run: true });
    expect(plan.status).toBe(200);
    const { servers } = plan.body['plan'] as { servers: { addresses: string[] }[] };
    expect(servers.map(({ addresses }) => addresses.length)).toEqual([1, 1]);
    const [wanted] = servers[0]?.addresses ?? [];
    const made = serversIn(await create({ networks: [{ subnet: subnetId, fixed_ips: [wanted] }] }));
    expect(made[0]?.networks[0]).toMatchObject({ ip_address: wanted, fixed: true });
    expect(problemOf(await create({ networks: [{ vpc: 'prod', fixed_ips: [wanted] }] }))).toEqual([
      409,
      'fixed_address_taken',
      '/networks/0/fixed_ips/0',
    ]);
  });

  it.each([
    [
      { networks: [{ vpc: 'prod', fixed_ips: ['11.0.9.9'] }] },
      'fixed_address_outside',
      '/networks/0/fixed_ips/0',
    ],
    [
      {
        networks: [
          { vpc: 'prod', fixed_ips: ['11.0.0.99'] },
          { vpc: 'prod', fixed_ips: ['11.0.1.99'] },
        ],
      },
      'fixed_addresses_apart',
      '/networks/1/fixed_ips/0',
    ],
    [{ networks: [{ vpc: 'prod', fixed_ips: ['11.0.0'] }] }, 'invalid_body', '/networks/0/fixed_ips/0'],
    [
      { count: 2, networks: [{ vpc: 'prod', fixed_ips: ['11.0.0.9'] }] },
      'invalid_body',
      '/networks/0/fixed_ips',
    ],
    [{ networks: [{ vpc: 'nobody' }] }, 'invalid_body', '/networks/0/vpc'],
    [{ networks: [{}] }, 'invalid_body', '/networks/0'],
    [{ networks: undefined }, 'invalid_body', '/networks'],
    [{ network: 'private' }, 'invalid_body', '/network'],
  ])('refuses %j', async (body, code, pointer) => {
    expect(problemOf(await create(body))).toEqual([422, code, pointer]);
  });

  it("knows no other project's VPC", async () => {
    const { token } = await api.tokenOf('member');
    expect(problemOf(await create({}, { token }))).toEqual([422, 'invalid_body', '/networks/0/vpc']);
    const bySubnet = await create({ networks: [{ subnet: subnetId }] }, { token });
    expect(problemOf(bySubnet)).toEqual([422, 'invalid_body', '/networks/0/subnet']);
  });

  it('takes no more addresses than the quota of the project allows', async () => {
    const { body } = await api.ask('GET', `/v1/vpcs/${vpcId}`);
    const quota = (addresses: number | null) =>
      api.ask('PUT', `/v1/address_quotas/${String(body['project_id'])}`, { body: { addresses } });
    expect((await quota(6)).status).toBe(200);
    const before = serversIn(await api.ask('GET', '/v1/servers')).length;
    const refused = await create({ count: 5 }, { headers: { 'idempotency-key': 'quota' } });
    expect(problemOf(refused).slice(1)).toEqual(['address_quota_exceeded']);
    expect(serversIn(await api.ask('GET', '/v1/servers'))).toHaveLength(before);
    expect((await create({})).status).toBe(202);
    await quota(null);
  });

  it('says which cluster has how many addresses when it refuses', async () => {
    const { read } = api.app.get(Database, { strict: false });
    await read.query("UPDATE segment SET held = 256 WHERE state <> 'spare'");
    await read.query("UPDATE segment SET state = 'quarantined' WHERE state = 'spare'");
    await read.query('UPDATE vpc SET idc_ids = ?', [JSON.stringify(['x', 'y', 'z'])]);
    const refused = await create({});
    expect(refused.status).toBe(507);
    expect(refused.body).toMatchObject({
      code: 'no_cluster_fits',
      detail: expect.stringContaining('has no free address of VPC prod, and can be dealt none'),
      explain: {
        clusters: [
          {
            addresses: [{ of: 'VPC prod', free: 0, coming: 0, replenishable: 0, per_server: 1 }],
            refused: { filter: 'addresses' },
          },
          { refused: { filter: 'addresses' } },
        ],
      },
    });
  });
});
