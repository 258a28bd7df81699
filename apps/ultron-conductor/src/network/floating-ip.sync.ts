import type { FloatingIpWire } from '@ultron/openstack/network/floating-ips.wire';
import type { ObservedObject } from '@ultron/sync/kind/observed';
import type { ClusterSyncKind } from '../sync/cluster-sync.js';
import { shown, sorted, standardOf } from '../sync/observed.translate.js';
import { neutronStrategy, neutronSync } from './neutron-sync.js';
import { observedRows } from './observed-rows.js';

export const floatingIpSync: ClusterSyncKind = {
  kind: 'floating_ip',
  domain: 'network',
  ...neutronSync<FloatingIpWire>(({ cloud }) => cloud.network.floatingIps, observedFloatingIp),
  ...observedRows('floating_ip'),
  strategy: (caps) => (caps.has('floating_ips') ? neutronStrategy(caps) : null),
};

/** Floating IPs have no names: people know them by their address. */
export function observedFloatingIp(floatingIp: FloatingIpWire): ObservedObject {
  return {
    id: floatingIp.id,
    name: floatingIp.floating_ip_address,
    ...standardOf(floatingIp),
    status: floatingIp.status,
    parentId: floatingIp.port_id,
    fields: {
      floating_network_id: floatingIp.floating_network_id,
      floating_ip_address: floatingIp.floating_ip_address,
      port_id: floatingIp.port_id,
      fixed_ip_address: floatingIp.fixed_ip_address,
      router_id: floatingIp.router_id,
      ...shown({ qos_policy_id: floatingIp.qos_policy_id, description: floatingIp.description }),
      tags: sorted(floatingIp.tags),
    },
  };
}
