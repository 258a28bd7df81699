import { glanceRoutes } from '../glance/glance.routes.js';
import { keystoneRoutes } from '../keystone/keystone.routes.js';
import { neutronRoutes } from '../neutron/neutron.routes.js';
import { novaRoutes } from '../nova/nova.routes.js';
import { placementRoutes } from '../placement/placement.routes.js';
import type { ServiceType } from './call.js';
import type { Match, Router } from './router.js';

/** The services by the first segment of their paths, which is their type too. */
const ROUTES: Record<ServiceType, Router> = {
  identity: keystoneRoutes,
  compute: novaRoutes,
  network: neutronRoutes,
  image: glanceRoutes,
  placement: placementRoutes,
};

export function isService(name: string): name is ServiceType {
  return Object.hasOwn(ROUTES, name);
}

export function findRoute(service: ServiceType, method: string, path: string): Match | undefined {
  return ROUTES[service].match(method, normal(service, path));
}

/** Spellings that the real services take too: `.json` at the end (Neutron), the project in the path (Nova). */
function normal(service: ServiceType, path: string): string {
  if (service === 'network') return path.replace(/\.json$/, '');
  return service === 'compute' ? path.replace(/^\/v2\.1\/[0-9a-f]{32}(?=\/|$)/, '/v2.1') : path;
}
