import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';

const V = '/compute/v2.1';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
});
afterEach(() => fake.close());

const version = (call: string) => fake.received(call)[0]?.headers['openstack-api-version'];

describe('hypervisors', () => {
  const call = `GET ${V}/os-hypervisors/detail`;

  it('are asked for below 2.88, which takes their capacity away', async () => {
    fake.novaRange = { min: '2.1', max: '2.96' };
    fake.on(call, () => ({ body: { hypervisors: [{ id: 'h1', vcpus: 8 }] } }));
    expect(await cloudOf(fake).compute.hypervisors.listDetail().all()).toEqual([{ id: 'h1', vcpus: 8 }]);
    expect(version(call)).toBe('compute 2.87');
    expect(fake.received(call)[0]?.query.get('limit')).toBe('1000');
  });

  it('are not paged below 2.33, where a limit would be refused', async () => {
    fake.novaRange = { min: '2.1', max: '2.32' };
    fake.on(call, () => ({ body: { hypervisors: [] } }));
    await cloudOf(fake).compute.hypervisors.listDetail().all();
    expect(fake.received(call)[0]?.query.has('limit')).toBe(false);
  });

  it('are for administrators: others are told so', async () => {
    const message = "Policy doesn't allow os_compute_api:os-hypervisors:list-detail to be performed.";
    fake.on(call, () => ({ status: 403, body: { forbidden: { code: 403, message } } }));
    expect(await errorOf(cloudOf(fake).compute.hypervisors.listDetail().all())).toMatchObject({
      kind: 'auth',
    });
  });

  it('can be summed up by Nova', async () => {
    const hypervisor_statistics = { count: 3, vcpus: 24 };
    fake.on(`GET ${V}/os-hypervisors/statistics`, () => ({ body: { hypervisor_statistics } }));
    expect(await cloudOf(fake).compute.hypervisors.statistics()).toEqual(hypervisor_statistics);
  });
});

describe('key pairs', () => {
  const call = `POST ${V}/os-keypairs`;
  const sent = () => fake.received(call).map(({ body }) => body);

  it('have a type from 2.2 on, which older clusters refuse', async () => {
    fake.on(call, () => ({ status: 201, body: { keypair: { name: 'k' } } }));
    await cloudOf(fake).compute.keypairs.create({ name: 'k', publicKey: 'ssh-rsa A' });
    fake.novaRange = { min: '2.1', max: '2.1' };
    await cloudOf(fake).compute.keypairs.create({ name: 'k', publicKey: 'ssh-rsa A' });
    expect(sent()).toEqual([
      { keypair: { name: 'k', public_key: 'ssh-rsa A', type: 'ssh' } },
      { keypair: { name: 'k', public_key: 'ssh-rsa A' } },
    ]);
  });

  it('can be made for another user from 2.10 on', async () => {
    fake.novaRange = { min: '2.1', max: '2.9' };
    const keypair = { name: 'k', publicKey: 'ssh-rsa A', userId: 'u2' };
    expect(await errorOf(cloudOf(fake).compute.keypairs.create(keypair))).toMatchObject({
      code: 'unsupported',
    });
    expect(sent()).toEqual([]);
  });

  it('are found by name, whatever the name holds', async () => {
    fake.on(`GET ${V}/os-keypairs/me%40home`, () => ({ body: { keypair: { name: 'me@home' } } }));
    const { keypairs } = cloudOf(fake).compute;
    expect(await keypairs.find('me@home')).toEqual({ name: 'me@home' });
    expect(await keypairs.find('other')).toBeNull();
    expect(await keypairs.delete('other')).toBe(false);
  });

  it('are listed out of their wrapping', async () => {
    fake.on(`GET ${V}/os-keypairs`, () => ({ body: { keypairs: [{ keypair: { name: 'k' } }] } }));
    expect(await cloudOf(fake).compute.keypairs.list().all()).toEqual([{ name: 'k' }]);
  });
});

describe('flavors', () => {
  it('are listed with their extra specs where the cluster shows them, and those can be asked for apart', async () => {
    fake.on(`GET ${V}/flavors/detail`, () => ({ body: { flavors: [{ id: '1', name: 'm1' }] } }));
    fake.on(`GET ${V}/flavors/1/os-extra_specs`, () => ({
      body: { extra_specs: { 'hw:cpu_policy': 'dedicated' } },
    }));
    const { flavors } = cloudOf(fake).compute;
    expect(await flavors.list({ isPublic: 'none' }).all()).toEqual([{ id: '1', name: 'm1' }]);
    expect(await flavors.extraSpecs('1')).toEqual({ 'hw:cpu_policy': 'dedicated' });
    expect(version(`GET ${V}/flavors/detail`)).toBe('compute 2.61');
  });

  it('are created, a description only from 2.55 on', async () => {
    fake.novaRange = { min: '2.1', max: '2.54' };
    fake.on(`POST ${V}/flavors`, () => ({ body: { flavor: { id: '1' } } }));
    const flavor = { name: 'm1', vcpus: 1, ram: 512, disk: 1 };
    const { flavors } = cloudOf(fake).compute;
    expect(await flavors.create(flavor)).toEqual({ id: '1' });
    expect(await errorOf(flavors.create({ ...flavor, description: 'd' }))).toMatchObject({
      code: 'unsupported',
    });
  });
});

it('limits, zones and services are read from where Nova keeps them', async () => {
  fake.on(`GET ${V}/limits`, () => ({ body: { limits: { rate: [], absolute: { maxTotalCores: 20 } } } }));
  fake.on(`GET ${V}/os-availability-zone`, () => ({
    body: { availabilityZoneInfo: [{ zoneName: 'nova' }] },
  }));
  fake.on(`GET ${V}/os-services`, () => ({ body: { services: [{ binary: 'nova-compute' }] } }));
  const { compute } = cloudOf(fake);
  expect(await compute.limits.get()).toEqual({ maxTotalCores: 20 });
  expect(await compute.availabilityZones.list()).toEqual([{ zoneName: 'nova' }]);
  expect(await compute.services.list()).toEqual([{ binary: 'nova-compute' }]);
});
