import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
});
afterEach(() => fake.close());

it('what a provider has and what is taken of it are told by resource class; a provider may be gone meanwhile', async () => {
  const VCPU = { total: 8, reserved: 0, min_unit: 1, max_unit: 8, step_size: 1, allocation_ratio: 4 };
  const generation = { resource_provider_generation: 1 };
  fake.on('GET /placement/resource_providers', () => ({
    body: { resource_providers: [{ uuid: 'r', name: 'host' }] },
  }));
  fake.on('GET /placement/resource_providers/r/inventories', () => ({
    body: { inventories: { VCPU }, ...generation },
  }));
  fake.on('GET /placement/resource_providers/r/usages', () => ({
    body: { usages: { VCPU: 3 }, ...generation },
  }));
  const { resourceProviders } = cloudOf(fake).placement;
  expect(await resourceProviders.list()).toEqual([{ uuid: 'r', name: 'host' }]);
  expect(await resourceProviders.inventories('r')).toEqual({ VCPU });
  expect(await resourceProviders.usages('r')).toEqual({ VCPU: 3 });
  expect(await resourceProviders.usages('q')).toBeNull();
});

it('a generation that somebody else raised is a conflict that a repetition can mend', async () => {
  const errors = [
    { status: 409, title: 'Conflict', detail: 'generation', code: 'placement.concurrent_update' },
  ];
  fake.on('GET /placement/resource_providers', () => ({ status: 409, body: { errors } }));
  const error = await errorOf(cloudOf(fake, { attempts: 1 }).placement.resourceProviders.list());
  expect(error).toMatchObject({ kind: 'conflict', code: 'placement.concurrent_update', retryable: true });
});
