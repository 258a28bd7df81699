import { expect, it } from '@jest/globals';
import { routeOf } from './route.rules.js';

it.each([
  ['/compute/v2.1/servers/detail', '/compute/v2.1/servers/detail'],
  ['/v2.1/servers/7b0e4d9e-1111-4222-8333-444455556666', '/v2.1/servers/{id}'],
  ['/v2.1/0123456789abcdef0123456789abcdef/servers/detail', '/v2.1/{id}/servers/detail'],
  ['/v2.1/os-keypairs/me%40home', '/v2.1/os-keypairs/{id}'],
  ['/v2.1/flavors/detail', '/v2.1/flavors/detail'],
  ['/v2.1/flavors/m1.small/os-extra_specs', '/v2.1/flavors/{id}/os-extra_specs'],
  ['/v2.1/os-hypervisors/17', '/v2.1/os-hypervisors/{id}'],
  [
    '/v2.0/ports/7b0e4d9e-1111-4222-8333-444455556666/tags/ultron:id=7b0e4d9e-1111-4222-8333-444455556666',
    '/v2.0/ports/{id}/tags/{id}',
  ],
])('the route of %s is %s', (path, route) => expect(routeOf(path)).toBe(route));
