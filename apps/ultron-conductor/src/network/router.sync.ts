import type { ExternalGatewayWire, RouterWire } from '@ultron/openstack/network/routers.wire';
import type { Json, ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { sorted, sortedBy, standardOf } from '../sync/observed.translate.js';
import { neutronStrategyInFull, neutronSync } from './neutron-sync.js';

export const routerSync: ClusterSyncKind = {
  kind: 'router',
  domain: 'network',
  slowness: 2,
  dependants: ['port'],
  ...neutronSync<RouterWire>(({ cloud }) => cloud.network.routers, observedRouter),
  strategy: (caps) => (caps.has('routers') ? neutronStrategyInFull(caps) : null),
};

/** Its legs are ports whose parent it is. */
export function observedRouter(router: RouterWire): ObservedObject {
  return {
    id: router.id,
    name: router.name,
    ...standardOf(router),
    status: router.status,
    parentId: null,
    fields: {
      admin_state_up: router.admin_state_up,
      distributed: router.distributed ?? null,
      ha: router.ha ?? null,
      external_gateway: gatewayOf(router.external_gateway_info),
      routes: sortedBy(
        router.routes?.map(({ destination, nexthop }) => ({ destination, nexthop })),
        (route) => `${route.destination} ${route.nexthop}`,
      ),
      availability_zones: sorted(router.availability_zones),
      description: router.description ?? null,
      tags: sorted(router.tags),
    },
  };
}

const gatewayOf = (gateway: ExternalGatewayWire | null): Json =>
  gateway && {
    network_id: gateway.network_id,
    enable_snat: gateway.enable_snat ?? null,
    qos_policy_id: gateway.qos_policy_id ?? null,
    external_fixed_ips: sortedBy(
      gateway.external_fixed_ips?.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
      (ip) => ip.ip_address,
    ),
  };
