import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from './testing/clouds.js';
import { FakeOpenStack } from './testing/fake-openstack.js';

let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await FakeOpenStack.start();
  fake.on('GET /network/v2.0/networks', () => ({ body: { networks: [] } }));
});
afterEach(() => fake.close());

describe('a cloud whose catalog does not fit', () => {
  it('says which region there is instead of the one asked for', async () => {
    const error = await errorOf(cloudOf(fake, { region: 'Nowhere' }).network.networks.list().all());
    expect(error).toMatchObject({
      kind: 'invalid',
      code: 'no_endpoint',
      service: 'network',
      retryable: false,
    });
    expect(error.message).toContain('in region Nowhere');
    expect(error.message).toContain('RegionOne');
  });

  it('may be told endpoints that the catalog does not know', async () => {
    const endpoints = { network: `${fake.url}/network/` };
    expect(await cloudOf(fake, { region: 'Nowhere', endpoints }).network.networks.list().all()).toEqual([]);
  });

  it('has none for a service that the cluster lacks', async () => {
    const { record } = await cloudOf(fake).capabilities();
    expect(record.services).not.toContain('load-balancer');
  });
});

it('a cloud lists the projects of its user along the links of Keystone', async () => {
  fake.on('GET /identity/v3/auth/projects', ({ query }) =>
    query.get('marker')
      ? { body: { projects: [{ id: 'p2' }], links: { next: null } } }
      : {
          body: {
            projects: [{ id: 'p1' }],
            links: { next: `${fake.url}/identity/v3/auth/projects?marker=p1` },
          },
        },
  );
  expect(await cloudOf(fake).identity.projects.listMine().all()).toEqual([{ id: 'p1' }, { id: 'p2' }]);
  expect(await cloudOf(fake).projectId()).toBe('p1');
});
