import type { SubnetWire } from '@ultron/openstack/network/subnets.wire';
import { mapListing, type ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { sorted, sortedBy, standardOf } from '../sync/observed.translate.js';
import { neutronStrategyInFull, neutronSync } from './neutron-sync.js';

export const subnetSync: ClusterSyncKind = {
  kind: 'subnet',
  domain: 'network',
  slowness: 2,
  ...neutronSync<SubnetWire>(({ cloud }) => cloud.network.subnets, observedSubnet),
  strategy: neutronStrategyInFull,
  /** The subnets of a network. */
  listOf: ({ cloud, call }, networkId) =>
    mapListing(cloud.network.subnets.list({ networkId }, call), observedSubnet),
};

export function observedSubnet(subnet: SubnetWire): ObservedObject {
  return {
    id: subnet.id,
    name: subnet.name,
    ...standardOf(subnet),
    status: null,
    parentId: subnet.network_id,
    fields: {
      network_id: subnet.network_id,
      ip_version: subnet.ip_version,
      cidr: subnet.cidr,
      gateway_ip: subnet.gateway_ip,
      enable_dhcp: subnet.enable_dhcp,
      allocation_pools: sortedBy(
        subnet.allocation_pools.map(({ start, end }) => ({ start, end })),
        (pool) => pool.start,
      ),
      // The order of name servers is the one in which they are asked.
      dns_nameservers: subnet.dns_nameservers,
      host_routes: sortedBy(
        subnet.host_routes.map(({ destination, nexthop }) => ({ destination, nexthop })),
        (route) => `${route.destination} ${route.nexthop}`,
      ),
      ipv6_ra_mode: subnet.ipv6_ra_mode ?? null,
      ipv6_address_mode: subnet.ipv6_address_mode ?? null,
      subnetpool_id: subnet.subnetpool_id ?? null,
      segment_id: subnet.segment_id ?? null,
      service_types: sorted(subnet.service_types),
      description: subnet.description ?? null,
      tags: sorted(subnet.tags),
    },
  };
}
