import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf, errorOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';
import { Capabilities, type CapabilityRecord } from './capabilities.js';

const QUEENS: CapabilityRecord = {
  release: 'queens',
  services: ['compute', 'identity', 'image', 'network', 'placement'],
  identity: 'v3.10',
  compute: { min: '2.1', max: '2.60' },
  placement: { min: '1.0', max: '1.17' },
  image: ['v2.6', 'v2.5'],
  network: ['security-group', 'tag-ext'],
};

describe('capabilities', () => {
  it('answer one question for microversions, extensions, version lists and the catalog', () => {
    const capabilities = new Capabilities(QUEENS);
    expect(capabilities.supports('server_tags_at_create')).toBe(true);
    expect(capabilities.supports('down_cell_servers')).toBe(false);
    expect(capabilities.supports('port_tags')).toBe(true);
    expect(capabilities.supports('revision_if_match')).toBe(false);
    expect(capabilities.supports('image_hidden')).toBe(false);
    expect(capabilities.supports('load_balancer')).toBe(false);
    expect(capabilities.tooOld).toBe(false);
  });

  it('count a cluster without microversions as too old', () => {
    expect(new Capabilities({ ...QUEENS, compute: null }).tooOld).toBe(true);
    expect(new Capabilities({ ...QUEENS, compute: { min: '2.1', max: '2.53' } }).tooOld).toBe(true);
  });
});

describe('discovering what a cluster can do', () => {
  let fake: FakeOpenStack;
  beforeEach(async () => {
    fake = await FakeOpenStack.start();
  });
  afterEach(() => fake.close());

  it('asks Keystone, Nova, Placement, Glance and Neutron, each in its own way', async () => {
    const { record } = await cloudOf(fake).capabilities();
    expect(record).toEqual({
      release: '2024',
      services: ['compute', 'identity', 'image', 'network', 'placement'],
      identity: 'v3.14',
      compute: { min: '2.1', max: '2.96' },
      placement: { min: '1.0', max: '1.39' },
      image: ['v2.9', 'v2.7'],
      network: ['revision-if-match', 'security-group', 'standard-attr-tag'],
    });
  });

  it('fails when a service does not answer, instead of calling its features missing', async () => {
    fake.on('GET /network/v2.0/extensions', () => ({ status: 503 }));
    const error = await errorOf(cloudOf(fake, { attempts: 1 }).capabilities());
    expect(error).toMatchObject({ kind: 'outage', service: 'network', status: 503 });
  });

  it('says that a service is unreadable when its document is not what the API promises', async () => {
    fake.on('GET /compute/v2.1', () => ({ body: '<html>a load balancer</html>' }));
    expect(await errorOf(cloudOf(fake).capabilities())).toMatchObject({ kind: 'outage', code: 'unreadable' });
    fake.on('GET /compute/v2.1', () => ({ body: { hello: 'world' } }));
    expect((await cloudOf(fake).capabilities()).tooOld).toBe(true);
  });
});
