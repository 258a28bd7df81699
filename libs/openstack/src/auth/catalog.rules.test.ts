import { describe, expect, it } from '@jest/globals';
import type { CatalogServiceWire } from '../identity/tokens.wire.js';
import { endpointOf, regionsOf, servicesIn, versionedEndpoint } from './catalog.rules.js';

const endpoint = (facing: 'public' | 'internal' | 'admin', region: string, url: string) => ({
  id: url,
  interface: facing,
  region,
  region_id: region,
  url,
});

const CATALOG: CatalogServiceWire[] = [
  {
    id: '1',
    type: 'compute',
    name: 'nova',
    endpoints: [
      endpoint('public', 'north', 'http://north/compute/v2.1/'),
      endpoint('internal', 'north', 'http://10.0.0.1:8774/v2.1'),
      endpoint('public', 'south', 'http://south/compute/v2.1'),
    ],
  },
  {
    id: '2',
    type: 'volumev2',
    name: 'cinder',
    endpoints: [endpoint('public', 'north', 'http://north/volume/v2')],
  },
  {
    id: '3',
    type: 'volumev3',
    name: 'cinder',
    endpoints: [endpoint('public', 'north', 'http://north/volume/v3')],
  },
];

describe('an endpoint of the catalog', () => {
  it('is chosen by region and interface', () => {
    const of = (region: string | undefined, facing: 'public' | 'internal' | 'admin') =>
      endpointOf(CATALOG, 'compute', { region, interface: facing });
    expect(of('north', 'public')).toBe('http://north/compute/v2.1');
    expect(of('north', 'internal')).toBe('http://10.0.0.1:8774/v2.1');
    expect(of('south', 'public')).toBe('http://south/compute/v2.1');
    expect(of('south', 'internal')).toBeNull();
    expect(of('north', 'admin')).toBeNull();
  });

  it('is found under the older names of its service, the newest first', () => {
    const choice = { region: 'north', interface: 'public' as const };
    expect(endpointOf(CATALOG, 'block-storage', choice)).toBe('http://north/volume/v3');
    expect(servicesIn(CATALOG, choice)).toEqual(['block-storage', 'compute']);
    expect(servicesIn(CATALOG, { ...choice, region: 'south' })).toEqual(['compute']);
    expect(regionsOf(CATALOG)).toEqual(['north', 'south']);
  });
});

it.each([
  ['identity', 'http://h:5000', 'http://h:5000/v3'],
  ['identity', 'http://h/identity/v3', 'http://h/identity/v3'],
  ['identity', 'http://h:35357/v2.0', 'http://h:35357/v3'],
  ['compute', 'http://h:8774/v2.1', 'http://h:8774/v2.1'],
  ['compute', 'http://h:8774/v2.1/p1', 'http://h:8774/v2.1/p1'],
  ['compute', 'http://h:8774/v2/p1', 'http://h:8774/v2.1/p1'],
  ['compute', 'http://h/compute', 'http://h/compute/v2.1'],
  ['network', 'http://h:9696', 'http://h:9696/v2.0'],
  ['network', 'http://h/networking/v2.0', 'http://h/networking/v2.0'],
  ['image', 'http://h:9292', 'http://h:9292/v2'],
  ['image', 'http://h/image/v1', 'http://h/image/v2'],
  ['placement', 'http://h/placement', 'http://h/placement'],
])('the endpoint of %s at %s is %s', (service, url, versioned) => {
  expect(versionedEndpoint(service, url)).toBe(versioned);
});
